"""What a request looks at: configuration, state and history, read together, kept for a moment."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from ccm_gitops.config.load import load_config
from ccm_gitops.config.model import Config, FileState
from ccm_gitops.overview import executions
from ccm_gitops.runtime import Runtime
from ccm_gitops.state.codec import encode
from ccm_gitops.state.model import State

# A file is read again after so many seconds; a branch of a remote costs a fetch.
_FRESH_FILE, _FRESH_BRANCH = 1.0, 15.0


@dataclass(frozen=True)
class Snapshot:
    """One consistent look; `executions` are the lines of the history, oldest first."""

    runtime: Runtime
    state: State
    executions: tuple[Mapping[str, Any], ...]

    @property
    def config(self) -> Config:
        """The configuration."""
        return self.runtime.config

    @cached_property
    def version(self) -> str:
        """Another one when anything changed that a page shows."""
        seen = f"{self.config}{len(self.executions)}".encode() + encode(self.state)
        return hashlib.sha256(seen).hexdigest()[:16]

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.runtime.clock.now()


@dataclass
class Reader:
    """Reads the configuration at `path`; `elapsed` are seconds that only grow."""

    path: Path
    home: Path
    make_runtime: Callable[[Config], Runtime]
    elapsed: Callable[[], float]
    _kept: tuple[float, object, Snapshot] | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def runtime(self) -> Runtime:
        """The surroundings of a run by the file as it is now; raises ConfigError."""
        return self.make_runtime(load_config(self.path, home=self.home).config)

    def look(self) -> Snapshot:
        """A look that is at most a moment old; raises ConfigError and StateError."""
        with self._lock:
            now, stamp = self.elapsed(), self._stamp()
            if self._kept and now < self._kept[0] and stamp == self._kept[1]:
                return self._kept[2]
            runtime = self.runtime()
            lines = tuple(executions(runtime.store.history()))
            found = Snapshot(runtime, runtime.store.load(), lines)
            is_file = isinstance(runtime.config.settings.state, FileState)
            self._kept = (now + (_FRESH_FILE if is_file else _FRESH_BRANCH), stamp, found)
            return found

    def _stamp(self) -> object:
        """Tells whether the file was edited meanwhile."""
        with contextlib.suppress(OSError):
            stat = self.path.stat()
            return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        return None

    def forget(self) -> None:
        """Something changed: the next look is a new one."""
        with self._lock:
            self._kept = None
