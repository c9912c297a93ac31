"""Bytes and characters that do something else than they show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ccm_gitops.context.rules.model import Hit, Rule, RuleContext
from ccm_gitops.context.stand_ins import is_stand_in
from ccm_gitops.context.words import words

# Bidirectional controls reorder what a reviewer sees; tag characters are invisible text.
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]+")
# The flags of England, Scotland and Wales are a black flag with tag characters behind it.
_FLAG = "\U0001f3f4"
HOME = re.compile(
    r"(?P<import>@)?(?<![\w/.~-])(?P<home>(?:/Users/|/home/|[A-Za-z]:\\+Users\\+)(?P<user>[A-Za-z][\w.-]*))[/\\][^\s`'\")\]]*"
)
# `e:\\workspace\\shop`: a folder for code on a drive, where everybody has another.
_DRIVE = re.compile(
    r"(?<![\w/\\.-])[A-Za-z]:[/\\]{1,2}(?P<top>[\w-]+)(?:[/\\]{1,2}[\w.-]+)+", re.IGNORECASE
)
_CODE_FOLDERS = words(
    "workspace workspaces work dev develop development code coding projects project repos repo git"
    " github source sources src"
)
_SERVER = re.compile(
    r"\b(?:ssh|scp|rsync|servers?|vps|production|prod|staging|deploy\w*|systemd|systemctl|remote"
    r"|droplet|ec2|hosted)\b",
    re.IGNORECASE,
)
_LONGEST = 20_000
# A path with a blank in it goes on to the end of its quotes or of its code span.
_QUOTES = "`\"'"

# Users that stand for anybody.
NOBODY = words(
    "you your user users username me name yourname your-name youruser example node runner ubuntu"
    " vscode app pi admin root dev developer ec2-user shared public vagrant circleci coder jovyan"
    " foo alice bob john jane agent claude sandbox myuser myself test tester testuser default demo"
    " someone anyone deploy deployer git jenkins gitlab-runner azureuser debian centos opc build"
    " builder service www www-data node_modules container codespace gitpod workspace work"
)


def _unreadable_file(context: RuleContext) -> Iterator[Hit]:
    if note := context.file.note:
        message, remedy = f"{note}; nothing was checked", "make it a plain file of the repository"
        yield Hit(line=1, end_line=1, message=message, suggestion=remedy, confidence=1.0)
        return
    reason = unreadable_reason(context.file.data)
    if reason:
        yield Hit(
            line=1,
            end_line=1,
            message=f"the file is {reason}, and nothing else was checked",
            suggestion="save it as UTF-8 text",
            confidence=1.0,
        )


def unreadable_reason(data: bytes) -> str | None:
    """Why the bytes are no text that agents read; None when they are."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    if b"\0" in data[:8000]:
        return "binary"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"not UTF-8 (byte {error.start + 1})"
    return None


def _hidden_characters(context: RuleContext) -> Iterator[Hit]:
    for number, line in enumerate(context.document.lines, start=1):
        for match in _HIDDEN.finditer(line):
            if line[: match.start()].endswith(_FLAG):
                continue
            yield Hit(
                line=number,
                end_line=number,
                column=match.start() + 1,
                subject=f"U+{ord(match[0][0]):04X}",
                message=f"{len(match[0])} invisible characters: an agent reads them, you do not",
                suggestion="remove them, and look at who wrote the line",
            )


def _private_path(context: RuleContext) -> Iterator[Hit]:
    """One finding for each person's folder, and one for a drive, at its first mention."""
    seen: set[str] = set()
    for number, line in enumerate(context.document.lines, start=1):
        for match, owner in _owned(line):
            if owner in seen or (
                match[0].startswith("/home/") and _is_of_a_server(context, number)
            ):
                continue
            seen.add(owner)
            yield Hit(
                line=number,
                end_line=number,
                column=match.start() + 1,
                subject=_whole(line, match),
                message="a path of one person's computer: it leads nowhere for everybody else",
                suggestion="name it from the repository's root, or keep it in CLAUDE.local.md",
                confidence=0.9,
            )


def _owned(line: str) -> Iterator[tuple[re.Match[str], str]]:
    """The paths in a line that only one person has, and whose they are."""
    for match in HOME.finditer(line):
        user = match["user"].lower()
        if not match["import"] and user not in NOBODY:
            yield match, user
    for match in _DRIVE.finditer(line):
        parts = re.split(r"[/\\\\]+", match[0])[2:]
        if match["top"].lower() in _CODE_FOLDERS and not any(map(is_stand_in, parts)):
            yield match, match[0][:2].lower()


def _is_of_a_server(context: RuleContext, line: int) -> bool:
    """Whether the block around a line, or its heading, speaks of a machine that all deploy to."""
    blocks = [b for b in context.section_at(line).blocks if b.start_line <= line <= b.end_line]
    return bool(
        _SERVER.search("".join(block.text for block in blocks)[:_LONGEST])
        or _SERVER.search(" / ".join(context.section_at(line).path))
    )


def _whole(line: str, match: re.Match[str]) -> str:
    quote = line[match.start() - 1 : match.start()]
    end = line.find(quote, match.end()) if quote and quote in _QUOTES else -1
    return line[match.start() : end] if end > 0 else match[0].rstrip(".,:;")


RULES = (
    Rule("unreadable_file", "bytes that are no UTF-8 text", "high", _unreadable_file),
    Rule("hidden_characters", "invisible characters in the text", "high", _hidden_characters),
    Rule("private_path", "a path of one person's computer", "low", _private_path),
)
