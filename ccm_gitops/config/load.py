"""A configuration file read, judged and built."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccm_gitops.config.build import Base, build_config
from ccm_gitops.config.document import MAX_BYTES
from ccm_gitops.config.known import recall, remember
from ccm_gitops.config.model import Config
from ccm_gitops.errors import ConfigError, Problem


@dataclass(frozen=True)
class Loaded:
    """A valid configuration, and what may surprise in it."""

    config: Config
    warnings: tuple[Problem, ...]


def load_config(path: Path, *, home: Path, cache: Path | None = None) -> Loaded:
    """The configuration of a file; problems name the file as `path` does.

    `~` in it is `home`. With a `cache` folder, content that was found valid before is not judged
    again. Raises ConfigError with everything that is wrong, in file order.
    """
    raw = _read(path)
    absolute = Path(os.path.abspath(path))
    if cache and (data := recall(cache, raw, absolute)) is not None:
        return Loaded(build_config(data, absolute, Base(absolute.parent, home)), ())
    loaded, data = _judge(raw, path, home)
    if cache and not loaded.warnings:
        remember(cache, raw, absolute, data)
    return loaded


def load_text(raw: bytes, path: Path, *, home: Path) -> Loaded:
    """The configuration that the file `path` would hold with this content."""
    return _judge(raw, path, home)[0]


def _judge(raw: bytes, path: Path, home: Path) -> tuple[Loaded, Any]:
    # What reads and judges takes longer to import than all that a run with nothing due does.
    from ccm_gitops.config.validate import validate  # noqa: PLC0415
    from ccm_gitops.config.yaml_core import read_yaml  # noqa: PLC0415

    document, unreadable = read_yaml(raw, path)
    absolute = Path(os.path.abspath(path))
    base = Base(absolute.parent, home)
    errors, warnings = validate(document, unreadable, base.folder)
    if errors:
        raise ConfigError(errors)
    return Loaded(build_config(document.data, absolute, base), warnings), document.data


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            return handle.read(MAX_BYTES + 1)
    except FileNotFoundError:
        message = "there is no such file"
    except IsADirectoryError:
        message = "is a folder; name the file in it"
    except (OSError, ValueError) as error:
        message = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    raise ConfigError((Problem(path, 0, 0, "", message),))
