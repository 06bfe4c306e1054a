"""Shadow (影子运行): the house takes in, decides and writes down as ever, beside today's manual practice, and nothing leaves it.

What would be handed over counts as handed over, with a receipt of nobody; nobody is asked, but for those that the settings name, and who
is not asked has not answered, which speaks against nobody. Seeds are the house's own, so what is drawn here binds nobody and is shown
to nobody outside.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Never

from inspector.accounts import Role, plays
from inspector.domain.case import SubjectKind
from inspector.domain.creditrecord import Amendment
from inspector.domain.suite import Suite
from inspector.flows.office import Connectors
from inspector.ports import (
    Card,
    CreditEntry,
    CreditPlatform,
    CreditRetraction,
    Letter,
    Message,
    Notice,
    Origin,
    Question,
    Rating,
    Receipt,
    Refused,
    Typed,
)

UNASKED = "shadow"
"""The error code of a question that was not put."""


def silenced(held: Connectors, asks: Collection[str], secret: bytes) -> Connectors:
    """The same connectors by name, of which only the sources and the credit platform in `asks` still reach the outside.

    `secret` is the office's: the seeds are derived from it, so that a restart reveals what was promised.
    """
    return Connectors(
        sources={name: one if name in asks else Silent(one.card) for name, one in held.sources.items()},
        agencies={name: Silent(one.card) for name, one in held.agencies.items()},
        channels={name: Silent(one.card) for name, one in held.channels.items()},
        credit={name: Credit(one, asked=name in asks) for name, one in held.credit.items()},
        approving={name: Silent(one.card) for name, one in held.approving.items()},
        seeds={name: OwnSeed(name, one.card, secret) for name, one in held.seeds.items()},
        witnesses={name: Silent(one.card) for name, one in held.witnesses.items()},
    )


class Silent:
    """Stands for any connector: what is handed over stays here, and what is asked is not put (Refused, `shadow`)."""

    def __init__(self, card: Card) -> None:
        self.card = replace(card, kind="shadow")

    def ask(self, question: Question, *, key: str) -> Never:  # noqa: ARG002 - the ports' signatures, here and below
        """Of a source."""
        raise Refused(UNASKED, origin=Origin.US, attempts=0)

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:  # noqa: ARG002
        """Of a credit platform."""
        raise Refused(UNASKED, origin=Origin.US, attempts=0)

    def lodge(self, draw: str, value: str, *, key: str) -> Never:  # noqa: ARG002
        """Of a witness: none has seen what is drawn in shadow."""
        raise Refused(UNASKED, origin=Origin.US, attempts=0)

    def send(self, letter: Letter, *, key: str) -> Receipt:  # noqa: ARG002
        """Of another agency."""
        return _NOBODYS

    def push(self, message: Message, *, key: str) -> Receipt:  # noqa: ARG002
        """Of a channel."""
        return _NOBODYS

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:  # noqa: ARG002
        """Of a credit platform."""
        return _NOBODYS

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:  # noqa: ARG002
        """Of a credit platform."""
        return _NOBODYS

    def amend(self, amendment: Amendment, *, key: str) -> Receipt:  # noqa: ARG002
        """Of a credit platform."""
        return _NOBODYS

    @property
    def amends(self) -> bool:
        """Nobody has to tell by hand what leaves no house."""
        return True

    def tell(self, notice: Notice, *, key: str) -> Receipt:  # noqa: ARG002
        """Of an approving system."""
        return _NOBODYS


class Credit(Silent):
    """A credit platform that may be `asked` for levels or not, is to us what it is (`roles`), and hears of nothing."""

    def __init__(self, platform: CreditPlatform, *, asked: bool) -> None:
        super().__init__(platform.card)
        self._platform, self._asked = platform, asked
        self.roles = frozenset(role for role in Role if plays(platform, role))

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        """As the platform answers, if it is asked."""
        return (
            self._platform.level(kind, code, key=key, case_id=case_id, basis=basis)
            if self._asked
            else super().level(kind, code, key=key, case_id=case_id, basis=basis)
        )


class OwnSeed:
    """Stands for any source of a seed: the house's own nonce, promised and revealed like another agency's (draw-protocol 7.4)."""

    def __init__(self, name: str, card: Card, secret: bytes) -> None:
        self.card = replace(card, kind="shadow")
        self._name, self._secret = name, secret

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:  # noqa: ARG002
        """The hash of the nonce."""
        return {"kind": "reveal", "party": self._name, "hash": Suite().hex(f"ssj1/nonce\n{self._nonce(draw)}")}

    def reveal(
        self,
        draw: str,
        promise: Mapping[str, object],  # noqa: ARG002
        typed: tuple[Typed, ...],  # noqa: ARG002
        *,
        key: str,  # noqa: ARG002
        w: str = "",  # noqa: ARG002
    ) -> Mapping[str, object]:
        """The nonce."""
        return {"kind": "reveal", "nonce": self._nonce(draw)}

    def _nonce(self, draw: str) -> str:
        return hmac.new(self._secret, f"shadow/{draw}/{self._name}".encode(), hashlib.sha256).hexdigest()


_NOBODYS = Receipt(reference="", attempts=0)
