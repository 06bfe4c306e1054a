"""Letters of the assistance procedure (协助核查函) handed to another agency's endpoint; it answers later: by link, API, or signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.config import parse
from connectors.http import Wire, WireConfig
from connectors.signers.webhook import Signer, Verifier
from inspector.domain.letter import LetterKind
from inspector.incoming import Unproven
from inspector.ports import Letter, Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyConfig(WireConfig):
    """Where letters are posted. With `secret_file` they are signed; with `reply_secret_file` signed answers are believed.

    `path_liaison` and `path_head`: where those of the ladder of silence go that are meant for the agency's liaison officer and its head;
    empty: to `path`.
    """

    path: str = ""
    path_liaison: str = ""
    path_head: str = ""
    secret_file: str = ""
    reply_secret_file: str = ""


class HttpAgency:
    """One agency that is asked for assistance."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(AgencyConfig, name, config)
        signer = Signer(self._config.secret_file, name) if self._config.secret_file else None
        signs, secrets = (signer.signs, [signer.keys]) if signer is not None else (None, [])
        self._wire = Wire(self._config, name, signs=signs, secrets=secrets)
        self._verifier = Verifier(self._config.reply_secret_file, name) if self._config.reply_secret_file else None
        self.card = self._config.card(name, port="agency", kind="http")

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Hand a letter over; its reply link is a one-time secret and travels in the body only.

        Raises Unavailable, Barred (`key_unreadable`), Refused, Garbled as the wire does; Garbled also when a 2xx carries a body
        that is no receipt (a proxy's login page must not pass for delivery).
        """
        path = self._path(letter.reader or letter.kind)
        return self._wire.deliver(path, json=_told(letter), key=key, case_id=letter.case_id)

    def apart(self, kind: LetterKind) -> bool:
        """Whether letters of a kind go to a path of their own."""
        return self._path(kind) != self._config.path

    def _path(self, kind: LetterKind) -> str:
        held = self._config
        return {LetterKind.LIAISON: held.path_liaison, LetterKind.HEAD: held.path_head}.get(kind) or held.path

    def proven(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of an answer that the agency has signed. Raises Unproven."""
        if self._verifier is None:
            raise Unproven("signature_unexpected")
        return self._verifier.verify(headers, body)

    def believes(self) -> bool:
        """Whether signed answers are believed. Raises Barred (`key_unreadable`) while the secret for it cannot be used."""
        if self._verifier is not None:
            self._verifier.look()
        return self._verifier is not None

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> HttpAgency:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpAgency(name, config)


def _told(letter: Letter) -> dict[str, object]:
    if letter.enclosed:  # a digest: each letter as it would be alone
        return {"kind": letter.kind.value, "letters": [_told(one) for one in letter.enclosed]}
    words = letter.words
    said = {"requester": words.requester, "counted": words.counted, "effect": words.effect, "silence": words.silence}
    return {
        "kind": letter.kind.value,
        "request": letter.request_id,
        "case": letter.case_id,
        "basis": letter.basis,
        "ground": letter.ground,
        "fact": letter.fact,
        "subject": {"kind": letter.subject_kind.value, "code": letter.subject_code},
        "claimed": letter.claimed,
        "on": letter.on.isoformat(),
        "due_at": letter.due_at.isoformat(),
        "due_provisional": letter.due_provisional,
        "reply_url": letter.reply_url,
        "text": letter.text,
        "urgency": letter.urgency.value,
        "accept_by": letter.accept_by.isoformat() if letter.accept_by else None,
        "outcome": letter.outcome,
        **{
            name: text for name, text in said.items() if text is not None
        },  # each try of a letter says the same, releases apart, too
    }
