"""The ways in, as the settings name them: made once, when the office is put together."""

from __future__ import annotations

import stat
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

from inspector import plugins
from inspector.domain.errors import Invalid
from inspector.settings import Settings
from inspector.signin import GATEWAY, Entrance, Gateway, IdentityProvider
from inspector.tuning import SignInSettings

GROUP = "identity"
"""The entry-point group of identity providers."""
_LEAST = 32


def entrance(settings: Settings) -> Entrance:
    """All of them. Raises Invalid naming the key, the connector, the file."""
    told = settings.signin
    return Entrance(
        lasts=timedelta(minutes=told.session_minutes),
        idle=timedelta(minutes=told.idle_minutes),
        phone=timedelta(hours=told.phone_hours),
        link=timedelta(hours=told.link_hours),
        providers={name: provider(name, given) for name, given in settings.identity.items()},
        gateway=_gateway(told),
        people=settings.people,
    )


def provider(name: str, told: dict[str, Any]) -> IdentityProvider:
    """One identity provider. Raises Invalid."""
    given = dict(told)
    kind = given.pop("kind", None)
    if not isinstance(kind, str):
        raise Invalid("connector_kind_missing", connector=name, known=", ".join(plugins.names(GROUP)))
    if name == GATEWAY:
        raise Invalid("connector_name_taken", name=name, holder="signin.gateway_peers")
    return cast("IdentityProvider", plugins.make(GROUP, kind, name, given))


def _gateway(told: SignInSettings) -> Gateway | None:
    """None where no peer is named: then no header says anything about anybody."""
    if not told.gateway_peers:
        return None
    if told.gateway_secret_file is None:
        raise Invalid("gateway_secret_unfit", file="", least=_LEAST)
    return Gateway(
        peers=tuple(ip_network(one) for one in told.gateway_peers),
        secret=_secret(told.gateway_secret_file),
        secret_header=told.gateway_secret_header,
        user_header=told.gateway_user_header,
    )


def _secret(file: Path) -> str:
    """One line of at least 32 printable letters, in a file that only its owner may read."""
    try:
        text, mode = file.read_text(encoding="ascii").rstrip("\r\n"), stat.S_IMODE(file.stat().st_mode)
    except (OSError, UnicodeDecodeError):
        text, mode = "", 0
    if mode & (stat.S_IRWXG | stat.S_IRWXO) or len(text) < _LEAST or not text.isprintable():
        raise Invalid("gateway_secret_unfit", file=str(file), least=_LEAST)
    return text
