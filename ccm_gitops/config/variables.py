"""Which environment variables a configuration asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ccm_gitops.config.model import BranchState, Config, CustomConfig
from ccm_gitops.config.sources import GlobSource
from ccm_gitops.secrets import variables


def variables_of(config: Config) -> tuple[str, ...]:
    """The names in `${NAME}` of every template, each once, in the order of the file."""
    return _names(_templates(config, with_env=True))


def secret_variables_of(config: Config) -> tuple[str, ...]:
    """Those that hold tokens, addresses, secrets and headers, which must never be shown."""
    return _names(_templates(config, with_env=False))


def _names(templates: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for template in templates for name in variables(template)))


def _templates(config: Config, *, with_env: bool) -> Iterator[str]:
    if isinstance(config.settings.state, BranchState):
        yield config.settings.state.token or ""
    for source in config.projects:
        if not isinstance(source, GlobSource):
            yield source.token or ""
    for webhook in config.webhooks:
        yield webhook.url
        yield from webhook.secret
        yield from webhook.headers.values()
    for task in config.tasks:
        yield task.publish.token or ""
        if with_env and isinstance(task.config, CustomConfig):
            yield from task.config.env.values()
