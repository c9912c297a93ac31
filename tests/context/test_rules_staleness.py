"""Dates against the clock: what has passed is a finding, what names a past is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ccm_gitops.context.analysis import analyze
from ccm_gitops.context.loading import load
from tests.support.analysing import NOW, analysis, findings
from tests.support.trees import DictTree

# The clock of these tests stands at 2026-11-23.


def stale(text):
    return [finding.subject for finding in findings("stale_dates", text)]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Last updated: 2025-03-01", "2025-03-01"),
        ("**Last Updated**: March 1, 2025 (for 0.2)", "March 1, 2025"),
        ("_Last reviewed 1 Mar 2024_", "1 Mar 2024"),
        ("(updated 2024-05)", "2024-05"),
        ("最后更新: 2024年3月5日", "2024年3月5日"),
        ("Zuletzt aktualisiert: 05.03.2024", "05.03.2024"),
        ("52 tests pass (as of 2026-01-11).", "2026-01-11"),
        ("As of March 2025 there are 12 open issues in the importer", "March 2025"),
        ("## Current statistics (as of 2025-06-23)", "2025-06-23"),
        ("## Current sprint (Jan 2024)", "Jan 2024"),
        ("## Current Phase (2025-Q1)", "2025-Q1"),
        ("**Current focus:** the importer, until 19 Jan 2025", "19 Jan 2025"),
        ("## Q1 2024 goals", "Q1 2024"),
        ("### H1 2025 Roadmap", "H1 2025"),
        ("## Roadmap for 2025", "2025"),
        ("**Goals for Q1 2025:** speed", "Q1 2025"),
        ("- Due: March 2024", "March 2024"),
        ("- Deadline 2025-05-01", "2025-05-01"),
        ("- v2.0.0: planned for March 2025", "March 2025"),
        ("- TODO by 2024-05: drop the cache", "2024-05"),
        ("- TODO(2024-05-01): drop the cache", "2024-05-01"),
        ("All calls must be migrated by the end of June 2025.", "June 2025"),
        ("Do not deploy to eu-west until 2025-07-01.", "2025-07-01"),
        ("- v2 (LTS, supported until March 2025)", "March 2025"),
        ("- ETA Q2 2025", "Q2 2025"),
    ],
)
def test_a_time_that_has_passed(text, subject):
    assert stale(f"# Shop\n\n{text}\n") == [subject]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Last updated: 2026-03-01", id="not long ago"),
        pytest.param("52 tests pass (as of 2026-10-01).", id="as of last month"),
        pytest.param("- Due: December 2026", id="still to come"),
        pytest.param("- Due: November 2026", id="this month"),
        pytest.param("## Q4 2026 goals", id="this quarter"),
        pytest.param("## Roadmap for 2026", id="this year"),
        pytest.param("## Current sprint (2026-10-12)", id="a sprint that may go on"),
        pytest.param("As of March 2025, use pnpm.", id="a rule that began"),
        pytest.param("As of 2025-03-26 spec servers answer in JSON", id="a specification"),
        pytest.param("`anthropic-version: 2023-06-01`", id="code"),
        pytest.param("Send the header anthropic-version 2023-06-01.", id="a version of an API"),
        pytest.param("Use claude-3-opus-20240229, edition 2021, ECMAScript 2024.", id="names"),
        pytest.param("[Roadmap](https://example.com/2024-01-01/x)", id="a link"),
        pytest.param("```\nLast updated: 2020-01-01\n```", id="a fence"),
        pytest.param("Copyright 2020-2024 Acme", id="a copyright"),
        pytest.param("Supported tax years: 2018-2025", id="years that are data"),
        pytest.param("Users created before 2023-01-01 have no password hash.", id="a condition"),
        pytest.param("Data until June 2024 is in the old format.", id="of data"),
        pytest.param("The rewrite was planned for March 2025 and shipped.", id="told as past"),
        pytest.param("- ✅ Due March 2025", id="ticked"),
        pytest.param("- [x] TODO by 2024-05: drop the cache", id="ticked in a list"),
        pytest.param("The API was updated on 2023-06-01 to return 404.", id="an event"),
        pytest.param("For example, `due` may be March 2024; e.g. due 2024-03-01", id="an example"),
        pytest.param("Test that tokens which expired on 2020-01-01 fail.", id="a test's data"),
        pytest.param("| Due | 2024-03-01 |\n| --- | --- |\n| a | due 2024-03-01 |", id="a table"),
        pytest.param("<!-- last updated: 2020-01-01 -->", id="a comment"),
        pytest.param("## Changelog\n\n- 2024-01-01 Due: March 2024", id="a change log"),
        pytest.param("## Completed\n\n- Due 2024-03-01 as of 2024-01-01 (now)", id="finished work"),
        pytest.param("Version 2024.1 is due to the vendor.", id="a version"),
        pytest.param("Costs are due, about 2024 of them.", id="a number"),
    ],
)
def test_no_finding(text):
    assert stale(f"# Shop\n\n{text}\n") == []


def test_a_line_is_told_once_and_columns_are_those_of_the_file():
    (found,) = findings(
        "stale_dates", "# A\n\nSee `x 2020`. Due 2024-01-01, deadline 2024-02-02.\n"
    )
    assert (found.line, found.column, found.severity) == (3, 19, "low")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (None, "written 2 years ago"),
        (datetime(2024, 3, 20, tzinfo=UTC), None),
        (datetime(2026, 11, 1, tzinfo=UTC), "the file has changed since, last on 2026-11-01"),
    ],
)
def test_a_history_tells_whether_a_stamp_is_right(changed, message):
    text = "# Shop\n\nLast updated: 2024-03-01\n"
    tree = DictTree({"CLAUDE.md": text}, changed={"CLAUDE.md": changed} if changed else {})
    (file,) = load(tree, ["CLAUDE.md"])
    found = [i.message for i in analyze(file, tree, now=NOW).issues if i.rule == "stale_dates"]
    assert [item.startswith(message or "") for item in found] == [True] * bool(message)


OLD = "## Overview\n\n" + "The shop sells tea, and had ten shelves on 2024-01-05.\n\n" * 31


@pytest.mark.parametrize(
    ("rule", "text", "count"),
    [
        ("low_actionability", OLD, 1),
        ("low_actionability", OLD.replace("2024", "2026"), 1),
        ("low_actionability", OLD.replace("2024-01", "2026-10"), 0),
        ("low_actionability", OLD.replace("The shop", "Never forget: the shop"), 0),
        ("nested_detail", "##### Retries\n\n" + "a\n" * 20, 1),
        ("nested_detail", "##### Retries\n\n" + "a\n" * 5, 0),
        ("nested_detail", "#### Retries\n\n" + "a\n" * 20, 0),
    ],
)
def test_rules_that_run_where_they_are_asked_for(rule, text, count):
    asked = analysis(text, severities={rule: "low"})
    assert len([issue for issue in asked.issues if issue.rule == rule]) == count
    assert not [issue for issue in analysis(text).issues if issue.rule == rule]
