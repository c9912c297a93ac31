"""What the file names and the repository does not have."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ccm_gitops.context.document import parse
from ccm_gitops.context.hedges import is_elsewhere, is_not_here
from ccm_gitops.context.ignored import ignore_patterns, is_beyond, is_left_out
from ccm_gitops.context.imports import MAX_HOPS, find_imports
from ccm_gitops.context.inline import Span
from ccm_gitops.context.kept import is_kept, kept_names
from ccm_gitops.context.references import judge, reference_path
from ccm_gitops.context.rules.anchors import dead_anchors
from ccm_gitops.context.rules.drawn_trees import wrong_nodes
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext
from ccm_gitops.context.rules.safety import HOME, NOBODY
from ccm_gitops.context.scripts import find_scripts
from ccm_gitops.context.stand_ins import is_stand_in


def _outdated(context: RuleContext) -> Iterator[Hit]:
    base = posixpath.dirname(context.file.path)
    ignored = ignore_patterns(context.tree)
    kept = kept_names(context.spans)
    seen: set[str] = set()
    scripts = find_scripts(context.commands)
    for span in sorted((*context.spans, *scripts), key=lambda span: (span.line, span.column)):
        section = " / ".join(context.section_at(span.line).path)
        verdict = judge(span, base=base, section=section, paths=context.paths, ignored=ignored)
        path = reference_path(span, context.paths)
        if verdict != "contradicted" or path is None or path in seen or is_kept(path, kept):
            continue
        seen.add(path)
        if not _is_beyond(context, base, path):
            yield _hit(context, span, path)
    yield from _drawn_wrong(context, base, ignored, seen)
    for span in dead_anchors(context):
        yield Hit(
            line=span.line,
            end_line=span.line,
            column=span.column,
            subject=span.content,
            message=f"there is no heading for #{span.content.partition('#')[2]}",
            suggestion="name the heading as it is now",
            confidence=0.9,
        )


def _drawn_wrong(
    context: RuleContext, base: str, ignored: tuple[str, ...], seen: set[str]
) -> Iterator[Hit]:
    """The entries of drawn trees that are not where they are drawn."""
    for block in context.document.blocks:
        titles = " / ".join(context.section_at(block.start_line).path)
        if block.kind not in {"code", "paragraph"} or is_elsewhere(titles):
            continue
        for node in wrong_nodes(block, base, context.paths):
            span = Span("code", node.name, node.line, node.column, f"{node.name} {node.remark}", "")
            told = {node.path, posixpath.relpath(node.path, base or ".")} & seen
            if told or is_left_out(node.path, ignored) or is_stand_in(node.name.rstrip("/")):
                continue
            if not is_not_here(span) and not _is_beyond(context, "", node.path):
                seen.add(node.path)
                yield _hit(context, span, node.path)


def _is_beyond(context: RuleContext, base: str, path: str) -> bool:
    """Whether a path leads where the list of files does not reach, from the file or the root."""
    starts = {posixpath.normpath(posixpath.join(folder, path)) for folder in (base, "")}
    return any(is_beyond(start, context.tree, context.paths) for start in starts)


def _hit(context: RuleContext, span: Span, path: str) -> Hit:
    near = context.paths.nearest(path)
    return Hit(
        line=span.line,
        end_line=span.line,
        column=span.column,
        subject=span.content,
        message=f"{path} is not in the repository" + (f" (did you mean {near}?)" if near else ""),
        suggestion="name the path that took its place, or remove the mention",
        confidence=0.9,
    )


# Claude Code inlines these; a path in the home folder or from the root is another machine's matter.
_IMPORT = re.compile(
    r"(?:^|(?<=[\s(]))@(?P<path>[\w.][\w./-]*"
    r"\.(?:mdx?|txt|json|ya?ml|toml|sh|py|rb|go|rs|tsx?|jsx?|css))\b"
)
_LONGEST_IMPORT = 1_000_000
_CODE_SPAN = re.compile(r"(`{1,3}).{1,400}?\1")
_TEXT = frozenset({"paragraph", "list", "quote", "heading", "table"})


def _dead_import(context: RuleContext) -> Iterator[Hit]:
    yield from _imports_from_homes(context)
    base = posixpath.dirname(context.file.path)
    ignored = ignore_patterns(context.tree)
    for number, line in _text_lines(context):
        for match in _IMPORT.finditer(_CODE_SPAN.sub(_blank, line)):
            path = match["path"]
            target = posixpath.normpath(posixpath.join(base, path))
            titles = " / ".join(context.section_at(number).path)
            column = match.start() + 1
            span = Span("text", path, number, column, line, "", offset=match.start())
            if context.paths.has(target) or target.startswith("../") or is_left_out(path, ignored):
                continue
            if is_stand_in(path) or is_elsewhere(titles) or is_not_here(span):
                continue
            if is_beyond(target, context.tree, context.paths):
                continue
            yield Hit(
                line=number,
                end_line=number,
                column=column,
                subject=f"@{path}",
                message=f"nothing is imported: there is no {target}",
                suggestion="an import is relative to the file that it stands in: mend or remove it",
            )


def _imports_from_homes(context: RuleContext) -> Iterator[Hit]:
    """One finding for each person's folder that the file imports from."""
    found: dict[str, list[tuple[int, re.Match[str]]]] = {}
    for number, line in _text_lines(context):
        for match in HOME.finditer(_CODE_SPAN.sub(_blank, line)):
            if match["import"] and match["user"].lower() not in NOBODY:
                found.setdefault(match["home"], []).append((number, match))
    for home, imports in found.items():
        number, first = imports[0]
        what = "an import" if len(imports) == 1 else f"{len(imports)} imports"
        yield Hit(
            line=number,
            end_line=number,
            column=first.start() + 1,
            subject=first[0],
            message=f"{what} from {home}: nothing is loaded on anybody else's computer",
            suggestion="commit what all need; `@~/…` names everybody's own home folder",
        )


def _import_cycle(context: RuleContext) -> Iterator[Hit]:
    """Each import of the file that leads back to it."""
    here = context.file.path
    for mention in find_imports(context.document, here):
        if mention.target and here in _reached(context, mention.target):
            yield Hit(
                line=mention.line,
                end_line=mention.line,
                column=mention.column,
                subject=f"@{mention.written}",
                message=f"{mention.target} imports this file in turn",
                suggestion="let one of the two import the other",
            )


def _reached(context: RuleContext, start: str) -> set[str]:
    """All files that an agent loads from `start` on, itself included."""
    found: set[str] = set()
    waiting = {start}
    for _ in range(MAX_HOPS + 1):
        found |= waiting
        texts = ((path, context.tree.read(path)) for path in waiting)
        mentions = (
            mention.target
            for path, data in texts
            if data and b"@" in data and len(data) <= _LONGEST_IMPORT
            for mention in find_imports(parse(data.decode("utf-8", "replace")), path)
        )
        waiting = {target for target in mentions if target} - found
    return found


def _text_lines(context: RuleContext) -> Iterator[tuple[int, str]]:
    for block in context.document.blocks:
        if block.kind in _TEXT:
            for number in range(block.start_line, block.end_line + 1):
                yield number, context.document.lines[number - 1]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


RULES = (
    Rule(
        "outdated_reference",
        "a path that the repository does not have",
        "medium",
        _outdated,
    ),
    Rule("import_cycle", "an import that leads back to its file", "medium", _import_cycle),
    Rule("dead_import", "an `@import` of a file that is not there", "medium", _dead_import),
)
