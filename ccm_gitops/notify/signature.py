"""Signatures by Standard Webhooks (standardwebhooks.com, version 1)."""

from __future__ import annotations

import base64
import binascii
import hmac

from ccm_gitops.errors import SecretError
from ccm_gitops.secrets import Secret

_PREFIX = "whsec_"


def sign(secret: Secret, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`; `timestamp` in seconds of the Unix epoch.

    A secret that begins with `whsec_` is the key in base64, any other one is the key itself.
    Raises SecretError when what follows `whsec_` is no base64.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(_key(secret.reveal().strip()), content, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(text: str) -> bytes:
    if not text.startswith(_PREFIX):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise SecretError("the secret is no base64 after whsec_") from None
