"""Who vouches for people at the door: identity providers (a port), and a gateway before the house (a header and a secret)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Protocol

from inspector.domain.errors import Forbidden
from inspector.ports import Card

GATEWAY = "gateway"
"""By which name the gateway lets people in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """Where a browser goes to say who it is, and what it must still hold when it comes back; `state` tells one going from another."""

    address: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is elsewhere: the issuer and its name for the person, which never changes hands (OpenID Connect Core 5.7)."""

    issuer: str
    subject: str = field(repr=False)


class IdentityProvider(Protocol):
    """Says who a person is. What the person may do here, the house says itself."""

    @property
    def card(self) -> Card:
        """Who stands behind it."""

    @property
    def issuer(self) -> str:
        """By which name its identities are kept here."""

    def going(self, back: str) -> Going:
        """Send a browser there; it comes back to the address `back`. Raises PortError."""

    def identity(self, code: str, going: Going, back: str) -> Identity:
        """Who has come back with a code. Raises PortError; `Refused` where the provider or its proof does not stand."""

    def close(self) -> None:
        """Let the connections go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The reverse proxy of a single sign-on, which alone may say in a header who asks."""

    peers: tuple[IPv4Network | IPv6Network, ...]
    secret: str = field(repr=False)
    secret_header: str
    user_header: str

    def user(self, peer: str, secrets: Sequence[str], users: Sequence[str]) -> str:
        """Who asks, by the one value of each header, from a peer of ours; empty where no user is named.

        Raises Forbidden (`gateway_untrusted`) for a user's name without what makes it believable: another peer, no secret or a wrong
        one, a header that stands twice (the proxy's, and one that came through it).
        """
        if not users:
            return ""
        told = secrets[0] if len(secrets) == 1 else ""
        knows = hmac.compare_digest(told.encode("utf-8", "replace"), self.secret.encode())
        if not (knows and self._near(peer) and len(users) == 1):
            raise Forbidden("gateway_untrusted")
        return users[0].strip()

    def _near(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)  # a socket of both families tells an IPv4 peer so
        return any((mapped or address) in network for network in self.peers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """By which ways people come in, and for how long. `link`: so long after its push a seat's link still begins a session.

    `people`: who has several names, by the one that signs.
    """

    lasts: timedelta = timedelta(hours=2)
    idle: timedelta = timedelta(hours=1)
    phone: timedelta = timedelta(hours=12)
    link: timedelta = timedelta(hours=72)
    providers: Mapping[str, IdentityProvider] = field(default_factory=dict)
    gateway: Gateway | None = None
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
