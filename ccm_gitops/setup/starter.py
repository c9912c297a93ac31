"""A first `schedules.yaml`, from what stands around it; its comments teach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ccm_gitops.config.ids import slug


@dataclass(frozen=True)
class Place:
    """A git repository with context files; `path` is relative to the configuration's folder."""

    path: str
    name: str
    context_files: tuple[str, ...]
    remote: str | None = None


def starter(places: Sequence[Place], timezone: str, *, on_github: bool) -> str:
    """The file's text: valid, and ready to run as soon as it names a project.

    On GitHub the projects are URLs, the state is a branch and changes come as pull requests; else
    the projects are folders, the state is a file and changes are branches.
    """
    return "\n".join(
        (
            _HEADER,
            _settings(timezone, on_github=on_github),
            _projects(places, on_github=on_github),
            _WEBHOOKS,
            _tasks(on_github=on_github),
        )
    )


_HEADER = """\
# yaml-language-server: $schema=./schema/schedules.schema.json
#
# What ccm-gitops does to the context files (CLAUDE.md, AGENTS.md) of the projects below, and when.
#
#   ccm-gitops validate    says what is wrong here, all of it, with line and column
#   ccm-gitops plan        says what a run would do now, and why each other task would not
#   ccm-gitops run         does what is due
version: 1
"""

_WEBHOOKS = """\
# Who is told. An address is a secret: ${NAME} takes it from the environment when a message is sent.
# Try it out: ccm-gitops schedule webhooks test team-chat
webhooks: []
#  - id: team-chat
#    type: slack                    # slack | discord | teams | n8n | generic | apprise
#    url: ${SLACK_WEBHOOK_URL}
#    events: [task_failed, optimization_applied, health_alert]    # absent: all
"""


def _settings(timezone: str, *, on_github: bool) -> str:
    state = (
        'state: {branch: ccm-state, token: "${GITHUB_TOKEN}"}    # one commit, replaced each time'
        if on_github
        else "state: {path: .ccm/state.json}    # what ran when; small, and not for git"
    )
    return f"settings:\n  timezone: {timezone}    # cron expressions are read in it\n  {state}\n"


def _projects(places: Sequence[Place], *, on_github: bool) -> str:
    lines = ["# Where the projects are. Relative paths start at this file's folder."]
    entries = [_entry(place, on_github=on_github) for place in places]
    lines += ["projects:", *entries] if entries else ["projects: []"]
    lines += [
        '#  - {glob: "~/Projects/*"}    # every git repository that matches',
        '#  - {id: web, repo: "https://github.com/acme/web.git", token: "${CCM_TOKEN}"}',
    ]
    return "\n".join(lines) + "\n"


def _entry(place: Place, *, on_github: bool) -> str:
    id = slug(place.name) or "project"
    if on_github and place.remote:
        token = "GITHUB_TOKEN" if place.path == "." else "CCM_TOKEN"
        return f'  - {{id: {id}, repo: "{place.remote}", token: "${{{token}}}"}}'
    return f"  - {{id: {id}, path: {_quoted(place.path)}}}    # {', '.join(place.context_files)}"


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tasks(*, on_github: bool) -> str:
    publish = (
        "publish: {mode: pull_request}    # one per project, kept in step"
        if on_github
        else 'publish: {mode: branch}    # "ccm/weekly-optimize"; checkouts stay as they are'
    )
    return f"""\
tasks:
  # Look at every project each morning; its scores are in `ccm-gitops schedule history`.
  - id: daily-analysis
    name: Daily Analysis
    type: analyze                # analyze | optimize | health_check | custom
    schedule: {{cron: "0 9 * * *"}}    # minute, hour, day of the month, month, day of the week

  # Tidy every project once a week. Nothing is lost: what leaves a file is under .claude/archives/
  # or docs/agents/ in the same commit, and `ccm-gitops archives restore --all` gives it back.
  - id: weekly-optimize
    name: Weekly Optimization
    type: optimize
    schedule: {{cron: "0 8 * * 1"}}
    config: {{strategy: moderate}}    # conservative | moderate | aggressive
    {publish}
    # notify: {{webhooks: [team-chat]}}

  # Say so when a project's score falls below 70.
  - id: health-check
    name: Health Check
    type: health_check
    schedule: {{interval: 1d}}
    config: {{alert_threshold: 70, include_recommendations: true}}
"""
