"""The due loop of `serve`: a run now and then, beside whatever other runners there are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ccm_gitops.errors import CcmError


@dataclass
class Loop:
    """Calls `look` every so often until it is stopped; an error is kept, and the next look comes.

    `now` gives the present instant.
    """

    look: Callable[[], None]
    now: Callable[[], datetime]
    every: timedelta | None = field(default=None, init=False)
    last_at: datetime | None = field(default=None, init=False)
    last_error: str | None = field(default=None, init=False)
    _stopped: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def next_at(self) -> datetime | None:
        """When it looks next; None while it is stopped."""
        return self.last_at + self.every if self.every and self.last_at else None

    def start(self, every: timedelta) -> None:
        """Begin to look, at once and then every so often; does nothing while it runs."""
        with self._lock:
            if self.every is not None:
                return
            self.every = every
            self._stopped = threading.Event()
            arguments = (self._stopped, every.total_seconds())
            self._thread = threading.Thread(target=self._turn, args=arguments, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """No more looks; a run that has begun ends by itself."""
        with self._lock:
            self._stopped.set()
            self.every = None

    def _turn(self, stopped: threading.Event, seconds: float) -> None:
        while not stopped.is_set():
            self.last_at = self.now()
            try:
                self.look()
                self.last_error = None
            except CcmError as error:
                self.last_error = str(error)
            stopped.wait(seconds)
