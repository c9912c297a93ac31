"""What is allowed and may still surprise: warnings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ccm_gitops.config.document import Finding
from ccm_gitops.config.entries import FORGES, entries, named_id, part, schedules
from ccm_gitops.http.addresses import private_host
from ccm_gitops.secrets import variables

_TELLING_HEADERS = frozenset({"authorization", "proxy-authorization", "x-api-key", "cookie"})


def check_caution(data: Any) -> Iterator[Finding]:
    """Literal secrets, cron with both day fields and SOPS files."""
    if "sops" in data:
        message = (
            "encrypted values are not read here; keep secrets in the environment, for instance "
            "by starting the runner with `sops exec-env`"
        )
        yield Finding(("sops",), message, "sops")
    yield from _projects(data)
    yield from _webhooks(data)
    yield from _crons(data)
    yield from _tokens(data)


def _tokens(data: Any) -> Iterator[Finding]:
    advice = "is a secret in the file; write ${GITHUB_TOKEN} and set that variable"
    if _is_literal(part(part(data, "settings"), "state").get("token")):
        yield Finding(("settings", "state", "token"), advice)
    for path, task in entries(data, "tasks"):
        if _is_literal(part(task, "publish").get("token")):
            yield Finding((*path, "publish", "token"), advice)


def _projects(data: Any) -> Iterator[Finding]:
    advice = "is a secret in the file; write ${GITHUB_TOKEN} and set that variable"
    for path, project in entries(data, "projects"):
        if _is_literal(project.get("token")):
            yield Finding((*path, "token"), advice)
        for forge in FORGES:
            if _is_literal(part(project, forge).get("token")):
                yield Finding((*path, forge, "token"), advice)
        if re.match(r"https?://[^/@\s]+@", project.get("repo") or ""):
            yield Finding((*path, "repo"), "holds credentials; write them as token: ${NAME}")


def _webhooks(data: Any) -> Iterator[Finding]:
    for path, webhook in entries(data, "webhooks"):
        name = (named_id(webhook) or "id").upper().replace("-", "_")
        if _is_literal(webhook.get("url")):
            advice = f"write ${{CCM_WEBHOOK_{name}}} and set that variable"
            yield Finding((*path, "url"), f"the address is a secret in the file; {advice}")
        host = private_host(webhook.get("url") or "")
        if host and not webhook.get("allow_private"):
            message = f"{host} is a private address and will be refused; is it your own, write "
            yield Finding((*path, "url"), f"{message}allow_private: true")
        advice = (
            f"is a secret in the file; write ${{CCM_WEBHOOK_{name}_SECRET}} and set that variable"
        )
        secret = webhook.get("secret")
        if isinstance(secret, list):
            for index, item in enumerate(secret):
                if _is_literal(item):
                    yield Finding((*path, "secret", index), advice)
        elif _is_literal(secret):
            yield Finding((*path, "secret"), advice)
        for header, value in part(webhook, "headers").items():
            if header.lower() in _TELLING_HEADERS and _is_literal(value):
                advice = f"is a secret in the file; write ${{CCM_WEBHOOK_{name}_TOKEN}} for it"
                yield Finding((*path, "headers", header), advice)


def _crons(data: Any) -> Iterator[Finding]:
    for path, task in entries(data, "tasks"):
        for place, schedule in schedules(task, path):
            fields = (schedule.get("cron") or "").split()
            is_set = len(fields) == 5 and not {"*", "*/1"}.intersection((fields[2], fields[4]))
            if is_set and "day_match" not in schedule:
                message = (
                    "both day fields are set, and a day that matches either is enough; "
                    "write `day_match: any` to keep that, or `day_match: all` for both"
                )
                yield Finding((*place, "cron"), message)


def _is_literal(value: str | None) -> bool:
    return bool(value) and not variables(value or "")
