"""WeCom (企业微信): a robot in a group chat.

After the platform's published interface (developer.work.weixin.qq.com/document/path/91770): twenty messages a minute for each robot, no
signature, the key in the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from connectors.channels.group import GroupConfig, check, may_ring, rung, said
from connectors.channels.messenger import Ask, Messenger
from connectors.config import parse
from connectors.kept import Kept
from inspector.domain.manners import Manners
from inspector.ports import Message, Receipt

_MOST = 2048
"""Bytes of a text message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComRobotConfig(GroupConfig):
    """The codes: 93000 says that there is no robot of this key, or that the text is too long, which ours never is."""

    permanent_codes: tuple[object, ...] = (93000,)
    declined_codes: tuple[object, ...] = (40008, 40058, 44004, 45002)
    retry_codes: tuple[object, ...] = (-1,)
    limited_codes: tuple[object, ...] = (45009, 45033)


class WeComRobot:
    """One robot. `grants`: what the platform publishes for each; the settings may say otherwise (`manners`)."""

    grants = Manners(per_minute=20)

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(WeComRobotConfig, name, config)
        check(held, name)
        self._key = Kept(held.key_file, name, "key_file", str)
        self._to = Messenger(held, name, secrets=[self._key])
        self.card = held.card(name, port="channel", kind="wecom-robot")

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
        rings = {"mentioned_list" if self._config.address_kind == "user_id" else "mentioned_mobile_list": [rung(message)]}
        text = {"content": said(message, self._config, _MOST), **(rings if message.to else {})}
        path = f"/cgi-bin/webhook/send?key={quote(self._key.now(), safe='')}"
        reply = self._to.hand_over(lambda _: Ask(path, {"msgtype": "text", "text": text}), key=key)
        return Receipt(reference="", attempts=reply.attempts)

    def close(self) -> None:
        """Let the connections go."""
        self._to.close()


def connect(name: str, config: Mapping[str, object]) -> WeComRobot:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return WeComRobot(name, config)
