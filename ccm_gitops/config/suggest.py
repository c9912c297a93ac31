"""Did you mean …? And user text shown in messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 60


def shown(text: str) -> str:
    """Text in quotes for a message: one line, cut where it is long."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return repr(cut)


def closest(word: str, options: Iterable[str]) -> str | None:
    """The option that was probably meant; case, spaces, `-` and `_` do not count."""
    known = {_plain(option): option for option in sorted(options, reverse=True)}
    plain = _plain(word[:_SHOWN])
    matches = get_close_matches(plain, known, n=1, cutoff=0.7)
    if not matches and len(plain) > 3:
        matches = [option for option in known if plain in option]
    return known[matches[0]] if len(matches) == 1 else None


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """` (did you mean 'moderate'?)`, or nothing when no option is close."""
    option = closest(word, options)
    return "" if option is None else f" (did you mean {shown(option)}?)"


def _plain(text: str) -> str:
    return text.casefold().replace("_", "-").replace(" ", "-")
