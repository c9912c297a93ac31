"""From a repository's URL to its host and its name there."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ccm_gitops.errors import ForgeError


def host_and_path(url: str) -> tuple[str, str]:
    """`https://gitlab.com/acme/web/api.git` → `("gitlab.com", "acme/web/api")`.

    Takes https, ssh and file URLs, `host:path` and paths; of a folder there is no host, and of its
    path the last two names count. Raises ForgeError for a URL without an owner and a name.
    """
    if "://" in url:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    elif match := re.match(r"(?:[^@/]+@)?([^:/]+):(.+)", url):
        host, path = match[1], match[2]
    else:
        host, path = "", url
    found = re.fullmatch(r"/*((?:[\w.-]+/)+[\w.-]+?)(?:\.git)?/*", path, re.ASCII)
    if found is None:
        raise ForgeError("the repository's URL does not end with an owner and a name")
    names = found[1].split("/")
    return host, "/".join(names if host else names[-2:])
