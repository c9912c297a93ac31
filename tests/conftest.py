"""Guard rails: nothing of the machine that runs the tests may leak into them."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sandbox import Sandbox

# Documents are large trees: looking for circles in them takes a tenth of the suite's time.
gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("CCM_", "GITHUB_", "GIT_")) or name == "HOME":
            monkeypatch.delenv(name)
    yield


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """An empty place for acceptance tests."""
    return Sandbox(tmp_path)
