"""The application put together."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool

from ccm_gitops import __version__
from ccm_gitops.server.access import Policy
from ccm_gitops.server.problems import add_handlers
from ccm_gitops.server.routes import (
    context,
    control,
    executions,
    pages,
    task_edits,
    tasks,
    webhook_edits,
    webhooks,
)
from ccm_gitops.server.shapes.problem import Problem
from ccm_gitops.server.site import Site


def make_app(site: Site, policy: Policy) -> FastAPI:
    """The REST API and the pages of a site; its loop and its runs end with it."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        site.loop.stop()
        await run_in_threadpool(site.launcher.stop)

    app = FastAPI(
        title="ccm-gitops",
        version=__version__,
        # Their pages load scripts from a CDN.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    scheduler = APIRouter(prefix="/api/scheduler")
    for noun in (control, tasks, task_edits, executions, webhooks, webhook_edits):
        scheduler.include_router(noun.routes(site))
    app.include_router(scheduler)
    app.include_router(context.routes(site))
    app.include_router(pages.routes(site, policy))
    add_handlers(app)
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]
    return app


def _description(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with the form of problems and the token."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, routes=app.routes)
        parts = made["components"]
        schema = Problem.model_json_schema(
            by_alias=True, ref_template="#/components/schemas/{model}"
        )
        parts["schemas"] |= schema.pop("$defs")
        parts["schemas"]["Problem"] = schema
        for unused in ("HTTPValidationError", "ValidationError"):
            parts["schemas"].pop(unused, None)
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for methods in made["paths"].values():
            for method, operation in methods.items():
                # On a loopback address reading is free.
                free: list[dict[str, list[str]]] = [{}] if method == "get" else []
                operation["security"] = [{"token": []}, *free]
        app.openapi_schema = made
    return app.openapi_schema
