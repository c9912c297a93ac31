"""Messages through killed runners and a receiver that misbehaves, at any size.

python -m benchmarks.messages [EVENTS [KILLS]]; needs the tests beside it, whose receiver it uses.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ccm_gitops.notify.outbox import MAX_WAITING
from tests.acceptance.test_delivery import (
    HANG,
    Platform,
    after,
    assert_all_arrived_in_order,
    assert_nothing_shows,
    rig,
)
from tests.support.receiver import Answer, Receiver
from tests.support.sandbox import Sandbox

HOOKS = 5


def storm(seed: int) -> Callable[[], Answer | None]:
    """Troubles of every kind, four in a thousand requests."""
    dice = random.Random(seed)
    kinds = [
        Answer(429, {"Retry-After": "0.35"}),
        Answer(502),
        Answer(reset=True),
        Answer(drip=0.05, drip_head=True),
        HANG,
    ]
    return lambda: dice.choice(kinds) if dice.random() < 0.004 else None


def main(events: int = 10_000, kills: int = 100) -> None:
    """Make events in batches, kill runners at random requests, let others finish, and count."""
    platform = Platform(storm(7))
    dice, killed, largest, began = random.Random(3), 0, 0, time.monotonic()
    batches = events // (HOOKS * MAX_WAITING)
    with tempfile.TemporaryDirectory() as root, Receiver(platform) as receiver:
        state = Path(root) / ".ccm" / "state.json"
        bench = rig(Sandbox(Path(root)), receiver.url, HOOKS)
        for _ in range(batches):
            bench.produce(MAX_WAITING)
            for _ in range(kills // batches):
                largest = max(largest, state.stat().st_size)
                bench.run(kill=after(platform, dice.randrange(1, 150)))
                killed += bench.killed[-1]
            while bench.waiting():
                bench.run()
        made = batches * MAX_WAITING
        twice = assert_all_arrived_in_order(platform, made, HOOKS)
        assert_nothing_shows(bench.sandbox, bench.output)
    figures = {"events": made * HOOKS, "runners killed": killed, "requests": platform.requests}
    figures |= {"arrived again": twice, "largest state, bytes": largest}
    print(json.dumps(figures | {"seconds": round(time.monotonic() - began)}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
