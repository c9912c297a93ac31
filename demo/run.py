"""The main job, end to end, in a temporary place: three repositories, one receiver, two runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HERE = Path(__file__).parent
IDENTITY = ("-c", "user.name=Demo", "-c", "user.email=demo@example.com")


class Receiver(HTTPServer):
    """Keeps what was posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages: list[dict[str, object]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/services/T000/B000/demo"


class Handler(BaseHTTPRequestHandler):
    """Answers as Slack does."""

    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append(json.loads(body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Quiet: the messages are shown at the end."""


def say(title: str) -> None:
    print(f"\n\033[1m── {title}\033[0m" if sys.stdout.isatty() else f"\n── {title}", flush=True)


def show(*command: str, cwd: Path, lines: int | None = None) -> None:
    print(f"$ {' '.join(command)}", flush=True)
    done = subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True)
    shown = done.stdout.splitlines()
    cut = ["…"] if lines and len(shown) > lines else []
    print("\n".join([*shown[:lines], *cut]), flush=True)


def make_repositories(root: Path) -> None:
    shutil.copytree(HERE / "repositories", root / "repositories")
    shutil.copy(HERE / "schedules.yaml", root)
    for folder in sorted((root / "repositories").iterdir()):
        for command in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-qm", "First")):
            subprocess.run(("git", *IDENTITY, *command), cwd=folder, check=True)


def main() -> None:
    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    os.environ["DEMO_WEBHOOK"] = receiver.url
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        make_repositories(root)
        api = root / "repositories" / "payments-api"

        say("The first run: two tasks are due in three repositories")
        show("ccm-gitops", "run", cwd=root)
        say("The branch that it left in payments-api; the checkout is as it was")
        show("git", "log", "--format=%h %an: %s", "--all", cwd=api)
        show("git", "status", "--short", "--branch", cwd=api)
        show("git", "diff", "--stat", "main", "ccm/tidy", cwd=api)
        show("git", "diff", "main", "ccm/tidy", "--", "CLAUDE.md", cwd=api, lines=24)
        say("Proved once more, from the commit alone")
        show("ccm-gitops", "verify", "repositories/payments-api", "ccm/tidy", cwd=root)
        say("The messages that the receiver got")
        for message in receiver.messages:
            print(f"- {message['text']}")
        print(json.dumps(receiver.messages[-1], indent=1, ensure_ascii=False))
        say("The second run does nothing")
        show("ccm-gitops", "run", cwd=root)
    receiver.shutdown()


if __name__ == "__main__":
    main()
