"""The score ranks as its formula says, and mending a finding never lowers it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.context.rules import RULES
from ccm_gitops.context.rules.model import Finding
from ccm_gitops.context.score import Costs, score
from tests.support.analysing import analysis

RULE_IDS = st.sampled_from(sorted(set(RULES) - {"unreadable_file"}))


def finding(rule):
    return Finding(rule, "medium", 1, 1, 1, "", "", "", "", 0, 1.0, False)


@st.composite
def costs(draw):
    tokens = draw(st.integers(0, 50_000))
    savings = draw(st.integers(0, tokens))
    doubtful = draw(st.integers(0, tokens - savings))
    idle = draw(st.integers(0, tokens - savings - doubtful))
    lines = draw(st.integers(0, 3000))
    return Costs(lines=lines, tokens=tokens, savings=savings, doubtful=doubtful, idle=idle)


@given(costs(), st.lists(RULE_IDS, max_size=20), st.data())
def test_mending_never_lowers_and_adding_waste_never_raises(paid, rules, data):
    found = [finding(rule) for rule in rules]
    before = score(paid, found)
    assert 0 <= before <= 100
    assert score(paid, found[1:]) >= before
    assert score(replace(paid, idle=paid.idle // 2), found) >= before
    for kind in ("savings", "doubtful"):
        less = data.draw(st.integers(0, getattr(paid, kind)))
        change = {"tokens": paid.tokens - less, kind: getattr(paid, kind) - less}
        assert score(replace(paid, **change), found[1:]) >= before
        more = data.draw(st.integers(0, 5_000))
        change = {"tokens": paid.tokens + more, kind: getattr(paid, kind) + more}
        assert score(replace(paid, lines=paid.lines + 9, **change), found) <= before


def test_the_order_is_a_readers():
    """From the best to the worst: what costs more, or misleads more, comes later."""
    plain, broken = Costs(lines=80, tokens=1500), finding("outdated_reference")
    command, secret = finding("unknown_command"), finding("secret")
    ranked = [
        score(plain, []),
        score(Costs(lines=200, tokens=4000), []),
        score(plain, [broken]),
        score(plain, [command]),
        score(plain, [broken] * 3),
        score(Costs(lines=400, tokens=8000), []),
        score(plain, [secret]),
        score(Costs(lines=400, tokens=8000), [broken] * 3),
        score(Costs(lines=400, tokens=8000, savings=4000), [broken] * 3),
        score(Costs(lines=1500, tokens=30_000, savings=15_000), [broken] * 9),
    ]
    assert ranked == sorted(ranked, reverse=True)
    assert len(set(ranked)) == len(ranked)
    assert ranked[0] == 100 and ranked[1] >= 94 and ranked[-1] < 25


def test_a_small_sound_file_scores_high_and_a_bloated_one_low():
    small = analysis("# Shop\n\n## Commands\n\n```bash\nmake test\n```\n\n- Sort imports\n")
    done = "".join(f"- Wrote part {n} of the importer, with its tests\n" for n in range(400))
    paths = "".join(f"- `src/gone{n}.py`\n" for n in range(400))
    bloated = analysis(f"# Shop\n\n## Completed\n\n{done}\n## Files\n\n{paths}", {"src/a.py": ""})
    assert small.score == 100
    assert bloated.score < 30


def test_a_line_is_counted_once_however_many_findings_speak_of_it():
    done = "".join(f"- Wrote part {n} of the importer, with its tests\n" for n in range(40))
    result = analysis(f"# Shop\n\ntext\n\n## Completed\n\n{done}\n## Done\n\n{done}")
    assert sum(issue.estimated_savings for issue in result.issues) > result.tokens
    assert 0 < result.potential_savings <= result.tokens
