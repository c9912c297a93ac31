"""What a saving comes to in a month, at assumptions that are said with it."""

from __future__ import annotations

CONVERSATIONS = 600  # a month: twenty a day
_DOLLARS = 3  # for a million input tokens, before any cache: a usual list price of such models


def monthly(tokens: int) -> str:
    """The tokens that a month no longer loads, and their price: `1,200 a month at …`."""
    month = tokens * CONVERSATIONS
    price = f"${month * _DOLLARS / 1e6:,.2f} at ${_DOLLARS} a million tokens"
    return f"{month:,} a month at {CONVERSATIONS} conversations ({price})"
