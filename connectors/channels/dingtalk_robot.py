"""DingTalk (钉钉): a robot in a group chat, signed with its secret where it has one.

After the platform's published interface (open.dingtalk.com: access of custom robots, and their security settings): HMAC-SHA256 under
the secret over the time in ms, a line break and the secret, in base64, encoded once into the query; a time more than an hour off is
refused. Twenty messages a minute for each robot; who sends more is shut out for ten minutes.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from connectors.channels.codes import CodedConfig, code_of, limited
from connectors.channels.group import GroupConfig, check, may_ring, rung, said
from connectors.channels.messenger import Ask, Messenger, lines
from connectors.config import parse
from connectors.kept import Kept
from connectors.reply import Reply
from inspector.domain.manners import Manners
from inspector.ports import Message, Receipt

_MOST = 4096
"""Bytes that we say; the platform takes 20,000 of the whole body."""

_PUNISHED = "1111"
"""The `status` of a body that has no code at all: shut out for having sent too often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DingTalkRobotConfig(GroupConfig):
    """`secret_file`: with the secret (`SEC…`) of a robot that wants signatures; empty: it has key words or known addresses.

    310000 says that signature, key word or address is wrong; all three are ours to mend.
    """

    secret_file: str = ""
    permanent_codes: tuple[object, ...] = (300001, 310000, 400013, 400101, 400102, 400106)
    declined_codes: tuple[object, ...] = (40035, 400105, 430101, 430102, 430103, 430104, 460101)
    retry_codes: tuple[object, ...] = (-1,)
    limited_codes: tuple[object, ...] = (130101, 410100)
    limited_seconds: float = 600.0


class DingTalkRobot:
    """One robot. `grants`: what the platform publishes for each; the settings may say otherwise (`manners`)."""

    grants = Manners(per_minute=20)

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(DingTalkRobotConfig, name, config)
        check(held, name)
        self._key = Kept(held.key_file, name, "key_file", str)
        self._secret = Kept(held.secret_file, name, "secret_file", str) if held.secret_file else None
        self._to = Messenger(held, name, code=code, secrets=[one for one in (self._key, self._secret) if one is not None])
        self.card = held.card(name, port="channel", kind="dingtalk-robot")

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
        rings = (
            {"at": {"atUserIds" if self._config.address_kind == "user_id" else "atMobiles": [who], "isAtAll": False}}
            if who
            else {}
        )
        text = lines(said(message, self._config, _MOST), f"@{who}" if who else "")
        told = {"msgtype": "text", "text": {"content": text}, **rings}
        reply = self._to.hand_over(lambda _: Ask(self._address(), told), key=key)
        return Receipt(reference="", attempts=reply.attempts)

    def close(self) -> None:
        """Let the connections go."""
        self._to.close()

    def _address(self) -> str:
        """The time is this moment's: a signature lasts for an hour, a call for seconds."""
        path = f"/robot/send?access_token={quote(self._key.now(), safe='')}"
        if self._secret is None:
            return path
        at = time.time_ns() // 1_000_000
        return f"{path}&timestamp={at}&sign={quote(signature(self._secret.now(), at), safe='')}"


def connect(name: str, config: Mapping[str, object]) -> DingTalkRobot:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return DingTalkRobot(name, config)


def signature(secret: str, at: int) -> str:
    """The signature at a moment in ms, in base64; not yet encoded for a query."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{at}\n{secret}".encode(), "sha256")).decode()


def code(reply: Reply, held: CodedConfig) -> str:
    """The platform's code. Raises Unavailable (`rate_limited`) for the body without one that its gate answers when it shuts us out."""
    told = reply.text(held.code_field, optional=True)
    if told is None and reply.text("status", optional=True) == _PUNISHED:
        raise limited(reply, held.limited_seconds, f"status {_PUNISHED}")
    return code_of(reply, held)
