"""A data-sharing source that answers JSON over HTTP, as most platforms do: 200 for everything, its own code in the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors.config import parse
from connectors.http import Wire
from connectors.signers.keyed import COVERED, signing
from connectors.sources.answers import Answers
from connectors.sources.asking import Asking, AskingConfig
from inspector.domain.errors import Invalid
from inspector.ports import Answer, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpConfig(AskingConfig):
    """How questions are signed after RFC 9421, if at all: with `key_file`, under `key_id`, over what is `covered`.

    Nothing `covered`: what holds the question, which has a Content-Type where it is posted.
    """

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
        self._wire = Wire(held, name, signs=signing(held, name))
        self.card = held.card(name, port="source", kind="http")
        self._answers = Answers(held, self.card)
        self._asking = Asking(held, self._answers)

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask one fact.

        Raises Unavailable (the wire's, `source_busy`), Barred (the wire's, `source_barred`), Refused (the wire's,
        `question_without_purpose`, `source_refused`), Garbled (the wire's and the reply's, `code_unknown`, `echo_differs`).
        """
        asked = self._asking.made(question, key)
        reply = self._wire.send(asked.method, asked.path, anew=asked.anew(), key=key, case_id=question.case_id)
        return self._answers.read(reply, question, key)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def _covering(held: HttpConfig, name: str) -> HttpConfig:
    """With what is covered where nothing is set. Raises Invalid (`connector_key_range`) for a field that no question would have."""
    missing = {
        field for field, there in (("content-type", held.asks_in != "query"), ("authorization", held.token_file)) if not there
    }
    if missing & {*held.covered}:
        wanted = f"without {', '.join(sorted(missing & {*held.covered}))}, which no question has"
        raise Invalid("connector_key_range", connector=name, key="covered", wanted=wanted)
    return held if held.covered else replace(held, covered=tuple(field for field in COVERED if field not in missing))


def connect(name: str, config: Mapping[str, object]) -> HttpSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpSource(name, config)
