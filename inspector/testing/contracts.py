"""Contract suites for authors of connectors: what the engine relies on, port by port.

Subclass the suite of your port in your tests, give it a connector whose other side answers well and one whose other side is
silent, and run pytest. For a connector that speaks HTTP `inspector.testing.http` does the rest.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from inspector.amending import Amending
from inspector.domain import commitment
from inspector.domain.beacon import named
from inspector.domain.case import SubjectKind
from inspector.domain.creditrecord import Amend
from inspector.domain.suite import Suite
from inspector.ports import AnswerStatus, Card, Message, Origin, PortError, Question, Receipt, Refused, Unavailable
from inspector.testing.samples import (
    AMENDMENT,
    CODE,
    ENTRY,
    LETTER,
    MESSAGE,
    NOTICE,
    PRIVATE,
    PURPOSE,
    QUESTION,
    RETRACTION,
    TYPED,
)

STABLE = re.compile(r"[a-z][a-z0-9_]{2,40}")
"""The form of an error's code."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def caught(act: Callable[[], object]) -> PortError:
    """The port error that `act` raises. Raises AssertionError when it raises none."""
    try:
        told = act()
    except PortError as error:
        return error
    raise AssertionError(f"a port error was expected, {told!r} came")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One method of a port. `heeds`: the body of its answer means something. `empty`: no body will do. `keyed`: it has a key."""

    name: str
    call: Callable[[Any, str], object]
    heeds: bool = True
    empty: bool = False
    keyed: bool = True


class PortContract:
    """What holds for every port."""

    port: ClassVar[str]
    private: ClassVar[tuple[str, ...]] = PRIVATE
    """Words that no error and no log may repeat: those of the samples, and what you add (a token, a secret)."""
    heeds: ClassVar[bool] = True
    """Whether the body of a 2xx means something to this connector."""
    empty: ClassVar[bool] = False
    """Whether a 2xx without a body will do."""

    def connect(self) -> Any:
        """A connector whose party answers well, any number of times."""
        raise NotImplementedError

    def connect_silent(self) -> Any:
        """A connector whose party cannot be reached; None for one that has no wire."""
        raise NotImplementedError

    def use(self, connector: Any, *, key: str) -> object:
        """One ordinary call."""
        raise NotImplementedError

    def ways(self) -> tuple[Way, ...]:
        """Every method of the port, to which the other side may misbehave."""
        return (Way(name="use", call=lambda made, key: self.use(made, key=key), heeds=self.heeds, empty=self.empty),)

    def test_its_card_says_who_stands_behind_it(self) -> None:
        connector = self.connect()
        card = connector.card
        connector.close()
        assert isinstance(card, Card)
        assert card.port == self.port
        assert all((card.name, card.kind, card.owner, card.version))

    def test_it_may_be_closed_twice(self) -> None:
        connector = self.connect()
        self.use(connector, key="k-1")
        connector.close()
        connector.close()

    def test_the_same_call_with_the_same_key_succeeds_again(self) -> None:
        connector = self.connect()
        first, second = self.use(connector, key="k-1"), self.use(connector, key="k-1")
        connector.close()
        assert type(first) is type(second)

    def test_threads_may_share_it(self) -> None:
        connector = self.connect()
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(lambda number: self.use(connector, key=f"k-{number}"), range(24)))
        connector.close()
        assert len(told) == 24

    def test_a_silent_party_is_unavailable_and_the_error_tells_no_secrets(self) -> None:
        connector = self.connect_silent()
        if connector is None:
            return
        error = caught(lambda: self.use(connector, key="k-1"))
        connector.close()
        assert isinstance(error, Unavailable)
        assert error.origin is not Origin.US
        assert error.attempts >= 1
        assert STABLE.fullmatch(error.code)
        assert self.told_too_much(error) == []

    def told_too_much(self, error: PortError | None, logs: str = "") -> list[str]:
        """The private words that an error, its traceback or the logs repeat."""
        told = logs if error is None else f"{logs} {error} {error.detail} {''.join(traceback.format_exception(error))}"
        return [word for word in self.private if word in told]


class SourceContract(PortContract):
    """What holds for a source. `question` is one it can answer with a value."""

    port = "source"
    question: ClassVar[Question] = QUESTION

    def use(self, connector: Any, *, key: str) -> object:
        """Ask the question."""
        return connector.ask(self.question, key=key)

    def test_an_answer_shows_where_it_comes_from(self) -> None:
        connector = self.connect()
        answer = connector.ask(self.question, key="k-1")
        connector.close()
        told = answer.provenance
        assert answer.status is AnswerStatus.FOUND
        assert isinstance(answer.value, str)
        assert told.source == connector.card.name
        assert told.owner == connector.card.owner
        assert told.attempts >= 1
        assert _DIGEST.fullmatch(told.request_digest)
        assert _DIGEST.fullmatch(told.reply_digest)
        assert told.asked_at.utcoffset() is not None
        assert told.as_of is None or told.as_of.utcoffset() is not None

    def test_a_question_without_case_or_basis_is_refused_as_our_own_fault(self) -> None:
        connector = self.connect()
        errors = [
            caught(lambda asked=asked: connector.ask(asked, key="k-1"))  # type: ignore[misc]
            for asked in (replace(self.question, case_id=""), replace(self.question, basis=" "))
        ]
        connector.close()
        assert all(isinstance(error, Refused) and error.origin is Origin.US for error in errors)


class _ReceiptContract(PortContract):
    empty = True

    def test_a_receipt_is_dated_and_counts_its_tries(self) -> None:
        connector = self.connect()
        receipt = self.use(connector, key="k-1")
        connector.close()
        assert isinstance(receipt, Receipt)
        assert receipt.attempts >= 1
        assert receipt.at is None or receipt.at.utcoffset() is not None


class AgencyContract(_ReceiptContract):
    """What holds for another agency."""

    port = "agency"

    def use(self, connector: Any, *, key: str) -> object:
        """Send the letter."""
        return connector.send(LETTER, key=key)


class ChannelContract(_ReceiptContract):
    """What holds for a channel. `message` is one to somebody whom it can reach."""

    port = "channel"
    message: ClassVar[Message] = MESSAGE

    def use(self, connector: Any, *, key: str) -> object:
        """Push the message."""
        return connector.push(self.message, key=key)


class CallbackContract(_ReceiptContract):
    """What holds for an approving system."""

    port = "callback"

    def use(self, connector: Any, *, key: str) -> object:
        """Tell the notice."""
        return connector.tell(NOTICE, key=key)


class WitnessContract(_ReceiptContract):
    """What holds for a witness."""

    port = "witness"

    def use(self, connector: Any, *, key: str) -> object:
        """Lodge a value."""
        return connector.lodge("D-1", "ab" * 32, key=key)


class CreditContract(_ReceiptContract):
    """What holds for a credit platform, which rates the sample subject or says that it does not.

    `amends`: it is told what becomes of entries (`inspector.amending`).
    """

    port = "credit"
    amends: ClassVar[bool] = False

    def use(self, connector: Any, *, key: str) -> object:
        """Hand the entry over."""
        return connector.record(ENTRY, key=key)

    def ways(self) -> tuple[Way, ...]:
        """All there are."""
        level = Way(name="level", call=lambda made, key: made.level(SubjectKind.FIRM, CODE, key=key, **PURPOSE))
        retract = Way(name="retract", call=lambda made, key: made.retract(RETRACTION, key=key), empty=True)
        amend = Way(name="amend", call=lambda made, key: made.amend(AMENDMENT, key=key), empty=True)
        return (*super().ways(), level, retract, *((amend,) if self.amends else ()))

    def test_a_level_is_text_or_the_platforms_own_none_and_shows_where_it_comes_from(self) -> None:
        connector = self.connect()
        rating = connector.level(SubjectKind.FIRM, CODE, key="k-1", **PURPOSE)
        connector.close()
        assert rating.level is None or (isinstance(rating.level, str) and rating.level)
        assert rating.provenance.source == connector.card.name
        assert rating.as_of is None or rating.as_of.utcoffset() is not None

    def test_what_became_of_an_entry_is_taken_as_often_as_told_even_of_one_that_never_came(self) -> None:
        connector = self.connect()
        told = [(entry, kind) for entry in ("E-1", "E-9") for kind in (*Amend, *Amend)] if self.amends else []
        receipts = [connector.amend(replace(AMENDMENT, entry_id=entry, kind=kind), key=f"{entry}:{kind}") for entry, kind in told]
        known = isinstance(connector, Amending) and connector.amends
        connector.close()
        assert known is self.amends
        assert all(isinstance(receipt, Receipt) for receipt in receipts)

    def test_an_entry_is_taken_back_as_often_as_asked_even_one_that_never_came(self) -> None:
        connector = self.connect()
        receipts = [
            connector.retract(RETRACTION, key="k-3"),
            connector.record(ENTRY, key="k-1") and connector.retract(replace(RETRACTION, entry_id="E-9"), key="k-2"),
            connector.retract(RETRACTION, key="k-3"),
        ]
        connector.close()
        assert all(isinstance(receipt, Receipt) for receipt in receipts)
        assert all(receipt.at is None or receipt.at.utcoffset() is not None for receipt in receipts)


class SeedContract(PortContract):
    """What holds for a part of a seed, whose promise exists before the draw and whose part fits the promise.

    A beacon's round is named by the house: the first at or after `at`.
    """

    port = "seed"
    at: ClassVar[datetime] = datetime(2026, 1, 5, 9, tzinfo=UTC)

    def use(self, connector: Any, *, key: str) -> object:
        """Ask for the promise."""
        return connector.promise("D-1", key=key)

    def ways(self) -> tuple[Way, ...]:
        """Both; what it reveals is asked for against the promise of the well-behaved party."""

        def reveal(made: Any, key: str) -> object:
            return made.reveal("D-1", self.promised(), TYPED, key=key)

        return (*super().ways(), Way(name="reveal", call=reveal))

    def promised(self) -> Mapping[str, object]:
        """What the party promises when all is well."""
        connector = self.connect()
        promise: Mapping[str, object] = connector.promise("D-1", key="k-1")
        connector.close()
        return promise

    def test_what_is_revealed_fits_what_was_promised(self) -> None:
        connector = self.connect()
        promise = named(connector.promise("D-1", key="k-1"), self.at)
        part = connector.reveal("D-1", promise, TYPED, key="k-2")
        connector.close()
        assert commitment.value(promise, part, Suite())


class PulseContract(PortContract):
    """What holds for a dead-man's switch."""

    port = "pulse"

    def use(self, connector: Any, *, key: str) -> object:  # noqa: ARG002 - a beat has no key
        """Beat."""
        return connector.beat()

    def ways(self) -> tuple[Way, ...]:
        """A beat says nothing and asks nothing."""
        return (replace(super().ways()[0], heeds=False, keyed=False),)
