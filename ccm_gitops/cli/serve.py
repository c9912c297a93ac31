"""`ccm-gitops serve`: the live dashboard and the REST API over HTTP."""

from __future__ import annotations

import os
import secrets
import socket
import time
from datetime import timedelta
from pathlib import Path

import click

from ccm_gitops.cli.common import clock, config_option, machine_option, read_config, runtime
from ccm_gitops.cli.parameters import Every
from ccm_gitops.errors import UsageError


@click.command()
@config_option
@machine_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8710, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--run",
    "pause",
    metavar="EVERY",
    type=Every(timedelta(seconds=1)),
    help="Also run what is due, as 'every 60s'.",
)
@click.option("--commit", "commits", is_flag=True, help="Commit each change of the file.")
@click.option(
    "--allow-host", "names", multiple=True, metavar="NAME", help="A name it goes by; repeatable."
)
def serve(
    config_path: str | None,
    machine: str,
    host: str,
    port: int,
    pause: timedelta | None,
    commits: bool,
    names: tuple[str, ...],
) -> int:
    """Serve the dashboard (/scheduler) and the REST API (/openapi.json) until Ctrl-C.

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
            f"serve needs {error.name}, which comes with the extra `server`: "
            "install ccm-gitops[server], in a checkout `pip install '.[server]'`"
        ) from error
    path = read_config(config_path, with_warnings=True).path
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
    _require_free(host, port)
    click.echo(f"serving {path.name} on http://{host}:{port}/scheduler", err=True)
    serve_site(site, Address(host, port, names), token)
    return 0


def _require_free(host: str, port: int) -> None:
    """Raises UsageError where the address cannot be listened on, with the system's reason."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        raise UsageError(f"{host}:{port}: {error.strerror}; take another --port") from error
