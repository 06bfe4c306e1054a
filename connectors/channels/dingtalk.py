"""DingTalk (钉钉): a work notice (工作通知) of the office's own app to one member.

After the platform's published interface (open.dingtalk.com: access token of an internal app; asynchronous sending of enterprise session
messages; result of a work notice). The platform takes a notice and sends it on later: a receipt says that it has it, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from connectors.channels.codes import CodedConfig, code_of
from connectors.channels.messenger import Ask, Messenger, fitted, mark, marked, needed, of_one, one_person
from connectors.config import parse, unfit
from connectors.kept import Kept
from connectors.reply import Reply
from inspector.ports import Message, Receipt, Sighting

_OUTER = "88"
"""A code that only says: look at `sub_code`."""

_AGAIN = 43_200
"""Seconds in which the same notice is shown once."""

_TITLE, _TEXT = 128, 512
"""Bytes that we show of title and text; the whole message may have 2,048."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DingTalkConfig(CodedConfig):
    """The app's key, its agent's number, and the file with its secret. An inspector's address is the member's userid.

    143105 says that this member has got as many notices today as one may, 143106 that the member has this very one already (result of a
    work notice, `forbidden_list`): each push bears a mark of its own, so that only a push that has arrived is the same as itself.
    """

    app: str
    agent: int
    secret_file: str
    permanent_codes: tuple[object, ...] = (40001, 40013, 40056, 40089, 40096, 60011, 60020)
    recipient_codes: tuple[object, ...] = (33012, 40031, 60121, 1430000, 1430004)
    ok_codes: tuple[object, ...] = (0, 143106)
    declined_codes: tuple[object, ...] = (40035, 40058, 45002, 1430002)
    retry_codes: tuple[object, ...] = (-1, 1430003)
    limited_codes: tuple[object, ...] = (88, 90001, 90002, 90018, 143103, 143104, 143105)
    spent_codes: tuple[object, ...] = (40014, 41001, 42001)

    @property
    def once_seconds(self) -> float | None:
        """The platform shows a member the same content once a day; where its day ends it does not say, so half of one counts."""
        return _AGAIN


class DingTalkChannel:
    """One app of one corporation."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(DingTalkConfig, name, config)
        needed(held, name, "app")
        if held.agent < 1:
            raise unfit(name, "agent", "≥ 1")
        self._secret = Kept(held.secret_file, name, "secret_file", str)
        self._to = Messenger(held, name, lends=self._asks_token, code=code, secrets=[self._secret])
        self.card = held.card(name, port="channel", kind="dingtalk")

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return of_one(address)

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over. The platform shows a member the same content once a day, so a push bears a mark of its own.

        Raises as `Messenger.hand_over` does.
        """
        body = {"title": fitted(message.title, _TITLE), "content": fitted(message.text, _TEXT), "author": f"№{mark(key)}"}
        shown = {"message_url": marked(message, key), "head": {"bgcolor": "FF3F6FB5", "text": ""}, "body": body}
        told: dict[str, object] = {
            "agent_id": self._config.agent,
            "userid_list": one_person(message.to),
            "msg": {"msgtype": "oa", "oa": shown},
        }

        def asks(token: str) -> Ask:
            return Ask(f"/topapi/message/corpconversation/asyncsend_v2?access_token={quote(token, safe='')}", told)

        reply = self._to.hand_over(asks, key=key)
        return Receipt(reference=reply.text("task_id", optional=True) or "", attempts=reply.attempts)

    def look(self) -> tuple[Sighting, ...]:
        """Whether the app's secret gets a token; nobody is written to. Raises as `push`."""
        return self._to.look()

    def close(self) -> None:
        """Let the connections go."""
        self._to.close()

    def _asks_token(self) -> Ask:
        app, secret = (quote(one, safe="") for one in (self._config.app, self._secret.now()))
        return Ask(f"/gettoken?appkey={app}&appsecret={secret}")


def connect(name: str, config: Mapping[str, object]) -> DingTalkChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return DingTalkChannel(name, config)


def code(reply: Reply, held: CodedConfig) -> str:
    """The code that says something: of 88 the one behind it."""
    told = code_of(reply, held)
    return (reply.text("sub_code", optional=True) or told) if told == _OUTER else told
