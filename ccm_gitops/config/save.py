"""An edited configuration put back on disk: checked first, and written whole."""

from __future__ import annotations

import fcntl
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from ccm_gitops.config.load import Loaded, load_text
from ccm_gitops.errors import ConfigError, Problem, UsageError
from ccm_gitops.files import write_atomic

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Source:
    """A configuration's text as it was read, and the digest that tells whether it still is that."""

    path: Path
    text: str
    digest: str
    has_bom: bool


def read_source(path: Path) -> Source:
    """The text of a configuration; raises ConfigError where it is no text."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "is not UTF-8 text; save the file as UTF-8"
        raise ConfigError((Problem(path, 0, 0, "", message),)) from error
    return Source(path, text, _digest(raw), raw.startswith(_BOM))


def save(source: Source, text: str, *, home: Path) -> Loaded:
    """Write the edited text in the place of `source`, whole or not at all.

    A symbolic link is followed. Raises ConfigError with everything that is wrong with the new text,
    and UsageError when the file is no longer what was read.
    """
    raw = _BOM * source.has_bom + text.encode()
    loaded = _checked(source, raw, home)
    target = Path(os.path.realpath(source.path))
    with target.open("rb") as handle:
        # Of two writers the second finds, once it is let in, that the file is another.
        fcntl.flock(handle, fcntl.LOCK_EX)
        if _digest(target.read_bytes()) != source.digest:
            raise UsageError(f"{source.path} was changed meanwhile; nothing was written, try again")
        write_atomic(target, raw)
    return loaded


def _checked(source: Source, raw: bytes, home: Path) -> Loaded:
    try:
        return load_text(raw, source.path, home=home)
    except ConfigError as error:
        # What was wrong before has its place; one in a text that never was helps nobody.
        load_text(source.text.encode(), source.path, home=home)
        unplaced = (replace(problem, line=0, column=0) for problem in error.problems)
        raise ConfigError(tuple(unplaced)) from error


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
