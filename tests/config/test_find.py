"""Where the configuration is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_gitops.config.find import NAMES, find_config
from ccm_gitops.errors import UsageError


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("version: 1\n")
    return path


def test_nothing_is_found_outside_the_repository(tmp_path):
    put(tmp_path / "schedules.yaml")
    cwd = tmp_path / "repo/deep"
    cwd.mkdir(parents=True)
    (tmp_path / "repo/.git").mkdir()
    with pytest.raises(UsageError) as caught:
        find_config(None, {}, cwd)
    assert str(caught.value) == (
        f"no configuration from {cwd} up to {tmp_path}/repo: looked for schedules.yaml, "
        ".ccm/schedules.yaml, .github/schedules.yaml; write one, "
        "or name it by --config or $CCM_CONFIG"
    )


def test_without_a_repository_only_the_working_directory_is_looked_into(tmp_path):
    put(tmp_path / "schedules.yaml")
    cwd = tmp_path / "folder"
    cwd.mkdir()
    with pytest.raises(UsageError, match=f"no configuration in {cwd}: "):
        find_config(None, {}, cwd)


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_found_from_a_folder_below(name, tmp_path):
    put(tmp_path / name)
    cwd = tmp_path / "a/b"
    cwd.mkdir(parents=True)
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert find_config(None, {}, cwd) == Path("../..") / name


def test_the_first_name_wins_and_the_nearest_folder_before_it(tmp_path):
    (tmp_path / ".git").mkdir()
    for name in NAMES:
        put(tmp_path / name)
    put(tmp_path / "sub" / NAMES[2])
    assert find_config(None, {}, tmp_path) == Path("schedules.yaml")
    assert find_config(None, {}, tmp_path / "sub") == Path(".github/schedules.yaml")


def test_a_folder_of_the_name_is_no_configuration(tmp_path):
    (tmp_path / "schedules.yaml").mkdir()
    put(tmp_path / ".ccm/schedules.yaml")
    assert find_config(None, {}, tmp_path) == Path(".ccm/schedules.yaml")


def test_what_is_named_goes_before_what_is_found(tmp_path):
    for name in ("schedules.yaml", "mine.yaml", "ours.yaml"):
        put(tmp_path / name)
    environ = {"CCM_CONFIG": "ours.yaml"}
    assert find_config("mine.yaml", environ, tmp_path) == Path("mine.yaml")
    assert find_config(None, environ, tmp_path) == Path("ours.yaml")
    assert find_config(None, {"CCM_CONFIG": ""}, tmp_path) == Path("schedules.yaml")


@pytest.mark.parametrize(
    ("explicit", "environ", "origin"),
    [("gone.yaml", {}, "--config"), (None, {"CCM_CONFIG": "gone.yaml"}, r"\$CCM_CONFIG")],
)
def test_a_named_file_that_is_missing_is_told_with_who_named_it(
    explicit, environ, origin, tmp_path
):
    put(tmp_path / "schedules.yaml")
    with pytest.raises(UsageError, match=f"{origin} names gone.yaml, and there is no such file"):
        find_config(explicit, environ, tmp_path)
