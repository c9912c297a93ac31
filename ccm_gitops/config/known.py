"""Configurations that were judged before: the same bytes are not judged again.

Reading YAML and judging it is most of the time of a run that finds nothing due. What is kept is
the data of a file that was found valid, without a warning (a warning may be about a secret); any
doubt about it means that the file is judged anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ccm_gitops import __version__
from ccm_gitops.config.schema import schema_path
from ccm_gitops.files import write_atomic

_PACKAGE = Path(__file__).parents[1]


def recall(cache: Path, raw: bytes, path: Path) -> Any:
    """The data of `path` (absolute) with this content; None where it is not known to be valid."""
    try:
        with _entry(cache, path).open("rb") as file:
            # Whoever can write here decides what is run.
            if os.fstat(file.fileno()).st_uid != os.geteuid():
                return None
            kept = json.load(file)
        if kept["judge"] == _judge() and kept["path"] == str(path) and kept["text"] == raw.decode():
            return kept["data"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def remember(cache: Path, raw: bytes, path: Path, data: Any) -> None:
    """Keep what was found valid; without a place to keep it in, the next run judges again."""
    kept = {"judge": _judge(), "path": str(path), "text": raw.decode(), "data": data}
    with contextlib.suppress(OSError):
        write_atomic(_entry(cache, path), json.dumps(kept).encode(), is_private=True)


def _entry(cache: Path, path: Path) -> Path:
    """One for each file; two whose names fall together forget each other."""
    return cache / "configurations" / f"{zlib.crc32(os.fsencode(path)):08x}.json"


def _judge() -> str:
    """What judges: the program, its schema and the libraries; an upgrade of any is another."""
    return f"{__version__} {sys.version} {' '.join(_stamps())}"


def _stamps() -> Iterator[str]:
    # A folder of libraries changes when one of them is installed, upgraded or removed.
    library = find_spec("yaml")
    places = [schema_path(), *(_PACKAGE.glob("*.py"))]
    if library and library.origin:
        places.append(Path(library.origin).parents[1])
    for room in ("config", "schedule"):
        places.extend((_PACKAGE / room).glob("*.py"))
    for place in sorted(places):
        status = place.stat()
        yield f"{status.st_mtime_ns}.{status.st_size}"
