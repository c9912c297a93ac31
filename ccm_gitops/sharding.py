"""One run parted over several machines: which projects a shard has, and its own memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ccm_gitops.schedule.memory import Memory
from ccm_gitops.state.model import State, TaskState

if TYPE_CHECKING:
    from ccm_gitops.projects.model import Discovery

_FORM = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})", re.ASCII)


@dataclass(frozen=True)
class Shard:
    """The part `index` of `count`, counted from 1; a project is always in the same one."""

    index: int = 1
    count: int = 1

    def holds(self, project: str) -> bool:
        """Is the project of this id ours: by a digest, the same on every machine."""
        import hashlib  # noqa: PLC0415  few runs are parted

        digest = hashlib.sha256(project.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.index - 1

    def part(self, found: Discovery) -> Discovery:
        """What of the projects is ours; each declared one that is missing is missed once."""
        return replace(
            found,
            projects=tuple(item for item in found.projects if self.holds(item.id)),
            problems=tuple(item for item in found.problems if self.holds(item.source)),
        )

    def key(self, task: str) -> str:
        """Where the state keeps our memory of a task: `id`, of a part `id@2/4`."""
        return task if self.count == 1 else f"{task}@{self.index}/{self.count}"

    def memory(self, state: State, task: str) -> TaskState | None:
        """What the state remembers of a task; a part that is new starts from the undivided task."""
        found = state.tasks.get(self.key(task))
        if found or self.count == 1:
            return found
        whole = state.tasks.get(task)
        return replace(whole, claim=None) if whole else None

    @property
    def suffix(self) -> str:
        """What sets the executions of one part off from those of the others."""
        return "" if self.count == 1 else f"-{self.index}of{self.count}"


WHOLE = Shard()


def parse_shard(text: str) -> Shard:
    """Read `2/4`; raises ValueError for another form and for a part that there is not."""
    match = _FORM.fullmatch(text)
    if not match or int(match[1]) > int(match[2]):
        raise ValueError(f"{text!r} is no shard; write 1/4 for the first of four")
    return Shard(int(match[1]), int(match[2]))


def task_of(key: str) -> str:
    """The task that the state remembers under a key."""
    return key.partition("@")[0]


def by_task(state: State) -> Mapping[str, TaskState]:
    """What is remembered of each task as a whole.

    Of a task that runs in parts that is: what one part still has to do, the claim of one that is
    at work, the failure of one that failed. Parts of another division, from before, do not count.
    """
    divisions: dict[str, dict[str, list[TaskState]]] = {}
    for key, memory in state.tasks.items():
        task, _, part = key.partition("@")
        divisions.setdefault(task, {}).setdefault(part.partition("/")[2], []).append(memory)
    newest = {
        task: max(found.values(), key=lambda parts: max(map(_age, parts)))
        for task, found in divisions.items()
    }
    return {task: parts[0] if len(parts) == 1 else _whole(parts) for task, parts in newest.items()}


def _whole(parts: Sequence[TaskState]) -> TaskState:
    names = {name for part in parts for name in part.parts}
    claims = [part.claim for part in parts if part.claim]
    lasts = [part.last for part in parts if part.last]
    return TaskState(
        **_joined(parts),
        enabled=any(part.enabled for part in parts),
        claim=max(claims, key=lambda claim: claim.expires_at, default=None),
        last=max(lasts, key=lambda last: (last.status == "failed", last.started_at), default=None),
        failures=max(part.failures for part in parts),
        parts={
            name: Memory(**_joined([part.parts.get(name, Memory()) for part in parts]))
            for name in sorted(names)
        },
    )


def _joined(memories: Sequence[Memory]) -> dict[str, Any]:
    """The fields of one memory for all: the earliest slot, and every project's own."""
    slots = [memory.since for memory in memories]
    known = [slot for slot in slots if slot is not None]
    return {
        "since": min(known) if len(known) == len(slots) else None,
        "edges": {id: edge for memory in memories for id, edge in memory.edges.items()},
        "seen": {id: digest for memory in memories for id, digest in memory.seen.items()},
    }


def _age(memory: TaskState) -> str:
    """Orders memories: by the last run, then by the last slot."""
    last = memory.last.started_at.isoformat() if memory.last else ""
    return f"{last} {memory.since.isoformat() if memory.since else ''}"
