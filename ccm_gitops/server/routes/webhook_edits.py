"""Changes of `/api/scheduler/webhooks`: edits of the configuration's text."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from ccm_gitops.config import edit
from ccm_gitops.config.model import Config
from ccm_gitops.server import edits
from ccm_gitops.server.problems import documented
from ccm_gitops.server.routes.webhooks import all_webhooks
from ccm_gitops.server.shapes.base import Done
from ccm_gitops.server.shapes.webhooks import EditedWebhook, NewWebhook, WebhookChange
from ccm_gitops.server.site import Site, find_webhook, or_422


def routes(site: Site) -> APIRouter:
    """The webhooks: create, change, delete."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])

    @router.post("", status_code=201, responses=documented(409))
    def create_webhook(body: NewWebhook, request: Request, response: Response) -> EditedWebhook:
        """Add a webhook. A literal address is not written: a variable stands for it."""
        entry = or_422(lambda: edits.new_webhook(body))
        id = entry["id"]
        if any(known.id == id for known in site.reader.runtime().config.webhooks):
            raise HTTPException(409, f"there is a webhook {id} already")
        variable = edits.variable_for(id, body.webhook_url)
        if variable:
            entry["url"] = f"${{{variable}}}"
        config = site.edit(
            request, f"Add webhook {id}", lambda text: edit.add(text, "webhooks", entry)
        )
        if variable:
            site.remember(variable, body.webhook_url)
        response.headers["location"] = f"/api/scheduler/webhooks/{id}"
        return _edited(site, config, id, variable, response)

    @router.patch("/{id}", responses=documented(409, 412))
    def change_webhook(
        id: str, body: WebhookChange, request: Request, response: Response
    ) -> EditedWebhook:
        """Change a webhook; with `If-Match` only where the file still says what was seen."""
        webhook = find_webhook(site.reader.runtime().config, id)
        site.require(request, webhook)
        changes = or_422(lambda: edits.webhook_changes(body, is_enabled=webhook.enabled))
        variable = edits.variable_for(id, body.webhook_url)
        if variable:
            changes["url",] = f"${{{variable}}}"
        config = site.edit(
            request, f"Change webhook {id}", lambda text: edit.change(text, "webhooks", id, changes)
        )
        if variable and body.webhook_url:
            site.remember(variable, body.webhook_url)
        return _edited(site, config, id, variable, response)

    @router.delete("/{id}", responses=documented(409, 412))
    def delete_webhook(id: str, request: Request) -> Done:
        """Take a webhook out; refused while a task lists it."""
        site.require(request, find_webhook(site.reader.runtime().config, id))
        site.edit(request, f"Delete webhook {id}", lambda text: edit.remove(text, "webhooks", id))
        return Done()

    return router


def _edited(
    site: Site, config: Config, id: str, variable: str | None, response: Response
) -> EditedWebhook:
    response.headers["etag"] = site.tag(find_webhook(config, id))
    (found,) = [item for item in all_webhooks(site.look()) if item.id == id]
    return EditedWebhook(**dict(found), set_variable=variable)
