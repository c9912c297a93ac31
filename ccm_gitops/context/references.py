"""Does a name in the text mean a path of this repository, and is there such a path?"""

from __future__ import annotations

import posixpath
import re
from typing import Literal

from ccm_gitops.context.ignored import is_left_out
from ccm_gitops.context.inline import Span
from ccm_gitops.context.paths import PathIndex
from ccm_gitops.context.words import words

Verdict = Literal["upheld", "contradicted", "unverifiable"]

# Extensions of what people commit and name; those of data, logs and caches are left out.
_EXTENSIONS = words(
    "md mdx rst adoc txt py pyi ipynb js jsx ts tsx mjs cjs mts cts vue svelte astro go rs java kt"
    " kts scala swift m mm c h cc cpp hpp cs fs rb php ex exs erl hs lua zig dart sh bash zsh fish"
    " ps1 bat sql graphql gql proto prisma tf html css scss sass less json jsonc yaml yml toml ini"
    " cfg xml gradle cmake mk nix"
)
# Without a folder only these are plain: `settings.json` and `index.js` may live anywhere.
_LONE_EXTENSIONS = words("md mdx rst py go rs rb php sh swift kt java zig")
# These too where an entry of a list or table begins with them: products are not listed so.
_ENTRY_EXTENSIONS = _LONE_EXTENSIONS | words("ts tsx jsx mts cts vue svelte astro")
_PLAIN = re.compile(r"[\w.+-]+(?:/[\w.+@-]+)*/?")
_SUFFIX = re.compile(r"(?:::?[\w.:-]*|#[\w./-]*)$")
_BRANCH = words(
    "feature feat fix bugfix hotfix release chore refactor docs test tests ci perf style origin"
    " upstream user users remotes refs claude codex"
)
_STAND_IN = re.compile(
    r"(?:foo|bar|baz|qux|xxx+|yyy+|todo|name|path|file|filename|folder|dir|module|component|feature"
    r"|something|example|sample|placeholder|some|my|your|new|the|a|x|y|n)(?:[-_.]?(?:\d+|name|file"
    r"|component|feature|module|test|spec|page|service|script|project|app|package|class|agent|skill"
    r"|tool|command))*|(?:my|your|some|new|example|sample)[-_].*|my[A-Z]\w*|.*(?:yyyy|xxx|nnn).*"
    r"|my(?:component|feature|module|service|test|page|app|class|hook|widget|model)\w*",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"[A-Z][A-Z_]*")
_DOCUMENT = frozenset({"md", "mdx", "rst", "txt"})
# What a sentence says when the path is an example, elsewhere, or known to be gone.
_NOT_HERE = re.compile(
    r"\be\.?g\b|\bfor (?:example|instance)|\bexamples?\b|\bsuch as\b|\bhypothetical"
    r"|\b(?:no longer|not exist|n['’]t exist|doesn['’]t|there (?:is|are|was) no|isn['’]t|not yet)\b"
    r"|\b(?:without|missing|absent|gone|optional)\b"
    r"|\b(?:if (?:it |they )?(?:exists?|present)|when present)\b"
    r"|\b(?:remove[ds]?|removing|delete[ds]?|deleting|drop(?:ped)?|replace[ds]?|renamed?|moved?"
    r"|migrated?|former(?:ly)?|previous(?:ly)?|old|legacy|deprecated|obsolete|retired|was|were"
    r"|used to|instead of|rather than)\b"
    r"|\b(?:git-?ignored|ignored|untracked|uncommitted|locally|private|per-user|user-level|home"
    r"|defaults? to)\b"
    r"|\b(?:planned|future|will be|would|should be|proposed|todo|tbd|placeholder|scaffolds?)\b"
    r"|\b(?:upstream|external|sibling|(?:an)?other repo\w*|separate repo\w*|submodule|clone[ds]?)\b"
    r"|\b(?:naming|kebab|camelcase|pascalcase|suffix|prefix)\b",
    re.IGNORECASE,
)
# What stands before a path that somebody, or some tool, is about to make.
_MADE_ON_THE_WAY = re.compile(
    r"\b(?:creat(?:es?|ed|ing)|generat(?:es?|ed|ing)|produc(?:es?|ed|ing)|writ(?:es?|ten|ing)|wrote"
    r"|emits?|outputs?|sav(?:es?|ed|ing)|stored?|persist(?:s|ed)?|dump(?:s|ed)?|cop(?:y|ies|ied)"
    r"|downloads?|fetch(?:es|ed)?|append(?:s|ed)?|put|place|add|adding|install(?:s|ed)?|named?|update)\b|\blike\W*$",
    re.IGNORECASE,
)
_TITLE_NOT_HERE = re.compile(
    r"\b(?:examples?|outputs?|generated|planned|future|roadmap|naming|templates?|adding|creating"
    r"|proposed|recommended|expected|ideas?|migration|deprecated|removed|legacy)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"(`+)[^`]+\1")


def judge(
    span: Span, *, base: str, section: str, paths: PathIndex, ignored: tuple[str, ...]
) -> Verdict:
    """Upheld, contradicted, or not a claim that can be checked.

    `base` is the folder of the file that speaks, `section` the titles it speaks under.
    """
    path = reference_path(span, paths)
    if path is None:
        return "unverifiable"
    if _exists(path, base, paths):
        return "upheld"
    bare = path.removeprefix("./").rstrip("/")
    if bare.startswith("../") or is_left_out(bare, ignored) or is_stand_in(bare):
        return "unverifiable"
    if is_elsewhere(section):
        return "unverifiable"
    if span.kind == "link":
        return "contradicted"
    return "unverifiable" if is_not_here(span) else "contradicted"


def is_not_here(span: Span) -> bool:
    """Whether the words around say: an example, elsewhere, gone, or made on the way."""
    # Words inside paths say nothing: `src/generated/old.ts` is not thereby gone.
    said = _CODE.sub("`", f"{span.sentence} {span.lead}")
    before = _CODE.sub("`", f"{span.lead} {span.sentence.partition(span.content)[0]}")
    return bool(_NOT_HERE.search(said) or _MADE_ON_THE_WAY.search(before))


def is_elsewhere(titles: str) -> bool:
    """Whether the headings say that what follows is an example, a plan, or still to be made."""
    return bool(_TITLE_NOT_HERE.search(titles))


def reference_path(span: Span, paths: PathIndex) -> str | None:
    """The path that a span claims, without line numbers and anchors; None when it claims none."""
    text = _SUFFIX.sub("", span.content.strip())
    if span.kind == "link" and ":" in span.content.partition("/")[0]:
        return None
    path = text.removeprefix("./")
    while path.startswith("../"):
        path = path.removeprefix("../")
    if not path or not _PLAIN.fullmatch(path) or ".." in path:
        return None
    return text if _looks_like_path(path, paths, _extensions(span)) else None


def _extensions(span: Span) -> frozenset[str]:
    """Those that make a path of a name without a folder."""
    if span.kind == "link":
        return _EXTENSIONS
    return _ENTRY_EXTENSIONS if span.opens else _LONE_EXTENSIONS


def _looks_like_path(path: str, paths: PathIndex, lone_extensions: frozenset[str]) -> bool:
    head, _, rest = path.partition("/")
    name = path.rstrip("/").rpartition("/")[2]
    extension = name.rpartition(".")[2].lower() if "." in name.lstrip(".") else ""
    if not rest and not path.endswith("/"):
        return extension in lone_extensions
    known = head.lower() in paths.folder_names
    # `example.com/page.html`: a host, unless the repository has such a folder.
    if "." in head.lstrip(".") and not known:
        return False
    if extension:
        return extension in _EXTENSIONS
    if head.lower() in _BRANCH and not path.endswith("/") and "-" in name:
        return False
    return head.lower() in paths.top


def _exists(path: str, base: str, paths: PathIndex) -> bool:
    bare = path.rstrip("/")
    near = posixpath.normpath(posixpath.join(base, bare))
    if paths.has(near) or paths.has(posixpath.normpath(bare)):
        return True
    while bare.startswith(("./", "../")):
        bare = bare.partition("/")[2]
    return paths.ends_with(bare)


def is_stand_in(path: str) -> bool:
    """Whether some part of a path stands for another name: `my-feature`, `foo.ts`, `YEAR.json`."""
    *folders, name = path.split("/")
    stem, _, extension = name.partition(".")
    if extension.lower() not in _DOCUMENT and _CAPITALS.fullmatch(stem) and extension:
        return True
    return any(_STAND_IN.fullmatch(part) for part in (*folders, stem))
