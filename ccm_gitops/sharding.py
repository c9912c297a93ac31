"""One run parted over several machines: which projects a shard has, and its own memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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


def by_task(state: State) -> Mapping[str, TaskState]:
    """The newest memory of each task, whichever shard has it."""
    newest: dict[str, TaskState] = {}
    for key, memory in state.tasks.items():
        task = key.partition("@")[0]
        if task not in newest or _age(memory) > _age(newest[task]):
            newest[task] = memory
    return newest


def _age(memory: TaskState) -> str:
    """Orders memories: by the last run, then by the last slot."""
    last = memory.last.started_at.isoformat() if memory.last else ""
    return f"{last} {memory.since.isoformat() if memory.since else ''}"
