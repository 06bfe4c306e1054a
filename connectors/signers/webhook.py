"""Signatures after Standard Webhooks 1.0: the receiver can tell that a message is ours, whole and fresh."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from connectors.http import Wire, WireConfig
from connectors.kept import Kept
from inspector.domain.errors import Invalid
from inspector.incoming import Unproven
from inspector.ports import Barred, Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedConfig(WireConfig):
    """A wire whose bodies are signed. `secret_file` holds `whsec_…`, or two parted by a space while one replaces the other."""

    secret_file: str
    path: str = ""


class Signer:
    """Signs bodies with one secret, or with the old and the new one during a change."""

    def __init__(self, secret_file: str, name: str) -> None:
        """Raises Invalid (`connector_secret_…`)."""
        self.keys = Kept(secret_file, name, "secret_file", lambda text: [_key(told, name, secret_file) for told in text.split()])

    def signs(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:  # noqa: ARG002 - the standard signs neither
        """The headers for one try: by the secrets and the time of that try, under the id that each try has. Raises Barred."""
        return self.headers(headers["Idempotency-Key"], body, datetime.now(UTC))

    def headers(self, message_id: str, body: bytes, at: datetime) -> Mapping[str, str]:
        """The three headers of the standard, and the type of the body they sign. Raises Barred (`key_unreadable`)."""
        moment = at.astimezone(UTC)  # the library replaces the zone without converting: any other would sign a wrong time
        signatures = " ".join(key.sign(message_id, moment, body.decode()) for key in self.keys.now())
        return {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": signatures,
        }


class Verifier:
    """Believes bodies that are signed with one secret, or with the old or the new one during a change."""

    def __init__(self, secret_file: str, name: str, setting: str = "reply_secret_file") -> None:
        """`setting` is what the file is called there. Raises Invalid (`connector_secret_…`)."""
        self._keys = Kept(secret_file, name, setting, lambda text: [_key(told, name, secret_file) for told in text.split()])

    def verify(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of a message; that it comes once only is the inbox's affair. Header names are lower case.

        Raises Unproven: `signature_missing`, `signature_stale` (more than five minutes off, by machine time), `signature_wrong`.
        """
        told = {name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        if not all(told.values()) or not _ID.fullmatch(told["webhook-id"]):
            raise Unproven("signature_missing")
        for key in self._ready():
            try:
                key.verify(body, told, json_parse=False)
            except WebhookVerificationError as error:
                if "timestamp too" in str(error):
                    raise Unproven("signature_stale") from None
            except ValueError:  # what is no base64, no UTF-8, or has no version before it
                continue
            else:
                return told["webhook-id"]
        raise Unproven("signature_wrong")

    def look(self) -> None:
        """Raise Barred (`key_unreadable`) while the secrets cannot be used."""
        self._keys.now()

    def _ready(self) -> list[Webhook]:
        try:
            return self._keys.now()
        except Barred:  # a fault of ours, whose words name our files
            raise Unproven("signature_unready") from None


_ID = re.compile(r"[!-~]{1,200}")
"""What an id may be made of; an inbox keeps it."""


def _key(told: str, name: str, file: str) -> Webhook:
    """Checked here, because the library drops characters that are not base64 and would sign with less than was meant."""
    try:
        text = told.removeprefix("whsec_")
        held = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        held = b""
    if not 24 <= len(held) <= 64:
        raise Invalid("connector_secret_unreadable", connector=name, key="secret_file", file=file)
    return Webhook(held)


class SignedWire:
    """A wire that signs what it sends."""

    def __init__(self, config: SignedConfig, name: str) -> None:
        self._path = config.path
        signer = Signer(config.secret_file, name)
        self._wire = Wire(config, name, signs=signer.signs, secrets=[signer.keys])

    def post(self, told: Mapping[str, object], *, key: str, case_id: str = "") -> Receipt:
        """Send `told` as signed JSON. Any 2xx is a receipt: the standard gives its body no meaning, a number in it is a gift."""
        return self._wire.deliver(self._path, json=told, key=key, case_id=case_id, heed=False)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()
