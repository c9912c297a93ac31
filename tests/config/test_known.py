"""Content that was found valid once: taken up again as it was, and judged anew on any doubt."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ccm_gitops.config.load import Loaded, load_config
from ccm_gitops.errors import ConfigError

TEXT = """\
version: 1
settings: {timezone: Europe/Berlin, price: {per_million_tokens: 0.5}}
projects: [{id: api, path: ./api}, {glob: "~/code/*"}]
tasks:
  - {name: Nightly, type: analyze, schedule: {cron: "0 9 * * *", start: 2026-01-19}}
  - id: guard
    type: optimize
    schedule: {threshold: {metric: file_size, operator: gt, value: 1e3}}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "schedules.yaml"
    path.write_text(TEXT)
    return path


def load(file: Path) -> Loaded:
    return load_config(file, home=Path("/home/ada"), cache=file.parent / "cache")


def entry(file: Path) -> Path:
    (found,) = (file.parent / "cache" / "configurations").iterdir()
    return found


def pretend(file: Path, **changes: object) -> None:
    """Have the entry say that the file's only task is `kept`, and change it."""
    kept = json.loads(entry(file).read_text())
    kept["data"]["tasks"] = [{"id": "kept", "type": "analyze", "schedule": "manual"}]
    entry(file).write_text(json.dumps({**kept, **changes}))


def ids(loaded: Loaded) -> list[str]:
    return [task.id for task in loaded.config.tasks]


def test_the_configuration_is_the_same_whether_it_was_known_or_not(file):
    assert load(file) == load(file) == load_config(file, home=Path("/home/ada"))


def test_the_same_bytes_are_not_judged_again(file):
    load(file)
    pretend(file)
    assert ids(load(file)) == ["kept"]


@pytest.mark.parametrize(
    "changes",
    [{"judge": "0.0.1"}, {"path": "/elsewhere/schedules.yaml"}, {"text": ""}, {"data": None}],
)
def test_what_another_program_or_another_file_left_is_not_taken_up(file, changes):
    load(file)
    pretend(file, **changes)
    assert ids(load(file)) == ["nightly", "guard"]


@pytest.mark.parametrize("left", ["", "{", "[]", "null", '{"judge": 1}'])
def test_a_damaged_entry_is_as_none(file, left):
    load(file)
    entry(file).write_text(left)
    assert ids(load(file)) == ["nightly", "guard"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_an_entry_that_somebody_else_wrote_is_as_none(file):
    load(file)
    pretend(file)
    os.chown(entry(file), 12345, -1)
    assert ids(load(file)) == ["nightly", "guard"]


def test_a_file_that_became_wrong_is_refused_each_time(file):
    load(file)
    file.write_text(TEXT.replace("analyze", "analyse"))
    for _ in range(2):
        with pytest.raises(ConfigError, match="analyze"):
            load(file)


def test_a_file_with_a_warning_is_not_kept_since_it_may_hold_a_secret(file):
    file.write_text(TEXT + 'webhooks: [{id: a, type: slack, url: "https://a.example/s3cret"}]\n')
    assert load(file).warnings == load(file).warnings != ()
    assert not (file.parent / "cache").exists()


def test_an_entry_is_for_its_owner_alone(file):
    load(file)
    assert entry(file).stat().st_mode & 0o777 == 0o600


def test_without_a_place_to_keep_it_in_the_file_loads_all_the_same(file):
    (file.parent / "cache").write_text("a file")
    assert ids(load(file)) == ["nightly", "guard"]
