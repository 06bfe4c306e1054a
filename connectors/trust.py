"""Whom a connector over TLS believes, and what it shows of itself, as its files lie there now."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from connectors.config import confined
from connectors.kept import Kept
from inspector.domain.errors import Invalid


def kept(url: str, ca_file: str, client_cert_file: str, name: str) -> Callable[[], ssl.SSLContext]:
    """What is believed and shown now: our own certificate is exchanged as other secrets are, and one that was taken away bars."""
    file = client_cert_file
    if file and (ca_file or url.startswith("https:")):
        return Kept(
            file, name, "client_cert_file", lambda _: _trust(url, ca_file, client_cert_file, name), read=lambda *_: ""
        ).now
    trust = _trust(url, ca_file, client_cert_file, name)
    return lambda: trust


def _trust(url: str, ca_file: str, client_cert_file: str, name: str) -> ssl.SSLContext:
    """The certificates believed: the machine's, or only those of `ca_file` (an agency's own authority); and our own, if we show one."""
    if not ca_file and not url.startswith("https:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # believes nobody; reading the machine's authorities takes a while
    key, file = "ca_file", ca_file
    try:
        context = ssl.create_default_context(cafile=file or None)
        key, file = "client_cert_file", client_cert_file
        if file:
            confined(file, name, key)
            context.load_cert_chain(file, password=lambda: "")  # one with a passphrase is refused, and nobody is asked for it
    except (OSError, ssl.SSLError) as error:
        raise Invalid("connector_ca_file", connector=name, key=key, file=file, reason=type(error).__name__) from error
    return context
