"""Standard streams that can take what is written: none is closed, none fails on a character."""

from __future__ import annotations

import codecs
import io
import os
import sys

_PLAIN = {"→": "->", "…": "...", "×": "x", "–": "-", "—": "-", "“": '"', "”": '"', "’": "'"}


def prepare_streams() -> None:
    """Put the null device where a stream is closed, and signs that each encoding has."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 (it is open until the end)
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
    codecs.register_error("plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="plain")


def takes_all_signs() -> bool:
    """Whether stdout is in an encoding that has every character."""
    return (sys.stdout.encoding or "").lower().startswith("utf")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What stands for the characters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign, "?") for sign in signs), error.end
