"""How an office's mail server is reached and who writes: what the settings say of it, held to what can work. No wire here (`mail`)."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.config import ConnectorConfig, Words, unfit
from inspector.domain.errors import Invalid

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_TLS = ("starttls", "implicit", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailConfig(ConnectorConfig):
    """How to reach the office's own mail server, and who writes. Times are in seconds.

    `tls` "none" is for a server on this very machine only. `sender` is the envelope's, too: refusals come back there. `connections`: at
    most so many conversations at once, for servers bound what one client may have; what finds none free waits within its budget.
    """

    host: str
    sender: str
    port: int = 0
    tls: str = "starttls"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    budget_seconds: float = 25.0
    tries: int = 2
    connections: int = 20

    @property
    def longest_seconds(self) -> float | None:
        """One letter is one call."""
        return self.budget_seconds


def check(config: MailConfig, name: str) -> None:
    """Raise Invalid for settings that contradict each other or say too little."""
    local = config.host in ("localhost", "127.0.0.1", "::1")
    wanted: Mapping[str, tuple[bool, Words]] = {
        "host": (bool(config.host) and not re.search(r"[\s/@:]", config.host.replace("::1", "")), "name_of_host"),
        "port": (0 <= config.port < 65_536, "0-65535"),
        "tls": (config.tls in _TLS, " | ".join(_TLS)),
        "sender": (addressed([config.sender]), "address_of_mail"),
        "password_file": (bool(config.password_file) == bool(config.user), "with_user"),
        "budget_seconds": (config.budget_seconds > 0, "> 0"),
        "connect_seconds": (config.connect_seconds > 0, "> 0"),
        "read_seconds": (config.read_seconds > 0, "> 0"),
        "tries": (config.tries > 0, "> 0"),
        "connections": (config.connections > 0, "> 0"),
    }
    for key, (fine, told) in wanted.items():
        if not fine:
            raise unfit(name, key, told)
    if config.tls == "none" and not local:
        raise unfit(name, "tls", "tls_or_none_here")


def addressed(given: Sequence[str]) -> bool:
    """Whether all of these are plain addresses, without a name before them and without a line break."""
    return all(_ADDRESS.fullmatch(one) is not None for one in given)


def trust(config: MailConfig, name: str) -> ssl.SSLContext:
    """The certificates believed: the machine's, or only those of `ca_file`."""
    try:
        return ssl.create_default_context(cafile=config.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        facts = {"file": config.ca_file, "reason": type(error).__name__}
        raise Invalid("connector_ca_file", connector=name, key="ca_file", **facts) from error
