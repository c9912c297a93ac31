"""Schedules in plain words, for people."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from ccm_gitops.schedule.cron import fields_of
from ccm_gitops.schedule.model import (
    Bounds,
    Changed,
    Cron,
    Interval,
    Manual,
    Schedule,
    Several,
    Threshold,
)
from ccm_gitops.schedule.threshold import WORDS

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def describe(schedule: Schedule, timezone: str) -> str:
    """One sentence without its full stop: `Every day at 09:00, Europe/Berlin`.

    `timezone` is that of the reader; a cron schedule names the zone that it is in itself.
    """
    match schedule:
        case Cron():
            text = f"{_cron(schedule)}, {schedule.timezone}"
            return text + _bounds(schedule.bounds, timezone)
        case Interval(every, bounds):
            return f"Every {_every(every)}{_bounds(bounds, timezone)}"
        case Threshold():
            return _threshold(schedule)
        case Changed(patterns):
            return f"When a project changes {' or '.join(patterns)}"
        case Manual():
            return "Only by hand"
        case Several(parts):
            first, *others = (describe(part, timezone) for part in parts)
            return "; or ".join([first, *(text[0].lower() + text[1:] for text in others)])


def _cron(cron: Cron) -> str:
    minute, hour, *days = fields_of(cron.expression)
    # An `L` stands before its weekday here, behind it in the usual form.
    days[2] = ",".join(_last_weekday(item) for item in days[2].split(","))
    text = _described(" ".join([minute, hour, *days]))
    if text is None:
        return f"Cron {cron.expression}"
    if cron.day_match == "all":
        text = text.replace(", or on ", ", if that is ")
    if days == ["*", "*", "*"] and hour != "*" and text.startswith("At "):
        return f"Every day at{text.removeprefix('At')}"
    return text.replace(", only ", ", ")


def _bounds(bounds: Bounds, timezone: str) -> str:
    zone = ZoneInfo(timezone)
    words = ""
    if bounds.start:
        words += f", from {bounds.start.astimezone(zone):%Y-%m-%d %H:%M}"
    if bounds.end:
        words += f", until {bounds.end.astimezone(zone):%Y-%m-%d %H:%M}"
    if bounds.jitter:
        words += f", spread over {in_words(bounds.jitter)}"
    return words


def _described(expression: str) -> str | None:
    """The library's words; None for the few forms that it cannot tell, such as `mon,*`."""
    # Only who reads schedules pays for it: 20 ms of import.
    from cron_descriptor import ExpressionDescriptor, Options  # noqa: PLC0415
    from cron_descriptor.Exception import FormatError  # noqa: PLC0415

    options = Options(locale_code="en_US", use_24hour_time_format=True)
    try:
        return str(ExpressionDescriptor(expression, options).get_description())
    except FormatError:
        return None


def _last_weekday(item: str) -> str:
    return item[1:] + "L" if item[:1] in "lL" and item[1:] else item


def _threshold(threshold: Threshold) -> str:
    metric = threshold.metric.replace("_", " ")
    text = f"When a project's {metric} is {WORDS[threshold.operator]} {threshold.value:g}"
    if threshold.cooldown is not None:
        text += f", again after {in_words(threshold.cooldown)}"
    if threshold.rearm is not None:
        text += f", armed again at {threshold.rearm:g}"
    return text


def _every(every: timedelta) -> str:
    return in_words(every).removeprefix("1 ") if _is_one(every) else in_words(every)


def _is_one(every: timedelta) -> bool:
    return every.total_seconds() in [size for _, size in _UNITS]


def in_words(duration: timedelta) -> str:
    """`1 hour 30 minutes`, in whole seconds."""
    rest = int(duration.total_seconds())
    parts = []
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 seconds"
