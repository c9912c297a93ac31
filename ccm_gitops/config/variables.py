"""Which environment variables a configuration asks for."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_gitops.config.model import BranchState, Config, CustomConfig
from ccm_gitops.config.sources import GlobSource
from ccm_gitops.secrets import variables


def variables_of(config: Config) -> tuple[str, ...]:
    """The names in `${NAME}` of every template, each once, in the order of the file."""
    return tuple(
        dict.fromkeys(name for template in _templates(config) for name in variables(template))
    )


def _templates(config: Config) -> Iterator[str]:
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
        if isinstance(task.config, CustomConfig):
            yield from task.config.env.values()
