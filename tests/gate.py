"""Keys of visit codes for offices under test, and a second reader of the codes that shares nothing with the engine."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from inspector.flows.office import Office
from inspector.visitkeys import VisitKey, VisitKeys


def key(agency: str = "bureau", number: int = 7) -> VisitKey:
    """A key that is the same in every run; no office may have one like it."""
    return VisitKey(agency=agency, private=derive_private_key(number, SECP256R1()))


def signed(office: Office) -> Office:
    """The office with a key for the bureau."""
    return replace(office, keys=VisitKeys(signing={"bureau": key()}))


def shown(told: dict[str, Any]) -> str:
    """A code that says this, signed with the bureau's key."""
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    parts = (urlsafe_b64encode(part).decode().rstrip("=") for part in (content, key().sign(content)))
    return ".".join(("SSV1", *parts))


def opened(text: str) -> dict[str, Any]:
    """What a code says, by its text alone."""
    found = re.fullmatch(r"SSV1\.([\w-]+)\.([\w-]{86})", text)
    assert found
    return dict(json.loads(urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))))
