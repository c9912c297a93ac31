"""How often a client may ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

_CLIENTS = 10_000  # beyond so many, the one that was seen longest ago is forgotten


@dataclass
class Buckets:
    """A token bucket for each client: `burst` at once, then `rate` a second."""

    rate: float
    burst: float
    elapsed: Callable[[], float]
    _left: dict[str, tuple[float, float]] = field(default_factory=dict, init=False)

    def wait(self, client: str) -> float:
        """Take one; 0 when there was one to take, else the seconds until there is."""
        now = self.elapsed()
        left, then = self._left.pop(client, (self.burst, now))
        left = min(self.burst, left + (now - then) * self.rate)
        is_free = left >= 1
        self._left[client] = (left - is_free, now)
        if len(self._left) > _CLIENTS:
            del self._left[next(iter(self._left))]
        return 0.0 if is_free else (1 - left) / self.rate
