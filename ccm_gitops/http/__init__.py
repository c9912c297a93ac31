"""The one HTTP client: whole within a time, bounded, guarded, and silent about URLs."""

from __future__ import annotations

from ccm_gitops.http.client import Request, Response, send

__all__ = ["Request", "Response", "send"]
