"""`/api/scheduler/webhooks`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ccm_gitops.config.model import WebhookType
from ccm_gitops.notify.deliver import deliver
from ccm_gitops.notify.health import after_sample
from ccm_gitops.notify.overview import webhook_rows
from ccm_gitops.notify.sample import sample
from ccm_gitops.server import wire
from ccm_gitops.server.problems import documented
from ccm_gitops.server.shapes.webhooks import TestRequest, TestResult, Webhook, WebhookList
from ccm_gitops.server.site import Site, find_webhook
from ccm_gitops.server.snapshot import Snapshot
from ccm_gitops.state.store import Update


def routes(site: Site) -> APIRouter:
    """The webhooks: list, one, test."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])

    @router.get("", responses=documented(409))
    def list_webhooks(
        machine_id: Annotated[str | None, Query(alias="machineId")] = None,
        webhook_type: Annotated[WebhookType | None, Query(alias="webhookType")] = None,
    ) -> WebhookList:
        """The webhooks with their health; addresses are masked."""
        found = [
            item
            for item in all_webhooks(site.look())
            if (machine_id is None or item.machine_id in (None, machine_id))
            and webhook_type in (None, item.webhook_type)
        ]
        return WebhookList(webhooks=found, total=len(found))

    @router.get("/{id}", responses=documented(409))
    def get_webhook(id: str, response: Response) -> Webhook:
        """One webhook with its health, and the messages to it that were given up."""
        snapshot = site.look()
        response.headers["etag"] = site.tag(find_webhook(snapshot.config, id))
        (found,) = [item for item in all_webhooks(snapshot) if item.id == id]
        return found

    @router.post("/{id}/test", responses=documented(409))
    def test_webhook(id: str, request: Request, body: TestRequest | None = None) -> TestResult:
        """Send a sample, marked as one, and say what the receiver made of it."""
        runtime = site.reader.runtime()
        webhook = find_webhook(runtime.config, id)
        kind = (body or TestRequest()).event_type
        attempt = deliver(
            sample(id, kind, runtime.clock.now()), webhook, runtime.environ, runtime.clock
        )
        site.audit(request, "webhook.test", id)
        is_taken = attempt.status == "delivered"
        if is_taken:
            now = runtime.clock.now()
            runtime.store.update(lambda state: Update(after_sample(state, id, now), None))
        reason = "delivered" if is_taken else attempt.reason or attempt.status
        return TestResult(success=is_taken, status_code=attempt.code, message=reason)

    return router


def all_webhooks(snapshot: Snapshot) -> list[Webhook]:
    rows = webhook_rows(snapshot.config, snapshot.state, snapshot.now)
    return [
        wire.webhook(model, row) for model, row in zip(snapshot.config.webhooks, rows, strict=True)
    ]
