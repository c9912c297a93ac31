"""A year of looks, one each minute: what the planner runs, skips or gives up, against an oracle.

python -m benchmarks.year [DAYS [SEED]]; 40 tasks in 5 zones, with machines that sleep, clocks that
step back and ahead, and runners that are killed. The oracle looks at every minute's wall time on
its own and knows no cron; a small model of each task says what is owed for its slots.
"""

from __future__ import annotations

import random
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from ccm_gitops import ledger
from ccm_gitops.config.ids import slug
from ccm_gitops.config.model import AnalyzeConfig, Config, FileState, Settings, Task
from ccm_gitops.execution import Execution
from ccm_gitops.plan import Plan, Planned, RunOptions
from ccm_gitops.planning import make_plan
from ccm_gitops.schedule.model import Cron
from ccm_gitops.state.codec import decode, encode
from ccm_gitops.state.model import State

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2025, 3, 1, tzinfo=UTC)
RUNNER = RunOptions(machine="m")


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


@dataclass(frozen=True)
class Tick:
    """One look: the clock's time, and when the runner is killed in it.

    `dies` is None, "unclaimed" (before the claim is saved) or "claimed" (before all is done).
    """

    now: datetime
    dies: str | None


def ticks(start: datetime, days: int, chance: random.Random) -> Iterator[Tick]:
    """A look each minute, but for sleeps of up to 3 days and clocks that step for up to an hour.

    A clock steps by up to a day, back or ahead, and is set right again. One runner in eight dies.
    """
    now, end = start, start + days * DAY
    wrong, minutes = timedelta(0), 0
    while now < end:
        yield Tick(now + wrong, chance.choice(["unclaimed", "claimed"] + [None] * 14))
        now += MINUTE
        if minutes:
            minutes -= 1
            wrong = wrong if minutes else timedelta(0)
        elif chance.random() < 1 / 1500:
            now += chance.randrange(1, 3 * 24 * 60) * MINUTE
        elif chance.random() < 1 / 3000:
            minutes = chance.randrange(2, 60)
            wrong = chance.choice((-1, 1)) * chance.randrange(1, 24 * 60) * MINUTE


@dataclass
class Model:
    """What one task is owed, kept apart from the program: its last slot, and a dead one's claim."""

    slots: Sequence[datetime]
    since: datetime
    slot: datetime | None = None
    tries: int = 0
    until: datetime = START

    def expected(self, now: datetime, window: timedelta) -> Verdict | None:
        """What is to be done now: run, skipped or failed, for which slot, and how many missed."""
        if self.slot is not None:
            if now < self.until:
                return None
            return ("run" if self.tries < 2 else "failed", self.slot, 0)
        first, after = bisect_right(self.slots, self.since), bisect_right(self.slots, now)
        if after <= first:
            return None
        slot = self.slots[after - 1]
        return ("run" if now - slot <= window else "skipped", slot, after - first - 1)

    def claimed(self, slot: datetime, now: datetime) -> None:
        """A runner took the slot up, and holds it for five minutes."""
        self.slot, self.tries, self.until = slot, self.tries + 1, now + 5 * MINUTE

    def over(self, slot: datetime) -> None:
        """The slot is done with."""
        self.since, self.slot, self.tries = slot, None, 0


Verdict = tuple[str, datetime, int]


def found(plan: Plan) -> dict[str, Verdict]:
    """What the program does of each task, in the words of the model."""
    verdicts: dict[str, Verdict] = {}
    for item in plan.due:
        assert item.slot
        verdicts[item.task.id] = ("run", item.slot, item.passed.count if item.passed else 0)
    for spent in plan.spent:
        assert spent.slot
        count = spent.passed.count if spent.passed else 0
        verdicts[spent.task.id] = (spent.status, spent.slot, count)
    return verdicts


@dataclass
class Year:
    """The simulation: the program's state beside a model of each task."""

    config: Config
    models: dict[str, Model]
    state: State = field(default_factory=State)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def look(self, tick: Tick, chance: random.Random) -> None:
        """One run: what it decides is compared, and becomes of it what the tick says."""
        now = tick.now
        plan = make_plan(self.config, self.state, RUNNER, now)
        window = self.config.settings.catch_up_window
        expected = {
            id: verdict
            for id, model in self.models.items()
            if (verdict := model.expected(now, window))
        }
        if (verdicts := found(plan)) != expected:
            self.wrong.append(f"at {now}: {verdicts}, not {expected}")
        for spent in plan.spent:
            if spent.status == "skipped" and not spent.reason.startswith("missed by "):
                self.wrong.append(f"at {now}: {spent.task.id} is skipped: {spent.reason}")
        if tick.dies != "unclaimed":
            self._claim(plan, expected, now)
            self._work(plan, now, chance, dies=tick.dies is not None)
        if tick.dies and (plan.due or plan.spent):
            self.counts["killed"] += 1
            self.state = decode(encode(self.state), "state")

    def slots(self, start: datetime) -> int:
        """How many slots there were, up to the newest of each task that is over."""
        return sum(
            bisect_right(model.slots, model.since) - bisect_right(model.slots, start)
            for model in self.models.values()
        )

    @property
    def accounted(self) -> int:
        """How many slots were run, skipped, given up, or run with a later one."""
        return sum(self.counts[name] for name in ("run", "skipped", "failed", "coalesced"))

    def _claim(self, plan: Plan, expected: Mapping[str, Verdict], now: datetime) -> None:
        self.state = ledger.claim(self.state, plan, "m", now)
        for id, (what, slot, missed) in expected.items():
            self.counts["coalesced"] += missed
            if what == "run":
                self.models[id].claimed(slot, now)
            else:
                self.counts[what] += 1
                self.models[id].over(slot)

    def _work(self, plan: Plan, now: datetime, chance: random.Random, *, dies: bool) -> None:
        done = chance.randrange(len(plan.due)) if dies and plan.due else len(plan.due)
        for item in plan.due[:done]:
            self.state = ledger.settle(self.state, item, _ended(item, now))
            assert item.slot
            self.counts["run"] += 1
            self.models[item.task.id].over(item.slot)


def _ended(item: Planned, now: datetime) -> Execution:
    return Execution(
        id=item.execution,
        task_id=item.task.id,
        task_name=item.task.name,
        task_type=item.task.type,
        machine="m",
        trigger=item.trigger,
        status="completed",
        started_at=now,
        completed_at=now,
    )


def simulate(
    patterns: Sequence[Pattern], zones: Sequence[str], start: datetime, days: int, seed: int
) -> Year:
    """So many days of looks at a task for each pattern in each zone."""
    end = start + (days + 2) * DAY
    tasks, models = [], {}
    for pattern, zone in product(patterns, zones):
        id = f"{slug(pattern.expression)}-{slug(zone)}"
        cron = Cron(pattern.expression, zone)
        tasks.append(Task(id=id, name=id, type="analyze", schedule=cron, config=AnalyzeConfig()))
        models[id] = Model(oracle(pattern, ZoneInfo(zone), start, end), start)
    settings = Settings(state=FileState(Path("state.json")), catch_up_window=DAY)
    year = Year(Config(path=Path("schedules.yaml"), settings=settings, tasks=tuple(tasks)), models)
    chance = random.Random(seed)
    # The first look is where a task that is new begins to count.
    for tick in (Tick(start, None), *ticks(start + MINUTE, days, chance)):
        year.look(tick, chance)
    return year


def main(days: int = 365, seed: int = 1) -> int:
    """Every pattern in every zone; exits with 1 when anything differs."""
    year = simulate(PATTERNS, ZONES, START, days, seed)
    print(f"{days} days, 40 tasks, {year.slots(START):,} slots: {dict(year.counts)}")
    if year.accounted != year.slots(START):
        year.wrong.append(f"{year.accounted:,} slots are accounted for")
    print("\n".join(year.wrong[:20]) or "no difference")
    return bool(year.wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
