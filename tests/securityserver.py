"""Our own security server of an X-Road, as the tests play it: what the protocol (REST, PR-REST 4.3) has it put on each answer it passes."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha512

from inspector.testing.peer import Heard, Step, headed

NUMBER = "5d0f3c1a-7e42-4b7d-8a6e-2c9b1d4e6f70"


def passed(heard: Heard, step: Step) -> Step:
    """What a service answers to what was heard, as the security server hands it on: the message's id, client and service on it."""
    return headed(step, marks(heard))


def marks(heard: Heard) -> dict[str, str]:
    """The five headers of an answer to what was heard."""
    return {
        **{name: heard.headers.get(name.lower(), "") for name in ("X-Road-Id", "X-Road-Client")},
        "X-Road-Service": "/".join(heard.path.partition("?")[0].split("/")[2:7]),
        "X-Road-Request-Id": NUMBER,
        "X-Road-Request-Hash": hashed(heard),
    }


def hashed(heard: Heard) -> str:
    """What binds an answer to its question (4.3): Base64 of the SHA-512 of both parts' SHA-512, or of the headers' alone."""
    parts = [sha512(str([*heard.headers.items()]).encode()).digest()] + ([sha512(heard.body).digest()] if heard.body else [])
    return b64encode(parts[0] if len(parts) == 1 else sha512(b"".join(parts)).digest()).decode()
