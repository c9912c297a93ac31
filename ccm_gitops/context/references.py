"""Does a name in the text mean a path of this repository, and is there such a path?"""

from __future__ import annotations

import posixpath
import re
from typing import Literal

from ccm_gitops.context.hedges import is_elsewhere, is_not_here
from ccm_gitops.context.ignored import is_left_out
from ccm_gitops.context.inline import Span
from ccm_gitops.context.paths import PathIndex
from ccm_gitops.context.stand_ins import is_stand_in
from ccm_gitops.context.words import words

Verdict = Literal["upheld", "contradicted", "unverifiable"]

# Extensions of what people commit and name; those of data, logs and caches are left out.
_EXTENSIONS = words(
    "md mdx rst adoc txt py pyi ipynb js jsx ts tsx mjs cjs mts cts vue svelte astro go rs java kt"
    " kts scala swift m mm c h cc cpp hpp cs fs rb php ex exs erl hs lua zig dart sh bash zsh fish"
    " ps1 bat cmd sql graphql gql proto prisma tf html css scss sass less json jsonc yaml yml toml"
    " ini cfg xml gradle cmake mk nix"
)
# Without a folder only these are plain: `settings.json` and `index.js` may live anywhere.
_LONE_EXTENSIONS = words("md mdx rst py go rs rb php sh swift kt java zig")
# These too where an entry of a list or table begins with them: products are not listed so.
_ENTRY_EXTENSIONS = _LONE_EXTENSIONS | words("ts tsx jsx mts cts vue svelte astro")
# Names of manifests and settings that a project has one of, wherever they are spoken of.
_MANIFESTS = words(
    "package.json pyproject.toml cargo.toml go.mod makefile justfile dockerfile"
    " docker-compose.yml docker-compose.yaml requirements.txt requirements-dev.txt setup.py"
    " setup.cfg tox.ini gemfile build.zig pnpm-workspace.yaml turbo.json nx.json vercel.json"
    " netlify.toml fly.toml mkdocs.yml biome.json deno.json action.yml electron-builder.yml"
    " .pre-commit-config.yaml .readthedocs.yml .readthedocs.yaml .golangci.yml .goreleaser.yml"
)
# Every agent's user may have these, in any folder.
_AGENTS_OWN = words("claude.md agents.md gemini.md skill.md memory.md soul.md user.md readme.md")
_OF_EVERY_USER = re.compile(
    r"\.(?:claude|codex|cursor|gemini)(?:/(?:settings\.json|skills|agents|commands|hooks|rules))?/?",
    re.IGNORECASE,
)
# What a pattern may begin with: `release/*` is a branch, `image/*` a media type.
_CUSTOMARY = words(
    "src lib libs app apps packages tests test docs scripts tools cmd internal pkg components"
    " examples services modules crates backend frontend server client config plugins source sources"
)
# Hidden folders that people commit.
_COMMITTED = words(
    ".github .claude .agents .codex .cursor .gemini .windsurf .kiro .vscode .devcontainer .husky"
    " .githooks .storybook .circleci .gitlab .buildkite .changeset .config .cargo .vitepress .docs"
)
# What `/src/api` begins with; routes begin with other words.
_CODE_FOLDERS = words("src source sources lib libs packages crates internal cmd scripts")
_WINDOWS = re.compile(
    r"(?:\.{1,2}\\{1,2})?(?:[\w.-]{2,}\\{1,2})+[\w.-]{2,}\.(?:bat|cmd|ps1|py|[jt]sx?|md|json|ya?ml|sh|cs)",
    re.IGNORECASE,
)
_PATTERN = re.compile(r"[*<{]")
_PATTERN_PLAIN = re.compile(r"[\w.+/*<>{},-]+")
_OF_SOMETHING_ELSE = re.compile(r"\b(?:its|their|each|every|a|an|any)[\s`]*$", re.IGNORECASE)
# `Every service has its own x.py and y.py`, `x.py pattern`: names of a kind of files.
_OF_EACH = re.compile(r"\b(?:each|every|all|per|any|(?:its|their) own)\b.{0,80}$", re.IGNORECASE)
_OF_A_KIND = re.compile(
    r"^`?\**\s*(?:patterns?|style|convention|suffix|-style|files per)\b", re.IGNORECASE
)
# `package.json`, `Cargo.toml`, etc.: kinds of files, as they are anywhere.
_AND_SO_ON = re.compile(r"^[^()]{0,80}\betc\b")
_PLACE = re.compile(
    r"\b(?:in|under|at|inside|within|into|from|director(?:y|ies)|folders?|liv(?:es?|ing)|sits?"
    r"|resides?|contains?|holds?)\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\w.+-]+(?:/[\w.+@-]+)*/?")
_SUFFIX = re.compile(r"(?:::?[\w.:-]*|#[\w./-]*)$")
_BRANCH = words(
    "feature feat fix bugfix hotfix release chore refactor docs test tests ci perf style origin"
    " upstream user users remotes refs claude codex"
)


def judge(
    span: Span, *, base: str, section: str, paths: PathIndex, ignored: tuple[str, ...]
) -> Verdict:
    """Upheld, contradicted, or not a claim that can be checked.

    `base` is the folder of the file that speaks, `section` the titles it speaks under.
    """
    path = reference_path(span, paths)
    if path is None:
        return "unverifiable"
    if _exists(path, base, paths) or (span.kind == "command" and paths.contains(path)):
        return "upheld"
    bare = path.removeprefix("./").rstrip("/")
    if bare.startswith("../") or is_left_out(bare, ignored) or is_stand_in(bare):
        return "unverifiable"
    if is_elsewhere(section) or _is_a_tools_own(bare, paths):
        return "unverifiable"
    if span.kind == "link":
        return "contradicted"
    return "unverifiable" if is_not_here(span) else "contradicted"


def _is_a_tools_own(path: str, paths: PathIndex) -> bool:
    """Whether a path lies in a hidden folder that only some tool makes: `.tool/state.json`."""
    head, sign, _ = path.lower().partition("/")
    return bool(sign) and head.startswith(".") and head not in _COMMITTED | paths.folder_names


def reference_path(span: Span, paths: PathIndex) -> str | None:
    """The path that a span claims, without line numbers and anchors; None when it claims none."""
    text = _folder_of(_SUFFIX.sub("", _from_root(_slashed(span.content.strip()), paths)))
    if span.kind == "link" and ":" in span.content.partition("/")[0]:
        return None
    path = text.removeprefix("./")
    while path.startswith("../"):
        path = path.removeprefix("../")
    if not path or not _PLAIN.fullmatch(path) or ".." in path or _OF_EVERY_USER.fullmatch(path):
        return None
    if span.kind == "command":
        return text
    if "/" not in path.rstrip("/") and span.kind in {"code", "text"}:
        return text if _is_lone_claim(span, path) else None
    is_customary = path.endswith("/") and path.partition("/")[0].lower() in _CUSTOMARY
    if is_customary and _is_said_to_be_a_place(span, path):
        return text
    return text if _looks_like_path(path, paths) else None


def _slashed(text: str) -> str:
    """A path as Windows writes it, with slashes; other backslashes stay."""
    return re.sub(r"\\+", "/", text) if _WINDOWS.fullmatch(text) else text


def _from_root(text: str, paths: PathIndex) -> str:
    """`/src/api` without its slash, where the repository has such a folder of code."""
    head = text[1:].partition("/")[0].lower() if text.startswith("/") else ""
    if head not in _CODE_FOLDERS or head not in paths.folder_names:
        return text
    return text[1:] if "." in text.rpartition("/")[2] else f"{text[1:].rstrip('/')}/"


def _folder_of(text: str) -> str:
    """The folder that a pattern speaks of: `src/api` for `src/api/**/*.py`; else the text."""
    sign = _PATTERN.search(text)
    if sign is None or not _PATTERN_PLAIN.fullmatch(text):
        return text
    folder = text[: sign.start()].rpartition("/")[0]
    if text.endswith("/*") and folder in _BRANCH:
        return text
    deep_enough = "/" in folder.removeprefix("./") or folder in _CUSTOMARY
    return f"{folder}/" if folder and deep_enough else text


def _is_lone_claim(span: Span, path: str) -> bool:
    """Whether a name without a folder can hardly be anything but a path of this repository."""
    if path.endswith("/"):
        is_branch = path.rstrip("/").lower() in _BRANCH - _CUSTOMARY
        return not is_branch and _is_said_to_be_a_place(span, path)
    if path.lower() in _AGENTS_OWN:
        return False
    if _OF_SOMETHING_ELSE.search(span.sentence[max(0, span.offset - 30) : span.offset]):
        return False
    if _OF_EACH.search(span.sentence[: span.offset]) or _OF_A_KIND.match(
        span.sentence[span.offset :].partition(path)[2]
    ):
        return False
    if path.lower() in _MANIFESTS:
        return not _AND_SO_ON.search(span.sentence[span.offset :])
    extension = path.rpartition(".")[2].lower() if "." in path.lstrip(".") else ""
    return extension in (_ENTRY_EXTENSIONS if span.opens else _LONE_EXTENSIONS)


def _is_said_to_be_a_place(span: Span, path: str) -> bool:
    before = span.sentence[max(0, span.offset - 30) : span.offset]
    if _OF_SOMETHING_ELSE.search(before):
        return False
    after = span.sentence[span.offset + len(path) : span.offset + len(path) + 30]
    if span.opens or span.kind == "text" or before.endswith("("):
        return True
    return bool(_PLACE.search(f"{before} ` {after}"))


def _looks_like_path(path: str, paths: PathIndex) -> bool:
    head, _, rest = path.partition("/")
    name = path.rstrip("/").rpartition("/")[2]
    extension = name.rpartition(".")[2].lower() if "." in name.lstrip(".") else ""
    if not rest and not path.endswith("/"):
        return extension in _EXTENSIONS
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
