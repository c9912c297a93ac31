"""The JSON Schema of the configuration: where it lies, and how its patterns are read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_NAME = "schedules.schema.json"
_PACKAGE = Path(__file__).resolve().parent.parent


def schema_path() -> Path:
    """Where the schema lies: in the package once installed, beside it in a checkout."""
    installed = _PACKAGE / "schema" / _NAME
    return installed if installed.is_file() else _PACKAGE.parent / "schema" / _NAME


@cache
def load_schema() -> Mapping[str, Any]:
    """The schema as data; callers do not change it."""
    schema: Mapping[str, Any] = json.loads(schema_path().read_bytes())
    return schema


def matches_pattern(pattern: str, text: str) -> bool:
    """Whether a text matches as a JSON Schema says: `$` is the end, digits are ASCII.

    Every pattern of the schema is anchored at both ends.
    """
    return re.fullmatch(pattern, text, re.ASCII) is not None
