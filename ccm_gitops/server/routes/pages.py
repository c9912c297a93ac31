"""`/scheduler`: the dashboard's pages, live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from ccm_gitops.inspection import inspect_projects
from ccm_gitops.projects.discover import find_projects
from ccm_gitops.report.dashboard import build_dashboard
from ccm_gitops.report.html.site import ASSETS, Live, asset, render_page
from ccm_gitops.report.model import Dashboard, Surroundings
from ccm_gitops.server.access import Policy
from ccm_gitops.server.guard import LOGIN
from ccm_gitops.server.site import Site

_STATIC = Path(__file__).parent.parent / "static"
_LIVE = ("assets/live.js", "assets/live.css")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HOME = "/scheduler/index.html"
_LISTENERS = 32
_INSPECT = 5.0  # seconds for a project's own page
_LOGIN_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Log in · ccm-gitops</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="stylesheet" href="/scheduler/assets/site.css"></head><body><main>'
    '<h1>ccm-gitops</h1><form method="post" action="/scheduler/login"><label class="field">Token '
    '<input name="token" type="password" required autofocus></label>'
    '<button class="button primary">Log in</button></form></main></body></html>'
)


def routes(site: Site, policy: Policy) -> APIRouter:
    """The pages, their files, the stream of changes, and the login."""
    router = APIRouter(include_in_schema=False)
    listeners: set[object] = set()

    @router.get("/")
    @router.get("/scheduler")
    @router.get("/scheduler/")
    def home() -> RedirectResponse:
        return RedirectResponse(_HOME, 307)

    @router.get(LOGIN)
    def login_page() -> HTMLResponse:
        # With no-referrer a browser would send the form with the origin `null`.
        headers = {"content-security-policy": _CSP, "referrer-policy": "same-origin"}
        return HTMLResponse(_LOGIN_PAGE, headers=headers)

    @router.post(LOGIN)
    async def login(request: Request) -> Response:
        given = parse_qs((await request.body()).decode(errors="replace")).get("token", [""])[0]
        if not policy.is_token(given):
            raise HTTPException(403, "that is not the token")
        answer = RedirectResponse(_HOME, 303)
        name, value = policy.cookie
        answer.set_cookie(name, value, httponly=True, samesite="strict")
        return answer

    @router.get("/scheduler/events")
    async def events() -> StreamingResponse:
        if len(listeners) >= _LISTENERS:
            raise HTTPException(503, "too many pages listen already")
        return StreamingResponse(_changes(site, listeners), media_type="text/event-stream")

    @router.get("/scheduler/{path:path}")
    def page(path: str) -> Response:
        if path in _LIVE or path in ASSETS:
            data = (_STATIC / Path(path).name).read_bytes() if path in _LIVE else asset(path)
            return Response(data, media_type=_TYPES[Path(path).suffix])
        try:
            text = render_page(_dashboard(site, path), path, _live())
        except KeyError as error:
            raise HTTPException(404, "there is no such page") from error
        return HTMLResponse(text, headers={"content-security-policy": _CSP})

    return router


def _live() -> Live:
    return Live(
        scripts=("/scheduler/assets/live.js",),
        styles=("/scheduler/assets/live.css",),
        body=Markup((_STATIC / "dialogs.html").read_text(encoding="utf-8")),
    )


def _dashboard(site: Site, path: str) -> Dashboard:
    """The dashboard; of a project's own page, with a look at its files as they are now."""
    seen = site.look()
    place = seen.runtime
    found = find_projects(seen.config, site.machine, home=place.home, environ=place.environ)
    shown = [item for item in found.projects if path == f"projects/{item.id}.html"]
    around = Surroundings(
        machine=site.machine,
        projects=found.projects,
        inspections=inspect_projects(seen.runtime, shown, seconds=_INSPECT),
        check_every=site.loop.every,
        problems=tuple(map(str, found.problems)),
    )
    return build_dashboard(seen.config, seen.state, seen.executions, seen.now, around)


async def _changes(site: Site, listeners: set[object]) -> AsyncIterator[str]:
    """A message whenever something changed; a comment now and then keeps the connection."""
    me = object()
    listeners.add(me)
    try:
        known = (await run_in_threadpool(site.look)).version
        yield ": hello\n\n"
        quiet = 0
        while True:
            await asyncio.sleep(1)
            version = (await run_in_threadpool(site.look)).version
            quiet += 1
            if version != known:
                known, quiet = version, 0
                yield f"data: {version}\n\n"
            elif quiet >= 15:
                quiet = 0
                yield ": still here\n\n"
    finally:
        listeners.discard(me)
