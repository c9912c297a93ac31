"""The text of a pull request: what changes, what it saves, why it is safe, how to steer it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ccm_gitops.clock import format_instant, parse_instant
from ccm_gitops.context.optimize import Action, Optimization, saved_at_start
from ccm_gitops.context.savings import monthly
from ccm_gitops.forges import Forge
from ccm_gitops.publish.model import Change, Order
from ccm_gitops.state.model import Proposal

_LIMIT = 60_000  # characters; GitHub takes 65,536
_TITLE_LIMIT = 200  # GitHub takes 256
_SHOWN = 6  # actions above the fold, over all files: with the figures they fill one screen
_LEAST_SHOWN = 2  # of each file
_COMMANDS = 8  # lines that each get one text back
_MARKER = re.compile(r"<!-- ccm-gitops task=(\S+) content=([0-9a-f]{64}) made=(\S+) -->\n?")


def title(change: Change, order: Order, template: str | None) -> str:
    """One line; `{task}`, `{files}` and `{tokens_saved}` of the template are filled in."""
    files = ", ".join(item.file.path for item in change.optimizations)
    saved = saved_at_start(change.optimizations)
    line = change.message.partition("\n")[0]
    if template:
        fields = {"{task}": order.task, "{files}": files, "{tokens_saved}": f"{saved:,}"}
        line = re.sub(r"\{\w+\}", lambda match: fields.get(match[0], match[0]), template)
    line = _inert(" ".join(line.split()))
    return line if len(line) <= _TITLE_LIMIT else f"{line[: _TITLE_LIMIT - 1]}…"


def body(change: Change, order: Order, commit: str, forge: Forge, made_at: datetime) -> str:
    """The whole text in Markdown, within the forge's limit; its first line is our marker."""
    marker = f"<!-- ccm-gitops task={order.task} content={change.digest} "
    parts = [f"{marker}made={format_instant(made_at)} -->", _figures(change.optimizations)]
    shown = max(_LEAST_SHOWN, _SHOWN // max(1, len(change.optimizations)))
    for item in change.optimizations:
        parts += _file(item, _Links(forge, change.base.commit, commit), shown)
    end = f"{_proof(change.optimizations)}\n\n{_end(change.optimizations, order)}"
    text = "\n\n".join(parts)
    if len(text) > _LIMIT - len(end):
        kept = text[: _LIMIT - len(end)].rpartition("\n")[0]
        fold = "\n\n</details>" if kept.count("<details>") > kept.count("</details>") else ""
        text = f"{kept}{fold}\n\nThe rest is in the commit."
    return f"{text}\n\n{end}\n"


def marked(text: str, task: str, commit: str) -> Proposal | None:
    """What a pull request of the task proposes, by the marker in its body; None where none is."""
    match = _MARKER.search(text)
    if match is None or match[1] != task:
        return None
    try:
        return Proposal(content=match[2], made_at=parse_instant(match[3]), commit=commit)
    except ValueError:
        return None


def unmarked(text: str) -> str:
    """The body without its marker: what we withdraw ourselves, nobody has turned down."""
    return _MARKER.sub("", text)


def escape(text: str) -> str:
    """Text of the repository, so that it shows as it is: no markup, mention, reference or link."""
    text = _inert(" ".join(text.split()))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\](){}|~$!])", r"\\\1", text)


def _inert(text: str) -> str:
    """Forges find people, issues and links by these signs; a space of no width breaks them.

    GitLab's are some more: https://docs.gitlab.com/user/markdown/#gitlab-specific-references
    """
    text = "".join(c for c in text if c.isprintable())
    return re.sub(r"(@|#|!|%|~|\$|&|\^|://|www\.|GH-)(?=\w)", "\\1\u200b", text)


def _figures(items: Sequence[Optimization]) -> str:
    saved = saved_at_start(items)
    rows = [
        f"| {escape(item.file.path)} | {item.before.tokens:,} → **{item.after.tokens:,}** "
        f"| {item.before.score} → **{item.after.score}** |"
        for item in items
    ]
    return "\n".join(
        [
            f"**{saved:,} tokens fewer at the start of every conversation** with a coding agent: "
            f"{monthly(saved)}. No text is lost; what leaves is "
            "in files of this commit, which agents open when they need them.",
            "",
            "| File | Tokens | Score |",
            "| --- | --: | --: |",
            *rows,
        ]
    )


@dataclass(frozen=True)
class _Links:
    """Where people read the old file and the new ones."""

    forge: Forge
    base: str
    commit: str


def _file(item: Optimization, links: _Links, shown: int) -> Iterator[str]:
    yield f"### What changes in {escape(item.file.path)}"
    if item.twin_of:
        yield f"The same as in {escape(item.twin_of)}: the two have one text, before and after."
        return
    actions = sorted(item.places(), key=lambda place: -place[0].tokens_saved)
    yield _table(item, actions[:shown], links)
    if rest := actions[shown:]:
        table = _table(item, rest, links)
        yield f"<details>\n<summary>{len(rest)} more</summary>\n\n{table}\n\n</details>"


def _proof(items: Sequence[Optimization]) -> str:
    proof = Counter[str]()
    for item in items:
        proof.update({} if item.twin_of else item.proof.to_json())
    copies = proof["duplicates"]
    return (
        f"**Proof**: of {proof['blocks']} blocks {proof['kept']} kept, {proof['moved']} moved "
        f"verbatim, {copies} duplicate{'' if copies == 1 else 's'}, **{proof['lost']} lost**."
    )


def _table(
    item: Optimization, actions: Sequence[tuple[Action, Sequence[str]]], links: _Links
) -> str:
    lines = ["| Section | Lines | Why | Tokens | Now in |", "| --- | --- | --- | --: | --- |"]
    for action, titles in actions:
        span = (action.start_line, action.end_line)
        source = links.forge.link(links.base, item.file.path, span)
        target = escape(action.target)
        if action.target in item.files:
            target = f"[{target}]({links.forge.link(links.commit, action.target)})"
        cells = [
            escape(" › ".join(titles)) or "the beginning",
            f"[{span[0]}\u2060–\u2060{span[1]}]({source})",  # the lines stay on one
            f"**{action.type}**: {escape(action.reason)}",
            f"−{action.tokens_saved:,}",
            target,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _end(items: Sequence[Optimization], order: Order) -> str:
    ids = [entry.id for item in items for _, entry in item.archives]
    back = [f"ccm-gitops archives restore {id}" for id in ids[:_COMMANDS]]
    if len(ids) > _COMMANDS:
        back.append("ccm-gitops archives list    # all of them")
    return "\n".join(
        [
            "<details>",
            "<summary>How to get text back, tune this, or stop it</summary>",
            "",
            "Each archive holds the exact text. After a merge this puts it back:",
            "",
            "```sh",
            *back,
            "```",
            "",
            f"- **Change something**: push to `{order.branch}`; ccm-gitops then leaves the "
            "branch to you.",
            "- **Keep a section where it is**: put `<!-- ccm: keep -->` into it.",
            "- **Not this**: close the pull request; this content is not proposed again.",
            f"- **Never**: set `enabled: false` for the task `{order.task}` in schedules.yaml.",
            "",
            "</details>",
        ]
    )
