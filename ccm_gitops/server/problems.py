"""Errors as answers: application/problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ccm_gitops.errors import CcmError, ConfigError, StateBusyError
from ccm_gitops.server.shapes.problem import Place, Problem

MEDIA_TYPE = "application/problem+json"
# Any request may be refused so, before its route is reached.
_ANYWHERE = (400, 401, 403, 404, 405, 408, 413, 421, 422, 429, 503)


class EditRefused(ConfigError):
    """The configuration would be wrong after an edit; nothing was written."""


def answer(
    status: int,
    detail: str | None,
    *,
    errors: list[Place] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem as a response."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    content = problem.model_dump(by_alias=True, exclude_none=True)
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


def documented(*more: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for the OpenAPI description."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({*_ANYWHERE, *more})
    }


def add_handlers(app: FastAPI) -> None:
    """Let the application answer every expected error with a problem."""
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(CcmError, _on_error)


async def _on_invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    places = [
        Place(where=".".join(map(str, item["loc"])), message=item["msg"]) for item in error.errors()
    ]
    return answer(422, "the request has not the form that its description asks for", errors=places)


async def _on_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    detail = None if error.detail == phrase else error.detail
    return answer(error.status_code, detail, headers=error.headers)


async def _on_error(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, ConfigError):
        places = [
            Place(where=p.where, message=p.message, line=p.line or None, column=p.column or None)
            for p in error.problems
        ]
        if isinstance(error, EditRefused):
            return answer(422, "the configuration would be wrong so", errors=places)
        return answer(409, "the configuration on disk is wrong; mend it first", errors=places)
    if isinstance(error, StateBusyError):
        return answer(503, str(error), headers={"retry-after": "2"})
    return answer(409, str(error))
