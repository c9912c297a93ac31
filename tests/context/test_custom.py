"""The strategy `custom`: rules of whoever owns the file, under the same proof."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccm_gitops.config.model import OptimizeRule as Rule
from ccm_gitops.context.restoring import read_archives, restore
from ccm_gitops.errors import ContextError
from tests.properties.test_guarantees import documents
from tests.support.command import ccm
from tests.support.contexts import NOW, history, optimized
from tests.support.trees import DictTree

CONFIG = """\
version: 1
tasks:
  - id: tidy
    type: optimize
    schedule: manual
    config: {strategy: custom, rules: [{section: ^Plan, action: move}]}
"""
SPRINTS = "".join(f"### Sprint {n}\n\n{history(12, start=20 * n)}\n" for n in (1, 2))
PLAN = "The plan has a part {n}, which the team talks about.\n\n"
TEXT = (
    f"# App\n\nA tool.\n\n## Sprints\n\n{SPRINTS}## Plan\n\nWhat comes next.\n\n"
    + "".join(PLAN.replace("{n}", str(n)) for n in range(20))
    + "Never skip a part.\n\n## Team\n\nThere are five of us.\n"
)


def custom(text: str, *rules: Rule | str, **options: object):
    return optimized(text, strategy="custom", rules=rules, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "sections"),
    [
        pytest.param({"section": r"^sprint \d"}, ["Sprint 1", "Sprint 2"], id="a title"),
        pytest.param({"section": "sprint 2$"}, ["Sprint 2"], id="the end of a title"),
        pytest.param({"content": "^- .* number 45 "}, ["Sprints"], id="its text"),
        pytest.param({"longer_than": 35}, ["Plan"], id="its length"),
        pytest.param({"older_than": timedelta(days=500)}, ["Sprints"], id="its age"),
        pytest.param({"older_than": timedelta(days=900)}, [], id="younger than that"),
        pytest.param({"section": "Sprint", "longer_than": 20}, ["Sprints"], id="all of a rule"),
        pytest.param({"section": "App"}, [], id="the title of the file is no section"),
    ],
)
def test_a_rule_takes_the_outermost_sections_that_fit(rule, sections):
    result = custom(TEXT, Rule(action="archive", **rule))
    assert [action.section[-1] for action in result.plan] == sections


def test_the_first_rule_that_fits_decides_and_keep_holds_what_is_inside():
    keep = Rule(action="keep", section="^Sprint 2$")
    result = custom(TEXT, keep, Rule(action="archive", section="Sprint"))
    new = result.files["CLAUDE.md"].decode()
    assert history(12, start=40) in new
    assert history(12, start=20) not in new


@pytest.mark.parametrize(
    ("action", "kept", "target"),
    [
        ("archive", "## Plan\n\n", ".claude/archives/CLAUDE-plan-2026-11.md"),
        ("move", "## Plan\n\n", "docs/agents/plan.md"),
        ("condense", "## Plan\n\nWhat comes next.\n\n", "docs/agents/plan.md"),
    ],
)
def test_prohibitions_stay_whatever_a_rule_says(action, kept, target):
    result = custom(TEXT, Rule(action=action, section="Plan", summary="Plans: {target}."))
    sign = "Archived" if action == "archive" else "Moved"
    after = f"{kept}> {sign}: Plans: `{target}`.\n\nNever skip a part.\n\n## Team\n"
    assert after in result.files["CLAUDE.md"].decode()
    assert PLAN.replace("{n}", "7") in result.files[target].decode()


@pytest.mark.parametrize(
    ("manifest", "target"),
    [
        ("packages/app/go.mod", "`docs/agents/plan.md`"),
        ("go.mod", "`docs/agents/app-plan.md` (from the repository root)"),
    ],
)
def test_the_line_of_a_rule_names_the_document_as_the_file_would_look_for_it(manifest, target):
    rule = Rule(action="move", section="Plan", summary="Plans: {target}.")
    path, others = "packages/app/CLAUDE.md", {manifest: ""}
    result = custom(TEXT, rule, path=path, others=others)
    new = result.files[path].decode()
    assert f"> Moved: Plans: {target}.\n" in new
    assert not custom(new, rule, path=path, others={**others, **result.files}).files


def test_remove_takes_heading_and_all_leaves_no_line_and_is_counted():
    result = custom(TEXT, Rule(action="remove", section="^Sprints$"))
    new = result.files["CLAUDE.md"].decode()
    assert "# App\n\nA tool.\n\n## Plan\n" in new
    assert result.proof.to_json()["removed"] == result.proof.moved == 27
    entries = read_archives(DictTree(result.files), "CLAUDE.md")
    assert restore(new, entries) == TEXT


def test_a_section_that_is_marked_stays():
    marked = TEXT.replace("## Plan\n", "## Plan\n\n<!-- ccm: keep -->\n")
    assert not custom(marked, Rule(action="remove", section="Plan")).files


def test_words_among_the_rules_are_steps_of_the_other_strategies():
    text = TEXT.replace("## Team", f"## Completed Work\n\n{history(20)}\n## Team")
    result = custom(text, Rule(action="keep", section="Sprint"), "archive")
    assert [action.section[-1] for action in result.plan] == ["Completed Work"]


def test_a_word_that_is_no_step_is_refused():
    with pytest.raises(ContextError, match="there is no action 'tidy'; use archive or move or"):
        custom(TEXT, "tidy")


RULES = st.lists(
    st.builds(
        Rule,
        action=st.sampled_from(["archive", "move", "condense", "remove", "keep"]),
        section=st.sampled_from([None, "Work", "API|Data", ".", "Rules"]),
        longer_than=st.sampled_from([1, 5, 30]),
    ),
    min_size=1,
    max_size=3,
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(documents(), RULES)
def test_nothing_is_lost_by_any_rules_and_a_second_time_changes_nothing(text, rules):
    first = custom(text, *rules)
    assert first.proof.lost == ()
    if not first.files:
        return
    new = first.files["CLAUDE.md"].decode()
    entries = read_archives(DictTree(first.files), "CLAUDE.md")
    assert restore(new, entries) == text
    again = custom(new, *rules, others=first.files, now=NOW + timedelta(days=3))
    assert again.files == {}


def test_the_command_takes_strategy_and_rules_from_a_task(tmp_path):
    files = {"CLAUDE.md": TEXT, "schedules.yaml": CONFIG}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    shown = ccm("optimize", ".", "--task", "tidy", "--json", cwd=tmp_path)
    assert [action["section"] for action in shown.json[0]["actions"]] == ["App > Plan"]
    assert shown.json[0]["strategy"] == "custom"
    refused = ccm("optimize", ".", "--strategy", "custom", cwd=tmp_path)
    assert (refused.code, "name it by --task" in refused.err) == (2, True)
