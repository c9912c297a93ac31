"""Context files as JSON; the documents are those of the commands, with their names."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ccm_gitops.server.shapes.base import Instant, Order, Shape


class ProjectRef(Shape):
    """A configured project; `isLocal`: its folder is on this machine."""

    id: str
    place: str
    is_local: bool


class Projects(Shape):
    """Every project that this machine has, and what was not found."""

    projects: list[ProjectRef]
    problems: list[str]


class Analyses(Shape):
    """The context files of a project, each as `analyze --json` has it."""

    project_id: str
    files: list[dict[str, Any]]


class OptimizeRequest(Order):
    """What to work out; nothing is written."""

    project_id: str
    strategy: Literal["conservative", "moderate", "aggressive"] = "moderate"


class Optimizations(Shape):
    """What an optimisation would do, each file as `optimize --json` has it, `diff` included."""

    project_id: str
    tokens_saved: int
    files: list[dict[str, Any]]


class ArchivedPiece(Shape):
    """A piece of text that an optimisation moved out."""

    id: str
    path: str
    source: str
    section: str
    reason: str
    date: Instant
    start_line: int
    end_line: int
    tokens: int


class Archives(Shape):
    """The archived pieces of a project as its folder, or its base commit, has them."""

    project_id: str
    archives: list[ArchivedPiece]


class RestoreRequest(Order):
    """Which pieces to put back; all of them without `ids`."""

    project_id: str
    ids: Annotated[list[str], Field(min_length=1, max_length=1000)] | None = None


class Restored(Shape):
    """The pieces that are back, and the files that were written."""

    project_id: str
    restored: list[str]
    files: list[str]


class Rule(Shape):
    """A rule that context files are checked by."""

    id: str
    severity: str
    summary: str


class Rules(Shape):
    """Every rule."""

    rules: list[Rule]
