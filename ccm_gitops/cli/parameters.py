"""What an option's text means, where click has no type for it."""

from __future__ import annotations

from datetime import timedelta

import click

from ccm_gitops.durations import parse_duration


class Duration(click.ParamType):  # type: ignore[type-arg]  # no generic before click 8.3
    """`15m`, `1h30m`; with `least`, not shorter than that."""

    name = "duration"

    def __init__(self, least: timedelta = timedelta(0)) -> None:
        self.least = least

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """The duration; fails with how to write one."""
        if isinstance(value, timedelta):
            return value
        try:
            duration = parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if duration < self.least:
            self.fail(f"must be at least {self.least.total_seconds():.0f}s", param, ctx)
        return duration


class Every(Duration):
    """A duration, with or without the word: `60s`, `every 60s`."""

    name = "every"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """The duration after `every`."""
        text = value.removeprefix("every").strip() if isinstance(value, str) else value
        return super().convert(text, param, ctx)
