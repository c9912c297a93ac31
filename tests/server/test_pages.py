"""The live pages without a browser: what is served, and who may."""

from __future__ import annotations

import re

import pytest

from tests.support.served import TOKEN

LOGIN = "/scheduler/login"


def test_the_dashboard_has_its_buttons_and_dialogs(server):
    page = server.anyone.get("/scheduler", follow_redirects=True)
    assert page.status_code == 200
    assert 'data-action="new-task"' in page.text
    assert 'data-action="run" data-task="daily"' in page.text
    assert 'id="task-dialog"' in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]* src=)| on\w+=| style=", page.text)


@pytest.mark.parametrize(
    "path",
    (
        *("executions.html", "projects/payments-api.html", "assets/site.css", "assets/site.js"),
        *("assets/icon.svg", "assets/live.js", "assets/live.css", "login"),
    ),
)
def test_every_page_and_file_is_there(server, path):
    assert server.anyone.get(f"/scheduler/{path}").status_code == 200


@pytest.mark.parametrize(
    "path", ["nothing.html", "projects/nothing.html", "assets/dialogs.html", "..%2fapp.py"]
)
def test_nothing_else_is(server, path):
    assert server.anyone.get(f"/scheduler/{path}").status_code == 404


def test_a_page_is_told_of_a_change(server):
    with server.anyone.stream("GET", "/scheduler/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": hello"
        started = server.client.post("/api/scheduler/tasks/daily/run").json()
        assert next(line for line in lines if line.startswith("data: "))
    server.until_over(started["executionId"])


def test_a_browser_logs_in(server):
    origin = f"http://127.0.0.1:{server.port}"
    assert server.anyone.post(LOGIN, data={"token": "wrong"}).status_code == 403
    entered = server.anyone.post(LOGIN, data={"token": TOKEN}, headers={"origin": origin})
    server.anyone.cookies.clear()
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    stop = "/api/scheduler/stop"
    held = {"cookie": cookie.partition(";")[0]}
    assert server.anyone.post(stop, headers={**held, "origin": origin}).status_code == 200
    # Without an origin of ours the cookie is nothing: another server's page might have sent it.
    assert server.anyone.post(stop, headers=held).status_code == 401
    foreign = {**held, "origin": "http://127.0.0.1:1"}
    assert server.anyone.post(stop, headers=foreign).status_code == 403


def test_an_expression_is_told_in_words(server):
    answer = server.get("/api/scheduler/preview", cronExpression="0 9 * * *")
    assert answer["words"] == "Every day at 09:00, UTC"
    assert len(answer["next"]) == 5
    wrong = server.anyone.get("/api/scheduler/preview", params={"cronExpression": "99 9 * * *"})
    assert wrong.status_code == 422


def test_on_another_address_the_pages_need_a_login(exposed):
    assert exposed.anyone.get("/scheduler/index.html").status_code == 401
    assert exposed.anyone.get(LOGIN).status_code == 200
    exposed.anyone.post(LOGIN, data={"token": TOKEN})
    assert exposed.anyone.get("/scheduler/index.html").status_code == 200
    exposed.anyone.cookies.clear()
