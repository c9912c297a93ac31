"""From a job to the order for publishing: branch, author, tokens, key, forge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from ccm_gitops.allowance import Allowance
from ccm_gitops.config.model import Publish
from ccm_gitops.errors import SigningError
from ccm_gitops.forges import Forge, Place, connect
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.gitrepo.signing import Signer, gpg_signer, ssh_signer
from ccm_gitops.job import Job
from ccm_gitops.projects.model import Project
from ccm_gitops.publish.model import Order, Target
from ccm_gitops.resuming import branch_of
from ccm_gitops.secrets import resolve
from ccm_gitops.state.model import BranchRecord


def make_order(job: Job, target: Target, record: BranchRecord, allowance: Allowance) -> Order:
    """The order of a job; for a pull request that is wanted for real, with the forge.

    Raises CcmError when a token, a key or the forge is missing.
    """
    task = job.planned.task
    order = Order(
        task=task.id,
        execution=job.planned.execution,
        branch=branch_of(task),
        author=job.config.settings.author,
        when=job.now,
        known_tip=record.tip,
        push=task.publish.push,
        publish=task.publish,
        token=resolve(job.project.token, job.environ) if job.project.token else None,
        may_open=partial(allowance.take, job.planned.execution, task.publish),
        signer=None if job.is_dry else signer_of(task.publish, job.environ),
    )
    is_wanted = task.publish.mode == "pull_request" and not job.is_dry
    return _with_forge(job, target, order) if is_wanted else order


def signer_of(publish: Publish, environ: Mapping[str, str]) -> Signer | None:
    """Who signs the commits, None where nobody does; raises SigningError without a key."""
    key = publish.signing_key or environ.get("CCM_SIGNING_KEY")
    if publish.sign is None:
        return None
    if not key:
        raise SigningError(
            f"publish.sign: {publish.sign} needs a key; set publish.signing_key or $CCM_SIGNING_KEY"
        )
    return ssh_signer(Path(key), environ) if publish.sign == "ssh" else gpg_signer(key, environ)


def _with_forge(job: Job, target: Target, order: Order) -> Order:
    url = job.project.repo
    if url is None and isinstance(target, Repository):
        order = replace(order, push=order.push or "origin")
        url = target.remote(order.push or "origin").url
    return replace(order, forge=forge_of(job.project, order.publish, url or "", job.environ))


def forge_of(project: Project, publish: Publish, url: str, environ: Mapping[str, str]) -> Forge:
    """The forge where a project, which is pushed to `url`, gets its pull requests.

    Raises ForgeError when there is none, SecretError for a token that is not set.
    """
    template = publish.token or project.token
    place = Place(
        url=url,
        kind=publish.forge or project.forge,
        api_url=publish.api_url or project.api_url,
        is_declared=project.repo is not None,
    )
    return connect(place, resolve(template, environ) if template else None, environ)
