"""Ids made from names: `Daily Analysis` becomes `daily-analysis`."""

from __future__ import annotations

import re
import unicodedata


def slug(name: str) -> str:
    """The name in the form of an id (`[a-z0-9][a-z0-9-]*`); empty when nothing of it is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def repository_name(url: str) -> str:
    """The last part of a repository's URL, without `.git`."""
    return re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git")
