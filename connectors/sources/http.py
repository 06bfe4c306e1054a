"""A data-sharing source that answers JSON over HTTP, as most platforms do: 200 for everything, its own code in the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors.config import parse, unfit
from connectors.http import Wire
from connectors.reply import Reply
from connectors.signers.keyed import COVERED, signing
from connectors.sources.answers import Answers
from connectors.sources.asking import Asking, AskingConfig
from inspector.ports import Answer, Question

_NONE = frozenset({204, 404, 410})
"""Statuses that may say: no such record. None of them is a credential, a wish to come later or a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpConfig(AskingConfig):
    """How questions are signed after RFC 9421, if at all: with `key_file`, under `key_id`, over what is `covered`.

    Nothing `covered`: what holds the question, which has a Content-Type where it is posted. `not_found_status`: by which statuses it
    says that it has no such record, as an address for each record does; without it a 404 is a path that is wrong.
    """

    not_found_status: tuple[int, ...] = ()
    key_file: str = ""
    key_id: str = ""
    algorithm: str = "hmac-sha256"
    covered: tuple[str, ...] = ()
    digest: str = "sha-256"
    tag: str = ""
    expires_seconds: int = 60


class HttpSource:
    """One data-sharing interface."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = _covering(parse(HttpConfig, name, config), name)
        if odd := {*held.not_found_status} - _NONE:
            wanted = ", ".join(map(str, sorted(_NONE)))
            raise unfit(name, "not_found_status", f"{wanted} (≠ {min(odd)})")
        self._none = frozenset(held.not_found_status)
        signs, secrets = signing(held, name)
        self._wire = Wire(held, name, signs=signs, secrets=secrets)
        self.card = held.card(name, port="source", kind="http")
        self._answers = Answers(held, self.card)
        self._asking = Asking(held, self._answers)

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask one fact.

        Raises Unavailable (the wire's, `source_busy`), Barred (the wire's, `source_barred`), Refused (the wire's,
        `question_without_purpose`, `source_refused`), Garbled (the wire's and the reply's, `code_unknown`, `echo_differs`).
        """
        asked = self._asking.made(question, key)
        reply = self._wire.send(
            asked.method, asked.path, anew=asked.anew(), key=key, case_id=question.case_id, answers=self._empty
        )
        if self._empty(reply):
            return self._answers.none(reply)
        return self._answers.read(reply, question, key)

    def _empty(self, reply: Reply) -> bool:
        """Whether the status itself says that there is no such record."""
        return reply.status in self._none

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def _covering(held: HttpConfig, name: str) -> HttpConfig:
    """With what is covered where nothing is set. Raises Invalid (`connector_key_range`) for a field that no question would have."""
    missing = {
        field for field, there in (("content-type", held.asks_in != "query"), ("authorization", held.token_file)) if not there
    }
    if missing & {*held.covered}:
        strange = ", ".join(sorted(missing & {*held.covered}))
        wanted = ("list_without_unasked", strange)
        raise unfit(name, "covered", wanted)
    return held if held.covered else replace(held, covered=tuple(field for field in COVERED if field not in missing))


def connect(name: str, config: Mapping[str, object]) -> HttpSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpSource(name, config)
