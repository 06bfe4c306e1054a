"""What messengers have in common: a post judged by the platform's own code, a token lent for a while, and how much is shown to whom."""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.channels.codes import CodedConfig, code_of, judge, speaks, unreachable
from connectors.config import ConnectorConfig, unfit
from connectors.http import Wire
from connectors.kept import Kept, exchanged
from connectors.reply import Reply
from connectors.signers.lent import Lent, Loan, lending
from inspector.ports import Message, Sighting

_MARGIN = 120.0
"""Seconds before its end from which a token is not used any more: the other side's clock and the way there take some."""

_MATTERS = (("accept_by", timedelta(days=1)), ("until", timedelta()))
"""Until when a push matters, and how long it is kept beyond that."""

ONE_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}")
"""An id of one person on a platform. `@all`, `all` and lists would send one inspector's assignment to everybody."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `told` None is a GET. `path` may hold a secret, and stands in no log and no error."""

    path: str
    told: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None


Asks = Callable[[str], Ask]
"""The request as it is made with the token in force; with the empty text where none is lent."""


class Messenger:
    """One platform's interface, from any number of threads. `lends`: the request for a token, and the fields of its reply.

    `secrets`: what shows who asks. Platforms refuse it by codes of theirs and in addresses, so that no wire alone could tell whether it
    was the one in force.
    """

    def __init__(
        self,
        held: CodedConfig,
        name: str,
        *,
        lends: Callable[[], Ask] | None = None,
        fields: tuple[str, str] = ("access_token", "expires_in"),
        code: Callable[[Reply, CodedConfig], str] = code_of,
        secrets: Sequence[Kept[str]],
    ) -> None:
        """Raises Invalid (`connector_…`)."""
        for key, fine, wanted in (
            ("limited_seconds", held.limited_seconds > 0, "> 0"),
            ("code_field", bool(held.code_field), "place_of_code"),
        ):
            if not fine:
                raise unfit(name, key, wanted)
        self._held, self._lends, self._fields, self._code = held, lends, fields, code
        self._wire, self._secrets = Wire(held, name), secrets
        self._lent = Lent(self._fetch) if lends is not None else None

    def hand_over(self, asks: Asks, *, key: str) -> Reply:
        """The reply of a platform that has taken it. Raises what the wire raises, and as `codes.judge` and `exchanged` do."""
        until = time.monotonic() + self._held.budget_seconds
        with exchanged(self._secrets):
            if self._lent is None:
                return self._sent(asks(""), until, key)
            return self._lent.used(lambda token: self._sent(asks(token), until, key), until)

    def look(self) -> tuple[Sighting, ...]:
        """Whether a token can be had, and for how long; nobody is written to. Raises as `hand_over`."""
        if self._lends is None:
            return ()
        loan = self._fetch(time.monotonic() + self._held.budget_seconds)
        return (
            Sighting(code="secret_had", facts={"seconds": round(loan.lasts)}) if loan.lasts else Sighting(code="secret_undated"),
        )

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _fetch(self, until: float) -> Loan:
        assert self._lends is not None
        with lending():
            reply = self._sent(self._lends(), until)
            token, lasts = (reply.text(field) for field in self._fields)
            if not token or not (token.isascii() and token.isprintable()):  # it is to travel in an address or a header
                raise reply.garbled("field_type" if token else "field_missing", self._fields[0])
        seconds = float(lasts) if lasts is not None and re.fullmatch(r"[0-9]{1,9}", lasts) else 0.0
        return Loan(secret=token, lasts=max(seconds - _MARGIN, seconds / 2) or None)

    def _sent(self, ask: Ask, until: float, key: str = "") -> Reply:
        told = ask.told
        reply = self._wire.send(
            "GET" if told is None else "POST",
            ask.path,
            anew=None if told is None else lambda: (ask.headers or {}, told),
            key=key,
            within=until - time.monotonic(),
            answers=lambda one: speaks(one, self._held),
        )
        judge(self._code(reply, self._held), reply, self._held)
        return reply


def of_one(address: str, form: re.Pattern[str] = ONE_PERSON) -> bool:
    """Whether an address can be one person's; nobody is asked."""
    return form.fullmatch(address) is not None and address.lower() != "all"


def one_person(address: str, form: re.Pattern[str] = ONE_PERSON) -> str:
    """The address of one person. Raises Refused (`recipient_refused`, nobody asked) for what may be none, or many."""
    if not of_one(address, form):
        raise unreachable("no address of one person there")
    return address


def fitted(text: str, most: int) -> str:
    """The text in at most so many bytes of UTF-8, cut between signs. Angle brackets become full-width: no markup comes of a text."""
    plain = text.replace("<", "＜").replace(">", "＞")
    if len(plain.encode()) <= most:
        return plain
    return plain.encode()[: most - 3].decode(errors="ignore") + "…"


def lines(*parts: str) -> str:
    """What there is, a line each."""
    return "\n".join(filter(None, parts))


def lasts(message: Message, least: int, most: int) -> int:
    """For how many seconds what passes a push on keeps it for a phone that is away: a day beyond the date by which to answer.

    A push that is dropped before that date makes a silence of who was never told; and one that corrects or calls off sends somebody in
    vain if it is dropped before the visit would have been over (`until`). Both are office time, in seconds of machines where it runs
    like the clock; where it does not, or neither is there, it is `least`.
    """
    told, beyond = next(
        ((at, more) for name, more in _MATTERS if isinstance(at := message.data.get(name), str)), (None, timedelta())
    )
    until = datetime.fromisoformat(told) - datetime.now(UTC) if told is not None else timedelta()
    return max(least, min(math.ceil((until + beyond).total_seconds()), most) if until > timedelta() else 0)


def by_when(message: Message) -> str:
    """The day and hour by which to answer, in office time; empty where there is none."""
    told = message.data.get("accept_by")
    return told[:16].replace("T", " ") if isinstance(told, str) else ""


def marked(message: Message, key: str) -> str:
    """The link with a mark of the push behind `#`, which no server sees: platforms drop a second message with the same content.

    So a push that is sent again is the same to them, and another one about the same visit is another.
    """
    return f"{message.link}#{mark(key)}" if message.link and "#" not in message.link else message.link


def mark(key: str) -> str:
    """A short mark of a push."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def needed(held: ConnectorConfig, name: str, *keys: str) -> None:
    """Raise Invalid (`connector_key_range`) where one of these is empty, or would not be what an address or header may hold."""
    for key in keys:
        told = getattr(held, key)
        if not (told and re.fullmatch(r"[!-~]+", told)):
            raise unfit(name, key, "printable_some")
