"""A data-sharing source that answers JSON over HTTP, as most platforms do: 200 for everything, its own code in the body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.config import parse
from connectors.http import Wire
from connectors.kept import Kept
from connectors.sources.answers import Answers, SourceConfig
from inspector.domain.errors import Invalid
from inspector.ports import Answer, Question

if TYPE_CHECKING:
    from connectors.signers.message import MessageSigner

COVERED = ("@method", "@target-uri", "content-type", "content-digest")
"""What is covered where nothing else is set: a signature that leaves the body or the address out protects neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpConfig(SourceConfig):
    """How questions are signed after RFC 9421, if at all: with `key_file`, under `key_id`, over what is `covered`."""

    key_file: str = ""
    key_id: str = ""
    algorithm: str = "hmac-sha256"
    covered: tuple[str, ...] = COVERED
    digest: str = "sha-256"
    tag: str = ""
    expires_seconds: int = 60


class HttpSource:
    """One data-sharing interface."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = self._config = parse(HttpConfig, name, config)
        self._wire = Wire(held, name, signs=_signer(held, name).headers if held.key_file else None)
        self.card = held.card(name, port="source", kind="http")
        self._answers = Answers(held, self.card)

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask one fact.

        Raises Unavailable (the wire's, `source_busy`), Barred (the wire's, `source_barred`), Refused (the wire's,
        `question_without_purpose`, `source_refused`), Garbled (the wire's and the reply's, `code_unknown`, `echo_differs`).
        """
        told = self._answers.asked(question, key)
        reply = self._wire.send("POST", self._config.path, json=told, key=key, case_id=question.case_id)
        return self._answers.read(reply, question, key)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> HttpSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpSource(name, config)


def _signer(held: HttpConfig, name: str) -> MessageSigner:
    """Raises Invalid (`connector_key_range`, `connector_secret_…`). Its libraries are loaded by who signs."""
    from connectors.signers.message import MessageSigner, signs

    for key, fine, wanted in _wanted(held):
        if not fine:
            raise Invalid("connector_key_range", connector=name, key=key, wanted=wanted)
    # The signing function reads the file itself: in PEM a key has many lines.
    own = Kept(held.key_file, name, "key_file", lambda _: signs(held.algorithm, held.key_file, name), read=lambda *_: "")

    def sign(base: bytes) -> bytes:
        return own.now()(base)

    return MessageSigner(
        sign=sign, covered=held.covered, keyid=held.key_id, digest=held.digest, tag=held.tag, lasts=held.expires_seconds
    )


def _wanted(held: HttpConfig) -> Iterator[tuple[str, bool, str]]:
    from connectors.signers.message import DIGESTS, FIELDS, quoted

    for key in ("key_id", "tag"):
        try:
            quoted(getattr(held, key))
        except ValueError:
            yield key, False, "printable ASCII"
    yield "key_id", bool(held.key_id), "the name by which the other side knows the key"
    yield "covered", set(held.covered) <= FIELDS and len({*held.covered}) == len(held.covered), ", ".join(sorted(FIELDS))
    yield "covered", {"@method", "content-digest"} <= {*held.covered}, "with @method and content-digest"
    yield "covered", bool({"@target-uri", "@path"} & {*held.covered}), "with @target-uri, or with @authority and @path"
    yield "digest", held.digest in DIGESTS, ", ".join(DIGESTS)
    yield "expires_seconds", 0 <= held.expires_seconds <= 3600, "0–3600"
