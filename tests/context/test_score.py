"""The score ranks as its formula says, and mending a finding never lowers it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccm_gitops.context.rules import RULES
from ccm_gitops.context.rules.model import Finding
from ccm_gitops.context.score import score
from tests.support.analysing import analysis

RULE_IDS = st.sampled_from(sorted(set(RULES) - {"unreadable_file"}))


def finding(rule):
    return Finding(rule, "medium", 1, 1, 1, "", "", "", "", 0, 1.0, False)


@given(
    lines=st.integers(0, 2000),
    tokens=st.integers(0, 50_000),
    share=st.floats(0, 1),
    rules=st.lists(RULE_IDS, max_size=20),
    data=st.data(),
)
def test_mending_never_lowers_and_adding_waste_never_raises(lines, tokens, share, rules, data):
    savings = int(tokens * share)
    found = [finding(rule) for rule in rules]
    before = score(lines=lines, tokens=tokens, savings=savings, findings=found)
    assert 0 <= before <= 100
    less = data.draw(st.integers(0, savings))
    mended = score(lines=lines, tokens=tokens - less, savings=savings - less, findings=found[1:])
    assert mended >= before
    assert (
        score(lines=lines + 9, tokens=tokens + 99, savings=savings + 99, findings=found) <= before
    )


def test_a_small_sound_file_scores_high_and_a_bloated_one_low():
    small = analysis("# Shop\n\n## Commands\n\n```bash\nmake test\n```\n\n- Sort imports\n")
    done = "".join(f"- Wrote part {n} of the importer, with its tests\n" for n in range(400))
    paths = "".join(f"- `src/gone{n}.py`\n" for n in range(400))
    bloated = analysis(f"# Shop\n\n## Completed\n\n{done}\n## Files\n\n{paths}", {"src/a.py": ""})
    assert small.score == 100
    assert bloated.score < 20


def test_a_line_is_counted_once_however_many_findings_speak_of_it():
    done = "".join(f"- Wrote part {n} of the importer, with its tests\n" for n in range(40))
    result = analysis(f"# Shop\n\ntext\n\n## Completed\n\n{done}\n## Done\n\n{done}")
    assert sum(issue.estimated_savings for issue in result.issues) > result.tokens
    assert 0 < result.potential_savings <= result.tokens
