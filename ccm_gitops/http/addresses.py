"""Which network addresses may be called: the public ones and, where asked, one's own."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

# Loopback, the private ranges, carrier-grade NAT (used by overlay networks), unique local. The
# link-local ranges are left out on purpose: there stand the metadata servers of clouds.
_OWN = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
    )
)
# Forms of IPv6 that carry an IPv4 address, and how far from its right end: mapped and compatible,
# NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056).
_CARRIERS = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("64:ff9b:1::/48"), 0),
    (IPv6Network("2002::/16"), 80),
)
_LOOPBACK_6 = IPv6Address("::1")


def may_call(address: Address, *, allow_private: bool) -> bool:
    """Whether a connection to this address is allowed, whatever form it is written in."""
    inner = _unwrapped(address)
    if any(inner in network for network in _OWN):
        return allow_private
    return inner.is_global and not (
        inner.is_multicast
        or inner.is_reserved
        or (isinstance(inner, IPv6Address) and inner.is_site_local)
    )


def private_host(url: str) -> str | None:
    """The host of a URL where it says by itself that it is private; None for any other."""
    try:
        host = urlsplit(url).hostname or ""
        is_private = not may_call(ip_address(host), allow_private=False)
    except ValueError:  # a name, or no URL at all
        is_private = host == "localhost" or host.endswith(".localhost")
    return host if is_private else None


def _unwrapped(address: Address) -> Address:
    if isinstance(address, IPv4Address) or address == _LOOPBACK_6:
        return address
    for network, shift in _CARRIERS:
        if address in network:
            return IPv4Address(int(address) >> shift & 0xFFFF_FFFF)
    return address
