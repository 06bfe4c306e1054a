"""WeCom (企业微信): a message of the office's own app to one member, as a card with the link.

After the platform's published interface (developer.work.weixin.qq.com/document/path/…): tokens 91039, app messages 90236, codes 90313.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from connectors.channels.codes import CodedConfig, unreachable
from connectors.channels.messenger import Ask, Messenger, fitted, marked, needed, of_one, one_person
from connectors.config import parse, unfit
from connectors.kept import Kept
from connectors.reply import Reply
from inspector.ports import Message, Receipt, Sighting

_TITLE, _TEXT = 128, 512
"""Bytes that a card shows of its title and its text."""

_AGAIN = 14_400
"""Seconds in which the platform shows the same message to the same member once: the longest that it offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComConfig(CodedConfig):
    """The corporation's id, the app's number and the file with its secret. An inspector's address is the member's UserID."""

    corp: str
    app: int
    secret_file: str
    permanent_codes: tuple[object, ...] = (40001, 40013, 40056, 48002, 60011, 60020, 301002)
    recipient_codes: tuple[object, ...] = (40003, 40031, 60111, 81013, 82001)
    declined_codes: tuple[object, ...] = (40008, 40058, 44004, 45002, 45003, 45004, 45005)
    retry_codes: tuple[object, ...] = (-1,)
    limited_codes: tuple[object, ...] = (45009, 45033)
    spent_codes: tuple[object, ...] = (40014, 41001, 42001)

    @property
    def once_seconds(self) -> float | None:
        """As long as the platform looks for doubles when it is asked to."""
        return _AGAIN


class WeComChannel:
    """One app of one corporation."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(WeComConfig, name, config)
        needed(held, name, "corp")
        if held.app < 1:
            raise unfit(name, "app", "≥ 1")
        self._secret = Kept(held.secret_file, name, "secret_file", str)
        self._to = Messenger(held, name, lends=self._asks_token, secrets=[self._secret])
        self.card = held.card(name, port="channel", kind="wecom")

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return of_one(address)

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over; the platform shows it once within four hours, however often it is sent.

        Raises as `Messenger.hand_over` does; Refused (`recipient_refused`) also where the reply names the member as one it cannot reach.
        """
        told = _card(message, key) if message.link else _plain(message)
        told |= {
            "touser": one_person(message.to),
            "agentid": self._config.app,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": _AGAIN,
        }
        reply = self._to.hand_over(
            lambda token: Ask(f"/cgi-bin/message/send?access_token={quote(token, safe='')}", told), key=key
        )
        return _receipt(reply)

    def look(self) -> tuple[Sighting, ...]:
        """Whether the app's secret gets a token; nobody is written to. Raises as `push`."""
        return self._to.look()

    def close(self) -> None:
        """Let the connections go."""
        self._to.close()

    def _asks_token(self) -> Ask:
        corp, secret = (quote(one, safe="") for one in (self._config.corp, self._secret.now()))
        return Ask(f"/cgi-bin/gettoken?corpid={corp}&corpsecret={secret}")


def connect(name: str, config: Mapping[str, object]) -> WeComChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return WeComChannel(name, config)


def _card(message: Message, key: str) -> dict[str, object]:
    card = {
        "title": fitted(message.title, _TITLE),
        "description": fitted(message.text or message.title, _TEXT),
        "url": marked(message, key),
    }
    return {"msgtype": "textcard", "textcard": card}


def _plain(message: Message) -> dict[str, object]:
    return {"msgtype": "text", "text": {"content": fitted(f"{message.title}\n{message.text}", _TEXT)}}


def _receipt(reply: Reply) -> Receipt:
    """Code 0 with the only member among those that were not reached is no delivery."""
    for field in ("invaliduser", "unlicenseduser"):
        if reply.text(field, optional=True):
            raise unreachable(field, attempts=reply.attempts)
    return Receipt(reference=reply.text("msgid", optional=True) or "", attempts=reply.attempts)
