"""Feishu (飞书) and Lark: a message of the office's own app to one member.

After the platform's published interface (open.feishu.cn: auth/v3/tenant_access_token/internal; im/v1/messages; general error codes;
rate limits). It tells its own code in replies of status 400 and 429, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.channels.codes import CodedConfig
from connectors.channels.messenger import Ask, Messenger, fitted, lines, needed, of_one, one_person
from connectors.config import parse, unfit
from connectors.kept import Kept
from inspector.ports import Message, Receipt, Sighting

_ADDRESSES = ("user_id", "open_id", "union_id", "email")
"""What an address may be; a chat's id is none, for a chat is not one person."""

_AGAIN = 3600
"""Seconds in which the platform shows a message of one `uuid` once."""

_MOST = 4096
"""Bytes of words that we send; the platform takes 150 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeishuConfig(CodedConfig):
    """The app's id and the file with its secret; what kind of id an inspector's address is."""

    app: str
    secret_file: str
    address_kind: str = "user_id"
    code_field: str = "code"
    permanent_codes: tuple[object, ...] = (10003, 10014, 230006, 230027, 99991401, 99991672)
    recipient_codes: tuple[object, ...] = (230013, 230029, 230038, 99992351, 99992360)
    declined_codes: tuple[object, ...] = (230001, 230022, 230025, 230028, 230035, 230099, 99992402)
    retry_codes: tuple[object, ...] = (1500,)
    limited_codes: tuple[object, ...] = (230020, 99991400)
    spent_codes: tuple[object, ...] = (99991661, 99991663, 99991664, 99991671, 99991677)

    @property
    def once_seconds(self) -> float | None:
        """The platform looks for the same `uuid` for an hour."""
        return _AGAIN


class FeishuChannel:
    """One app of one tenant."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(FeishuConfig, name, config)
        needed(held, name, "app")
        if held.address_kind not in _ADDRESSES:
            raise unfit(name, "address_kind", ", ".join(_ADDRESSES))
        self._secret = Kept(held.secret_file, name, "secret_file", str)
        self._to = Messenger(held, name, lends=self._asks_token, fields=("tenant_access_token", "expire"), secrets=[self._secret])
        self.card = held.card(name, port="channel", kind="feishu")

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return of_one(address)

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over; sent again within an hour the platform shows it once, by its `uuid`.

        Raises as `Messenger.hand_over` does.
        """
        text = lines(fitted(message.title, _MOST), fitted(message.text, _MOST), message.link)
        told: dict[str, object] = {
            "receive_id": one_person(message.to),
            "msg_type": "text",
            "content": json.dumps({"text": text}, ensure_ascii=False),
            "uuid": hashlib.sha256(key.encode()).hexdigest()[:40],
        }
        path = f"/open-apis/im/v1/messages?receive_id_type={self._config.address_kind}"
        reply = self._to.hand_over(lambda token: Ask(path, told, {"Authorization": f"Bearer {token}"}), key=key)
        return Receipt(reference=reply.text("data.message_id", optional=True) or "", attempts=reply.attempts)

    def look(self) -> tuple[Sighting, ...]:
        """Whether the app's secret gets a token; nobody is written to. Raises as `push`."""
        return self._to.look()

    def close(self) -> None:
        """Let the connections go."""
        self._to.close()

    def _asks_token(self) -> Ask:
        told = {"app_id": self._config.app, "app_secret": self._secret.now()}
        return Ask("/open-apis/auth/v3/tenant_access_token/internal", told)


def connect(name: str, config: Mapping[str, object]) -> FeishuChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return FeishuChannel(name, config)
