"""Lines of a YAML text: where they begin and end, and which comments go with which."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"([ \t]*)#(.*)")
# A heading over several entries, or an entry that is commented out: it goes with none.
_APART = re.compile(r"\s*(- |[-=#*~_]{3})")


def start_of_line(text: str, offset: int) -> int:
    """The offset of the first character of a line."""
    return text.rfind("\n", 0, offset) + 1


def end_of_line(text: str, offset: int) -> int:
    """The offset after the last character of a line, its line break not counted."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def next_line(text: str, offset: int) -> int:
    """The offset of the line after this one; the length of the text where there is none."""
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1


def line_at(text: str, offset: int) -> str:
    """The whole line, without its line break."""
    return text[start_of_line(text, offset) : end_of_line(text, offset)]


def is_blank(text: str, offset: int) -> bool:
    """Whether the line holds nothing but white space."""
    return not line_at(text, offset).strip()


def indent_of(text: str, offset: int) -> int:
    """How many characters of white space the line begins with."""
    line = line_at(text, offset)
    return len(line) - len(line.lstrip())


def comment_indent(text: str, offset: int) -> int | None:
    """The indentation of a line that is a comment; None for any other line."""
    found = _COMMENT.fullmatch(line_at(text, offset))
    return len(found[1]) if found and offset < len(text) else None


def start_of_item(text: str, offset: int) -> int:
    """Where the line of the `-` begins whose item begins at `offset`."""
    start = start_of_line(text, offset)
    while "-" not in text[start:offset].split("#")[0] and start > 0:
        start, offset = start_of_line(text, start - 1), start - 1
    return start


def past_comments(text: str, offset: int, indent: int) -> int:
    """Past the comments from `offset` on that are indented so far, up to the first other line.

    Without indentation they must be followed by an empty line, else they speak of what comes.
    """
    end = offset
    while (found := comment_indent(text, end)) is not None and found >= indent:
        end = next_line(text, end)
    return end if indent > 0 or end >= len(text) or is_blank(text, end) else offset


def with_comments_above(text: str, offset: int, indent: int) -> int:
    """Where the comments begin that stand directly above a line, at its own indentation."""
    start = offset
    while start > 0:
        above = start_of_line(text, start - 1)
        if comment_indent(text, above) != indent or _APART.match(line_at(text, above).lstrip()[1:]):
            break
        start = above
    return start


def past_blanks(text: str, offset: int) -> int:
    """Past the empty lines from `offset` on."""
    while offset < len(text) and is_blank(text, offset):
        offset = next_line(text, offset)
    return offset


def before_blanks(text: str, offset: int) -> int:
    """Before the empty lines that end at `offset`."""
    while offset > 0 and is_blank(text, offset - 1):
        offset = start_of_line(text, offset - 1)
    return offset


def joined(text: str, lines: list[str]) -> str:
    """Lines with the line breaks that the text has."""
    newline = "\r\n" if "\r\n" in text else "\n"
    return "".join(line + newline for line in lines)


def inserted(text: str, offset: int, lines: list[str]) -> str:
    """The text with whole lines put in where a line begins, or at its end."""
    before = text[:offset]
    if before and not before.endswith("\n"):
        before += "\r\n" if "\r\n" in text else "\n"
    return before + joined(text, lines) + text[offset:]
