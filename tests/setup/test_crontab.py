"""The crontab's entry: what is added, replaced and removed, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.errors import UsageError
from ccm_gitops.setup.crontab import cron_expression, entry, with_entry, without_entry

COMMAND = ("/opt/ccm gitops/bin/ccm-gitops", "run", "--config", "/home/me/100%/schedules.yaml")
MARK = COMMAND[-1]


def line() -> str:
    return entry(COMMAND, timedelta(minutes=15), MARK, path=None, env_file=None)


lines = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]))


@given(st.lists(lines))
def test_removing_what_was_added_gives_back_every_byte(old: list[str]) -> None:
    crontab = "".join(f"{text}\n" for text in old)
    assert without_entry(with_entry(crontab, line(), MARK), MARK) == crontab


def test_adding_again_replaces_the_entry_where_it_stands() -> None:
    crontab = with_entry("MAILTO=me\n", line(), MARK) + "0 1 * * * backup\n"
    hourly = entry(COMMAND, timedelta(hours=1), MARK, path=None, env_file=None)
    assert with_entry(crontab, hourly, MARK) == crontab.replace(line(), hourly)


def test_the_entry_of_another_configuration_stays() -> None:
    other = entry(
        ("ccm-gitops", "run"), timedelta(hours=1), "/other.yaml", path=None, env_file=None
    )
    crontab = with_entry(f"{other}\n", line(), MARK)
    assert crontab.count("\n") == 2
    assert without_entry(crontab, MARK) == f"{other}\n"


def test_an_entry_that_was_commented_out_is_the_users_own() -> None:
    assert without_entry(f"# {line()}\n", MARK) == f"# {line()}\n"


def test_percent_signs_and_spaces_reach_the_command_as_they_are() -> None:
    assert "'/opt/ccm gitops/bin/ccm-gitops'" in line()
    assert "100\\%/schedules.yaml" in line()
    assert "%" not in line().replace("\\%", "")


def test_variables_come_from_a_file_and_the_path_where_git_is() -> None:
    made = entry(
        ("ccm-gitops", "run"),
        timedelta(minutes=5),
        "/s.yaml",
        path="/opt/git/bin:/usr/bin:/bin",
        env_file=Path("/home/me/my env"),
    )
    assert made == (
        "*/5 * * * * set -a && . '/home/me/my env' && set +a && "
        "PATH=/opt/git/bin:/usr/bin:/bin ccm-gitops run # ccm-gitops /s.yaml"
    )


@pytest.mark.parametrize(
    ("minutes", "expression"),
    [
        (1, "* * * * *"),
        (15, "*/15 * * * *"),
        (60, "0 * * * *"),
        (360, "0 */6 * * *"),
        (1440, "0 0 * * *"),
    ],
)
def test_an_even_interval_is_a_cron_expression(minutes: int, expression: str) -> None:
    assert cron_expression(timedelta(minutes=minutes)) == expression


@pytest.mark.parametrize("seconds", [0, 30, 90, 7 * 60, 5 * 3600, 48 * 3600])
def test_an_interval_that_cron_cannot_keep_is_refused(seconds: int) -> None:
    with pytest.raises(UsageError, match="divides an hour or a day"):
        cron_expression(timedelta(seconds=seconds))
