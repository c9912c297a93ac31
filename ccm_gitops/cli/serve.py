"""`ccm-gitops serve`: the REST API over HTTP."""

from __future__ import annotations

import os
import secrets
import time
from datetime import timedelta
from pathlib import Path

import click

from ccm_gitops.cli.common import clock, config_option, machine_option, read_config, runtime
from ccm_gitops.durations import parse_duration
from ccm_gitops.errors import UsageError


@click.command()
@config_option
@machine_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8710, show_default=True, type=click.IntRange(1, 65535))
@click.option("--run", "every", metavar="EVERY", help="Also run what is due, as 'every 60s'.")
@click.option("--commit", "commits", is_flag=True, help="Commit each change of the file.")
@click.option(
    "--allow-host", "names", multiple=True, metavar="NAME", help="A name it goes by; repeatable."
)
def serve(
    config_path: str | None,
    machine: str,
    host: str,
    port: int,
    every: str | None,
    commits: bool,
    names: tuple[str, ...],
) -> int:
    """Serve the REST API until Ctrl-C; it is described at /openapi.json.

    The token is $CCM_TOKEN, else one is made and printed. On a loopback address reading needs no
    token; every change, and everything on another address, does.

    \b
    Examples:
      ccm-gitops serve
      ccm-gitops serve --run "every 60s"
    """
    try:
        from ccm_gitops.server.serving import Address
        from ccm_gitops.server.serving import serve as serve_site
        from ccm_gitops.server.site import Site
        from ccm_gitops.server.snapshot import Reader
    except ModuleNotFoundError as error:
        raise UsageError(
            f"serve needs {error.name}, which is part of an extra: pip install 'ccm-gitops[server]'"
        ) from error
    pause = _pause(every) if every else None
    path = read_config(config_path).path
    site = Site(
        Reader(path, Path.home(), runtime, time.monotonic),
        machine,
        runtime,
        clock().now,
        os.environ.__setitem__,
        commits,
    )
    token = os.environ.get("CCM_TOKEN")
    if not token:
        token = secrets.token_urlsafe(24)
        click.echo(f"token: {token}", err=True)
    if pause:
        site.loop.start(pause)
    click.echo(f"serving {path.name} on http://{host}:{port}/api/scheduler/status", err=True)
    serve_site(site, Address(host, port, names), token)
    return 0


def _pause(every: str) -> timedelta:
    try:
        pause = parse_duration(every.removeprefix("every").strip())
    except ValueError as error:
        raise UsageError(f"--run: {error}") from error
    if pause < timedelta(seconds=1):
        raise UsageError("--run: a pause of at least 1s is needed")
    return pause
