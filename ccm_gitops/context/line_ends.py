"""Line ends: git writes them where it is told to, and a text is the same with others."""

from __future__ import annotations

from collections.abc import Iterator


def with_lf(text: str) -> str:
    """A text with LF for each CRLF."""
    return text.replace("\r\n", "\n")


def with_crlf(text: str) -> str:
    """A text with CRLF for each LF."""
    return with_lf(text).replace("\n", "\r\n")


def with_ends_of(file: str, text: str) -> str:
    """A text with the line ends of a file, where these are all LF or all CRLF."""
    if with_lf(file) == file:
        return text if "\n" not in file else with_lf(text)
    return with_crlf(text) if with_crlf(file) == file else text


def endings(text: str) -> tuple[str, str, str]:
    """A text as it is, and without the line end that it was given."""
    return text, text.removesuffix("\n"), text.removesuffix("\r\n")


def forms(text: str) -> Iterator[str]:
    """The endings of a text, also with other line ends."""
    for form in dict.fromkeys((text, with_lf(text), with_crlf(text))):
        yield from endings(form)
