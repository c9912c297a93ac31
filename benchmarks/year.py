"""A year of looks: what `decide` runs or skips, against an oracle that knows no cron.

python -m benchmarks.year [DAYS [SEED]]; 40 tasks in 5 zones, with sleeping machines, runs that come
late and clocks that are set back. The oracle looks at every minute's wall time on its own.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ccm_gitops.schedule.due import Due, Missed, Policy, decide
from ccm_gitops.schedule.model import Cron

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2025, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Pattern:
    """A cron expression, and the same as sets: minutes, hours, days, weekdays (Monday is 0)."""

    expression: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] = frozenset(range(1, 32))
    weekdays: frozenset[int] = frozenset(range(7))

    def fits(self, wall: datetime) -> bool:
        """Is the wall time a slot."""
        return (
            wall.minute in self.minutes
            and wall.hour in self.hours
            and wall.day in self.days
            and wall.weekday() in self.weekdays
        )


EVERY_HOUR = frozenset(range(24))
PATTERNS = (
    Pattern("0 9 * * *", frozenset({0}), frozenset({9})),
    Pattern("30 2 * * *", frozenset({30}), frozenset({2})),
    Pattern("*/30 1-3 * * *", frozenset({0, 30}), frozenset({1, 2, 3})),
    Pattern("15 * * * *", frozenset({15}), EVERY_HOUR),
    Pattern("0 8 * * 1", frozenset({0}), frozenset({8}), weekdays=frozenset({0})),
    Pattern("45 23 * * mon-fri", frozenset({45}), frozenset({23}), weekdays=frozenset(range(5))),
    Pattern("0 0 1,15 * *", frozenset({0}), frozenset({0}), days=frozenset({1, 15})),
    Pattern("5 2 * * sun", frozenset({5}), frozenset({2}), weekdays=frozenset({6})),
)


def oracle(pattern: Pattern, zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """Every slot from start to end, by looking at each minute: its wall time, and those jumped."""
    slots = []
    seen = start.astimezone(zone).replace(tzinfo=None) - MINUTE
    moment = start
    while moment < end:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        # A jump passes over wall times: they are due at once. A repeated one was seen before.
        while seen < wall:
            seen += MINUTE
            if pattern.fits(seen) and (not slots or slots[-1] != moment):
                slots.append(moment)
        moment += MINUTE
    return slots


def ticks(days: int, chance: random.Random) -> Iterator[datetime]:
    """When runners look: within the hour, but for sleeps of up to 3 days and clocks set back."""
    now, end = START, START + days * DAY
    while now < end:
        yield now
        now += chance.randrange(1, 60) * MINUTE
        if chance.random() < 1 / 100:
            now += timedelta(minutes=chance.randrange(1, 3 * 24 * 60))
        elif chance.random() < 1 / 200:
            yield now - timedelta(minutes=chance.randrange(1, 24 * 60))


def differences(
    pattern: Pattern, zone: str, moments: Sequence[datetime], policy: Policy
) -> tuple[list[str], Counter[str]]:
    """Where the program and the oracle part over these looks, and what was done how often."""
    slots = oracle(pattern, ZoneInfo(zone), START, max(moments) + MINUTE)
    cron = Cron(pattern.expression, zone)
    since, place, wrong = START, 0, []
    counts: Counter[str] = Counter()
    for now in moments:
        first = place
        while place < len(slots) and slots[place] <= now:
            place += 1
        newest = slots[place - 1] if place > first and slots[place - 1] > since else None
        decision = decide(cron, since=since, now=now, policy=policy)
        match decision:
            case Due(slot) if slot == newest and now - slot <= policy.window:
                counts["run"] += 1
            case Missed(slot, _) if slot == newest and now - slot > policy.window:
                counts["skipped"] += 1
            case Due(slot) | Missed(slot, _):
                wrong.append(f"{cron}: at {now} {decision}, not {newest}")
            case _ if newest:
                wrong.append(f"{cron}: at {now} nothing, not {newest}")
        if newest:
            counts["coalesced"] += place - first - 1
            since = newest
    return wrong, counts


def main(days: int = 365, seed: int = 1) -> int:
    """Every pattern in every zone; exits with 1 when anything differs."""
    moments = list(ticks(days, random.Random(seed)))
    total: Counter[str] = Counter()
    wrong = []
    for pattern in PATTERNS:
        for zone in ZONES:
            found, counts = differences(pattern, zone, moments, Policy(window=DAY))
            wrong += found
            total += counts
    print(f"{days} days, {len(moments):,} looks at 40 tasks: {dict(total)}")
    print("\n".join(wrong[:20]) or "no difference")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
