"""Feishu (飞书) and Lark: a robot in a group chat, signed with its secret where it has one.

After the platform's published guide (open.feishu.cn, client-docs/bot-v3/add-custom-bot): HMAC-SHA256 over nothing, under the time in s,
a line break and the secret as the key, in base64, in the body; a time more than an hour off is refused. Five messages a second and a
hundred a minute for each robot; at full and half hours the platform is crowded.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from connectors.channels.group import GroupConfig, check, may_ring, rung, said
from connectors.channels.messenger import Ask, Messenger, lines
from connectors.config import parse
from connectors.kept import Kept
from inspector.domain.manners import Manners
from inspector.ports import Message, Receipt

_MOST = 4096
"""Bytes that we say; the platform takes 20 kB of the whole body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeishuRobotConfig(GroupConfig):
    """`secret_file`: with the secret of a robot that wants signatures; empty: it has key words or known addresses.

    19021 says that signature or time are wrong, 19022 the address, 19024 the key word; all are ours to mend.
    """

    secret_file: str = ""
    code_field: str = "code"
    permanent_codes: tuple[object, ...] = (19001, 19021, 19022, 19024)
    declined_codes: tuple[object, ...] = (9499,)
    retry_codes: tuple[object, ...] = (1500,)
    limited_codes: tuple[object, ...] = (11232, 99991400)


class FeishuRobot:
    """One robot. `grants`: what the platform publishes for each; the settings may say otherwise (`manners`)."""

    grants = Manners(per_second=5, per_minute=100)

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(FeishuRobotConfig, name, config)
        check(held, name, ("user_id",))
        self._key = Kept(held.key_file, name, "key_file", str)
        self._secret = Kept(held.secret_file, name, "secret_file", str) if held.secret_file else None
        self._to = Messenger(held, name, secrets=[one for one in (self._key, self._secret) if one is not None])
        self.card = held.card(name, port="channel", kind="feishu-robot")

    @property
    def rings(self) -> bool:
        """Whether the group is shown no link."""
        return not self._config.alone

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return may_ring(address)

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over; sent again after a lost answer it stands there twice, for nothing tells one from another.

        Raises as `Messenger.hand_over` does.
        """
        who = rung(message)
        text = lines(said(message, self._config, _MOST), f'<at user_id="{who}"></at>' if who else "")
        told = {**self._signed(), "msg_type": "text", "content": {"text": text}}
        path = f"/open-apis/bot/v2/hook/{quote(self._key.now(), safe='')}"
        reply = self._to.hand_over(lambda _: Ask(path, told), key=key)
        return Receipt(reference="", attempts=reply.attempts)

    def close(self) -> None:
        """Let the connections go."""
        self._to.close()

    def _signed(self) -> dict[str, object]:
        if self._secret is None:
            return {}
        at = int(time.time())
        return {"timestamp": str(at), "sign": signature(self._secret.now(), at)}


def connect(name: str, config: Mapping[str, object]) -> FeishuRobot:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return FeishuRobot(name, config)


def signature(secret: str, at: int) -> str:
    """The signature at a moment in s, in base64. Key and message are the other way round than everywhere else."""
    return base64.b64encode(hmac.digest(f"{at}\n{secret}".encode(), b"", "sha256")).decode()
