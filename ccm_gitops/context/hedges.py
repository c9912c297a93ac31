"""What the words around a path say of it: an example, elsewhere, gone, or made on the way."""

from __future__ import annotations

import re

from ccm_gitops.context.inline import Span

# What a sentence says when the path is an example, elsewhere, or known to be gone.
_NOT_HERE = re.compile(
    r"\be\.?g\b|\bfor (?:example|instance)|\bhypothetical"
    r"|\b(?:no longer|not exist|n['’]t exist|doesn['’]t|there (?:is|are|was) no|isn['’]t|not yet)\b"
    r"|\b(?:without|missing|absent|gone|optional)\b|\b(?:if|where) (?:present|available)\b"
    r"|\b(?:if (?:it |they )?(?:exists?|present)|when present|if any|if you(?:r|re)?)\b"
    # The same in the languages that such files are often written in.
    r"|미생성|예정|생성|예를 들|예:|없음|없다|선택|삭제|未创建|未作成|例如|比如|示例|生成|不存在"
    r"|可选|可選|删除|刪除|废弃|例えば|例:|存在しない|任意|削除"
    r"|\b(?:generad[oa]s?|se genera|(?:por )?ejemplo|opcional|no existe|eliminad[oa]|generiert"
    r"|z\. ?B\.|beispiel\w*|nicht vorhanden|gelöscht|générée?s?|(?:par )?exemple|n['’]existe pas"
    r"|supprimée?|gerad[oa]s?|exemplo|não existe|removid[oa])(?!\w)"
    r"|(?<!not )(?<!never )(?<!n['’]t )\b(?:remove|delete|drop|replace|rename|move)\b"
    r"|\b(?:remove[ds]|removing|deleted|deletes|deleting|dropped|replace[ds]|renamed|moved"
    r"|migrated?|former(?:ly)?|previous(?:ly)?|old|legacy|deprecated|obsolete|retired|was|were"
    r"|used to)\b"
    r"|\b(?:git-?ignored|ignored|untracked|uncommitted|private|per-user|user-level"
    r"|defaults? to)\b|\b(?:your|the user['’]s) home\b"
    r"|\b(?:planned|will be|would (?:be|go|live)|should be|proposed|todo|tbd|placeholder)\b"
    r"|\bauto-?(?:matically )?(?:generated|created)\b|\b(?:not|never|n['’]t) (?:be )?commit"
    r"|\b(?:is|are|gets?) (?:generated|created|written|produced) (?:by|on|at|from|when|during)\b"
    # Two ways side by side, a good and a bad one, are examples; what is struck out is gone.
    r"|❌|🚫|\b(?:good|bad|wrong|(?:in)?correct|right|before|after)\b\**\s*:|~~"
    r"|\bwill (?:introduce|add|create|live|go|become|contain|move)\b|\bsoon\b"
    r"|\bscaffolds?\b|\b(?:if|when|as|where) needed\b|\bif missing\b"
    r"|\b(?:in|from|of) the (?!(?:same|current|main|whole|entire) )[\w`-]+ repo(?:sitory)?\b"
    r"|\boutside (?:of )?(?:the|this) (?:repo|project)"
    r"|\b(?:upstream|external|sibling|(?:an)?other repo\w*|separate repo\w*|submodule|clone[ds]?)\b"
    r"|\b(?:naming|kebab|camelcase|pascalcase|suffix|prefix)\b",
    re.IGNORECASE,
)
# What turns away from the path that follows, and says nothing of one before it.
_NOT_THIS = re.compile(
    r"\b(?:instead of|rather than|examples?|such as|future|avoid)\b", re.IGNORECASE
)
# What stands before a path that somebody, or some tool, is about to make.
_MADE_ON_THE_WAY = re.compile(
    r"\b(?:creat(?:es?|ed|ing)|generat(?:es?|ed|ing)|produc(?:es?|ed|ing)|writ(?:es?|ten|ing)|wrote"
    r"|emits?|outputs?|sav(?:es?|ed|ing)|stored?|persist(?:s|ed)?|dump(?:s|ed)?|cop(?:y|ies|ied)"
    r"|returns?|downloads?|fetch(?:es|ed)?|installed|named?)\b|\blike\W*$",
    re.IGNORECASE,
)
# `Add one to src/list.ts` speaks of what is there, `add src/list.ts` does not.
_PUT = re.compile(r"\b(?:append(?:s|ed)?|put|place|add|adding)\b", re.IGNORECASE)
_INTO = re.compile(r"\b(?:to|in|into|inside|under)\W*(?:the\W*)?$", re.IGNORECASE)
_TITLE_NOT_HERE = re.compile(
    r"\b(?:examples?|outputs?|generated|planned|future|roadmap|naming|templates?|adding|creating"
    r"|proposed|recommended (?:\w+ )?(?:structure|layout|files?|folders?)|expected|ideas?"
    r"|migration|deprecated|removed|legacy|ejemplos?|exemples?|exemplos?|beispiele?)\b"
    r"|示例|例子|使用例|예시|예제",
    re.IGNORECASE,
)
_CODE = re.compile(r"(`+)[^`]+\1")
_ASIDE = re.compile(
    r"\((?P<told>(?:see|in|defined in|from|via|cf\.?)\s[^()]{0,80})?$", re.IGNORECASE
)
# How many characters around a path still speak of it, in a sentence that may go on for a page.
_REACH, _REACH_OF_VERBS = 110, 70


def is_not_here(span: Span) -> bool:
    """Whether the words around say: an example, elsewhere, gone, or made on the way."""
    # Words inside paths say nothing: `src/generated/old.ts` is not thereby gone.
    before = span.sentence[: span.offset]
    after = _CODE.sub("`", span.sentence[span.offset :].partition(span.content)[2].lstrip("`"))
    aside = _ASIDE.search(before)
    lead = _CODE.sub("`", span.lead)
    if aside and aside["told"]:
        # `(see src/config.ts)`: what is said outside the brackets is about something else.
        before, after, lead = aside["told"], after.partition(")")[0], ""
    before = _CODE.sub("`", before)
    before, after = before[-_REACH:], after[:_REACH]
    return bool(
        _NOT_HERE.search(f"{before} ` {after} | {lead}")
        or _NOT_THIS.search(f"{lead} | {before[-_REACH_OF_VERBS:]}")
        or _MADE_ON_THE_WAY.search(f"{lead} | {before[-_REACH_OF_VERBS:]}")
        or (_PUT.search(before) and not _INTO.search(before))
        or _PUT.search(lead)
    )


def is_elsewhere(titles: str) -> bool:
    """Whether the headings say that what follows is an example, a plan, or still to be made."""
    return bool(_TITLE_NOT_HERE.search(titles))
