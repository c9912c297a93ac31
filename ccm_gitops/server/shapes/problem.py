"""Errors as JSON (RFC 9457, application/problem+json)."""

from __future__ import annotations

from ccm_gitops.server.shapes.base import Shape


class Place(Shape):
    """One thing that is wrong: in the body (`where` is its key), or in the configuration."""

    where: str
    message: str
    line: int | None = None
    column: int | None = None


class Problem(Shape):
    """What is wrong, and what to do; `errors` has every single thing where there are several."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[Place] | None = None
