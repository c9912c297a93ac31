"""The configuration as frozen data; defaults stand here and, for editors, in the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any, Literal

from ccm_gitops.config.sources import ForgeName, ProjectSource
from ccm_gitops.schedule.model import CatchUp, Schedule

TaskType = Literal["analyze", "optimize", "health_check", "custom"]
WebhookType = Literal["slack", "discord", "teams", "n8n", "generic", "apprise"]
EventKind = Literal[
    "task_started",
    "task_completed",
    "task_failed",
    "threshold_triggered",
    "optimization_applied",
    "health_alert",
    "webhook_paused",
]
Group = Literal["task", "run", "project"]
MoveTo = Literal["docs", "nested", "rules"]
RuleAction = Literal["archive", "move", "condense", "remove", "keep"]
Strategy = Literal["conservative", "moderate", "aggressive", "custom"]
Severity = Literal["high", "medium", "low", "info"]
Concurrency = Literal["forbid", "replace"]
PublishMode = Literal["branch", "pull_request", "direct", "worktree"]
SigningKind = Literal["ssh", "gpg"]

DEFAULT_CONTEXT_FILES = ("CLAUDE.md", ".claude/CLAUDE.md", "AGENTS.md")


@dataclass(frozen=True)
class Author:
    """Who commits."""

    name: str = "ccm-gitops"
    email: str = "ccm-gitops@users.noreply.github.com"


@dataclass(frozen=True)
class Price:
    """What saved tokens are worth: each session that starts in a project pays for them once."""

    per_million_tokens: float
    sessions_per_month: int = 200
    currency: str = "USD"

    def per_month(self, tokens: int) -> float:
        """What so many tokens fewer at each start save in a month."""
        return tokens * self.sessions_per_month * self.per_million_tokens / 1_000_000


@dataclass(frozen=True)
class FileState:
    """The state is a file; absolute after loading."""

    path: Path


@dataclass(frozen=True)
class BranchState:
    """The state is one commit on a branch of the configuration's repository; `token` a template."""

    branch: str
    remote: str = "origin"
    token: str | None = None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What holds for every task; `memory_limit` is in bytes, for each process of a work unit."""

    timezone: str = "UTC"
    max_concurrent_tasks: int = 3
    task_timeout: timedelta = timedelta(minutes=5)
    retry_attempts: int = 2
    retry_backoff: timedelta = timedelta(seconds=10)
    catch_up: CatchUp = "latest"
    catch_up_window: timedelta = timedelta(days=1)
    max_executions_per_hour: int = 600
    pause_after_failures: int | None = None
    memory_limit: int | None = None
    history_keep: timedelta = timedelta(days=90)
    state: FileState | BranchState
    context_files: tuple[str, ...] = DEFAULT_CONTEXT_FILES
    author: Author = Author()
    price: Price | None = None


@dataclass(frozen=True)
class QuietHours:
    """Nothing is sent from the first wall time to the second, over midnight if that is earlier."""

    span: tuple[time, time]
    timezone: str


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A receiver; `url`, `secret` and the values of `headers` are templates.

    They are resolved when a message is sent; of two secrets both sign. `rate_limit` is the
    least time between two messages, `group` what one message tells of.
    """

    id: str
    name: str
    type: WebhookType
    url: str
    events: frozenset[EventKind] | None = None
    enabled: bool = True
    machine: str | None = None
    description: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    ca_file: Path | None = None
    rate_limit: timedelta | None = None
    quiet_hours: QuietHours | None = None
    group: Group = "task"


@dataclass(frozen=True, kw_only=True)
class RulesConfig:
    """Which rules run, and how severe their findings are."""

    disable: frozenset[str] = frozenset()
    severity: Mapping[str, Severity] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AnalyzeConfig:
    """`analyze`: look and report."""

    include_health_score: bool = False
    alert_only: bool = False
    max_projects: int | None = None
    rules: RulesConfig = RulesConfig()


@dataclass(frozen=True, kw_only=True)
class OptimizeRule:
    """A rule of the strategy `custom`: all that is given must fit a section.

    `section` and `content` are regular expressions, `longer_than` is in lines, and `summary` is a
    template of the line that stays.
    """

    action: RuleAction
    section: str | None = None
    content: str | None = None
    older_than: timedelta | None = None
    longer_than: int | None = None
    summary: str | None = None


@dataclass(frozen=True, kw_only=True)
class OptimizeConfig:
    """`optimize`: change and publish; only below `min_score`, `auto_apply` in tokens saved.

    `rules` are those of the strategy `custom`; a word stands for what the other strategies do.
    """

    strategy: Strategy = "moderate"
    dry_run: bool = False
    min_score: int = 100
    auto_apply_min_tokens: int | None = None
    rules: tuple[OptimizeRule | str, ...] = ()
    move_to: MoveTo = "docs"


@dataclass(frozen=True, kw_only=True)
class HealthCheckConfig:
    """`health_check`: score every project and alert below `alert_threshold`."""

    alert_threshold: int = 70
    include_recommendations: bool = False


@dataclass(frozen=True, kw_only=True)
class CustomConfig:
    """`custom`: the user's own command, once per project; `env` values are templates."""

    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    shell: bool = False


TaskConfig = AnalyzeConfig | OptimizeConfig | HealthCheckConfig | CustomConfig


@dataclass(frozen=True, kw_only=True)
class Notify:
    """Who is told, and of what; without webhooks nobody is.

    With `repeat_after` a failure is told on change, and again when so much time has passed; with
    `min_change` a health alert, when a score has moved by so many points since it was last told.
    """

    on_success: bool = False
    on_failure: bool = True
    repeat_after: timedelta | None = None
    min_change: int | None = None
    webhooks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Publish:
    """How a change leaves; `branch` may hold `{task}`; `push` names a remote of a local project.

    `signing_key` is an absolute path for `sign: ssh`, a key's name for `gpg`. The rest is for pull
    requests; `forge` says where (None: what the URL says), `title` and `token` are templates.
    `limits_open` is how many of ours may be open in one repository; a run of the task opens at most
    `limits_per_run`, and all tasks at most `limits_per_hour` (None: no limit).
    """

    mode: PublishMode = "branch"
    branch: str = "ccm/{task}"
    push: str | None = None
    sign: SigningKind | None = None
    signing_key: str | None = None
    title: str | None = None
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    draft: bool = False
    limits_open: int = 10
    limits_per_run: int | None = None
    limits_per_hour: int | None = None
    forge: ForgeName | None = None
    token: str | None = None
    api_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One scheduled task; `concurrency` is what becomes of its run when the next one is due."""

    id: str
    name: str
    type: TaskType
    schedule: Schedule
    config: TaskConfig
    description: str | None = None
    enabled: bool = True
    machine: str | None = None
    projects: tuple[str, ...] | None = None
    notify: Notify = Notify()
    publish: Publish = Publish()
    needs: tuple[str, ...] = ()
    concurrency: Concurrency = "forbid"


@dataclass(frozen=True, kw_only=True)
class Config:
    """A whole valid configuration; `path` is the file, relative paths start at its folder."""

    path: Path
    settings: Settings
    projects: tuple[ProjectSource, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    tasks: tuple[Task, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.path.parent
