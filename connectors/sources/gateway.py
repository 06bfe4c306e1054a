"""The state data-sharing exchange platform (国家数据共享交换平台) and those like it: questions signed with a secret lent for a while."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connectors.config import Words, parse, unfit
from connectors.http import Wire
from connectors.kept import exchanged
from connectors.patience import off
from connectors.reply import Reply
from connectors.signers import sealed
from connectors.signers.lent import Lent, Loan, lending
from connectors.sources.answers import Answers, texts
from connectors.sources.signed import Caller, SignedSourceConfig
from inspector.ports import Answer, Barred, Question, Sighting

_PLACES = ("headers", "body")
"""Where that may go."""

_AGAIN = 60.0
"""Seconds between two words about the other side's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayConfig(SignedSourceConfig):
    """Who we are there, how it wants us to sign, and which of its codes say that the secret is spent or the clocks differ.

    Without `path_secret` the key of `key_file` signs every question itself. The codes that are there by default are those that
    published integrations of the state platform name; of a spent secret they name none, so take yours from the platform's manual.
    """

    requester: str
    key_file: str
    prefix: str = "gjgxjhpt_"
    path_secret: str = ""
    secret_field: str = "data.secret"  # noqa: S105 - where it stands, not what it is
    until_field: str = "data.secretEndTime"
    sealed: str = "aes-sha1prng"
    permanent_codes: tuple[object, ...] = ("E-106",)
    retry_codes: tuple[object, ...] = (-1,)
    expired_codes: tuple[object, ...] = ()
    skew_codes: tuple[object, ...] = ()
    skew_seconds: float = 120.0


class GatewaySource:
    """One service of the platform."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = self._config = parse(GatewayConfig, name, config)
        self._caller = Caller(held, name, places=_PLACES)
        _check(held, name, self._caller.key, shared=self._caller.shared)
        self._wire = Wire(held, name, secrets=[self._caller.own])
        self._lent = Lent(self._fetch) if held.path_secret else None
        self.card = held.card(name, port="source", kind="gateway")
        self._answers = Answers(held, self.card)
        self._clock_told: float | None = None

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask one fact; a secret that is no longer taken is renewed once, and the question asked once more.

        Raises Unavailable (the wire's, `source_busy`, `busy`, `secret_exchanged`), Barred (the wire's, `source_barred`, `secret_expired`,
        `secret_refused`, `secret_unreadable`, `key_unreadable`, `clock_differs`), Refused and Garbled as every source over HTTP.
        """
        asked = self._answers.asked(question, key)
        until = time.monotonic() + self._config.budget_seconds
        with self._clocked(), exchanged([self._caller.own]):
            reply = self._taken(asked, question.case_id, key, until)
            answer = self._answers.read(reply, question, key)
        return replace(answer, clock=self._clock())

    def look(self) -> tuple[Sighting, ...]:
        """Whether a secret can be had, for how long, and whether the clocks agree; nobody is asked about. Raises as `ask`."""
        if self._lent is None:
            return ()
        with self._clocked():
            loan = self._fetch(time.monotonic() + self._config.budget_seconds)
        had = Sighting(code="secret_had", facts={"seconds": round(loan.lasts)}) if loan.lasts else Sighting(code="secret_undated")
        if self._wire.ahead is None:
            return had, Sighting(code="clock_untold", fine=False)
        off = round(abs(self._wire.ahead.total_seconds()))
        if not self._differs():
            return had, Sighting(code="clock_agrees")
        code = "clock_behind" if self._wire.ahead > timedelta() else "clock_ahead"
        return had, Sighting(code=code, fine=False, facts={"seconds": off})

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _taken(self, asked: Mapping[str, object], case_id: str, key: str, until: float) -> Reply:
        """The reply to a question that was signed with a secret in force."""
        if self._lent is None:
            return self._sent(asked, lambda: self._caller.key, case_id, key, until)
        return self._lent.used(lambda held: self._sent(asked, lambda: held, case_id, key, until), until)

    def _sent(self, asked: Mapping[str, object], held: Callable[[], str], case_id: str, key: str, until: float) -> Reply:
        reply = self._wire.send(
            "POST",
            self._config.path,
            anew=lambda: self._signed(held(), asked, self._config.signed_in),
            key=key,
            case_id=case_id,
            within=until - time.monotonic(),
        )
        self._let_in(reply)
        return reply

    def _let_in(self, reply: Reply) -> None:
        """Raise Barred where the platform's code says that secret or time are not taken (`secret_expired`, `clock_differs`)."""
        code = reply.text(self._config.code_field) if self._config.code_field else None
        if code in texts(self._config.expired_codes):
            raise Barred("secret_expired", detail=f"code {code}", attempts=reply.attempts)
        if code in texts(self._config.skew_codes):
            raise Barred("clock_differs", detail=f"code {code}", attempts=reply.attempts)

    def _signed(
        self, held: str, asked: Mapping[str, object], places: tuple[str, ...]
    ) -> tuple[Mapping[str, str], Mapping[str, object]]:
        """Headers and body of one try."""
        shown = self._caller.shown(held, asked)
        return shown if "headers" in places else {}, {**asked, **shown} if "body" in places else asked

    def _fetch(self, until: float) -> Loan:
        """A secret from the platform, asked for under our own key as it lies in its file now: who exchanges it need not restart.

        Raises Unavailable and Barred only: what goes wrong here is about no question, so no case loses its way by it.
        """
        keys: list[str] = []

        def anew() -> tuple[Mapping[str, str], Mapping[str, object]]:
            keys.append(self._caller.key)
            return self._signed(keys[-1], {}, _PLACES)

        with lending():
            reply = self._wire.send("POST", self._config.path_secret, anew=anew, within=until - time.monotonic())
            return self._loan(reply, keys[-1])

    def _loan(self, reply: Reply, key: str) -> Loan:
        told = self._config
        self._let_in(reply)
        if not self._answers.found(reply):
            raise Barred("secret_refused", detail="a code of not_found_codes", attempts=reply.attempts)
        try:
            held = sealed.unsealed(told.sealed, key, reply.text(told.secret_field) or "")
        except ValueError as error:  # its text may hold what was to be a secret
            raise reply.garbled("field_type", f"{told.secret_field}: {told.sealed}, {type(error).__name__}") from None
        if not held:
            raise reply.garbled("field_missing", told.secret_field)
        return Loan(secret=held, lasts=self._lasts(reply))

    def _lasts(self, reply: Reply) -> float | None:
        """Seconds until the end that the platform names (ms or s since 1970, or a date), by its own clock; None: it names none.

        An end that has passed already tells that the clocks differ in a way no Date shows; then the platform's word alone decides.
        """
        told = reply.text(self._config.until_field, optional=True) if self._config.until_field else None
        if told is None:
            return None
        if told.isascii() and told.isdigit():
            ends = float(told) / (1000 if len(told) > 11 else 1)
        else:
            moment = reply.moment(self._config.until_field)
            ends = moment.timestamp() if moment else 0.0
        theirs = datetime.now(UTC) + (self._wire.ahead or timedelta())
        return left if (left := ends - theirs.timestamp()) > 0 else None

    def _differs(self) -> bool:
        ahead = self._wire.ahead
        return ahead is not None and abs(ahead.total_seconds()) > self._config.skew_seconds

    @contextmanager
    def _clocked(self) -> Iterator[None]:
        """A refusal says how far the clocks differ where it may well come of it."""
        try:
            yield
        except Barred as error:
            told = off(self._wire.ahead, self._config.skew_seconds)
            if told and told not in error.detail:
                error.detail = f"{error.detail}; {told}".removeprefix("; ")
            raise

    def _clock(self) -> timedelta | None:
        """What an answer says of the clocks, at the first and then once a minute: the row of a matter is no place to queue at."""
        now, told = time.monotonic(), self._clock_told
        if self._wire.ahead is None or (told is not None and now < told + _AGAIN):
            return None
        self._clock_told = now
        return self._wire.ahead if self._differs() else timedelta()


def connect(name: str, config: Mapping[str, object]) -> GatewaySource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return GatewaySource(name, config)


def _check(held: GatewayConfig, name: str, key: str, *, shared: bool) -> None:
    """Raises Invalid (`connector_key_range`) for the first setting that cannot work."""
    for place, fine, wanted in _wanted(held, key, shared=shared):
        if not fine:
            raise unfit(name, place, wanted)


def _wanted(held: GatewayConfig, key: str, *, shared: bool) -> Iterator[tuple[str, bool, Words]]:
    """Each setting that may be wrong, whether it is right, and what would be."""
    yield "sealed", held.sealed in sealed.SEALS, ", ".join(sealed.SEALS)
    lent = ("empty_with_signer", held.signer)
    yield "path_secret", shared or not held.path_secret, lent  # nobody lends a private key
    yield "key_file", not held.path_secret or sealed.fits(held.sealed, key), "aes_key"
    yield "skew_seconds", held.skew_seconds > 0, "> 0"
