"""A data-sharing source that answers JSON over HTTP, as most platforms do: 200 for everything, its own code in the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.config import parse
from connectors.http import Reply, Wire, WireConfig
from inspector.domain.errors import Invalid
from inspector.domain.evidence import blank
from inspector.ports import Answer, AnswerStatus, Barred, Origin, Question, Refused, Unavailable

_ECHOED = ("key", "case", "fact", "code")
"""What of a question a source may repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig(WireConfig):
    """Where things lie in the body (dotted names) and what the source's own codes mean.

    Codes are compared as text (`0`, `"0"` and `"00000"` are told as they come). An unlisted code is `Garbled`, never "no record".
    With an empty `code_field` the HTTP status alone speaks. `permanent_codes`: we are not let in, whatever is asked; `declined_codes`:
    not this question. `echo`: fields in which the source repeats what it was asked (`key`, `case`, `fact` or `code`), so that an answer
    to another question is recognised. `empty_words` are what the source writes where it has nothing to say,
    in any width and case; 无 is none of them until the settings say so, because it can be the very fact (no penalties: 无).
    """

    path: str = ""
    code_field: str = "code"
    ok_codes: tuple[object, ...] = (0,)
    not_found_codes: tuple[object, ...] = ()
    permanent_codes: tuple[object, ...] = ()
    declined_codes: tuple[object, ...] = ()
    retry_codes: tuple[object, ...] = ()
    value_field: str = "data.value"
    as_of_field: str = "data.as_of"
    version_field: str = "version"
    echo: Mapping[str, str] = field(default_factory=dict)
    empty_words: tuple[str, ...] = ("-", "--", "—", "——", "/", "N/A", "null")


class HttpSource:
    """One data-sharing interface."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(SourceConfig, name, config)
        for asked in self._config.echo.values():
            if asked not in _ECHOED:
                raise Invalid("connector_key_range", connector=name, key="echo", wanted=", ".join(_ECHOED))
        self._wire = Wire(self._config, name)
        self.card = self._config.card(name, port="source", kind="http")

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask one fact. A question without its case and legal basis is refused before a byte leaves (数据最小够用).

        No record is `NOT_FOUND` (scenario 10). A record that is there and empty at this place is `CANNOT_SAY` with the note
        `value_empty`: it neither denies the record nor contradicts anybody.

        Raises Unavailable (the wire's, `source_busy`), Barred (the wire's, `source_barred`), Refused (the wire's,
        `question_without_purpose`, `source_refused`), Garbled (the wire's and the reply's, `code_unknown`, `echo_differs`).
        """
        if not question.case_id.strip() or not question.basis.strip():
            raise Refused("question_without_purpose", origin=Origin.US, detail="case and basis are mandatory", attempts=0)
        reply = self._wire.send("POST", self._config.path, json=_told(question), key=key, case_id=question.case_id)
        there, value = reply.value(self._config.value_field) if self._found(reply) else (False, None)
        self._echoes(reply, question, key, there=there)
        if not there:
            return self._answer(reply, AnswerStatus.NOT_FOUND)
        if value is None or blank(value, self._config.empty_words):
            return self._answer(reply, AnswerStatus.CANNOT_SAY, note="value_empty")
        return self._answer(reply, AnswerStatus.FOUND, value)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _found(self, reply: Reply) -> bool:
        """Whether the source's own code lets the body be read."""
        held = self._config
        if not held.code_field:
            return True
        code = reply.text(held.code_field) or ""
        if code in _texts(held.ok_codes):
            return True
        if code in _texts(held.not_found_codes):
            return False
        if code in _texts(held.permanent_codes):
            raise Barred("source_barred", detail=f"code {code}", attempts=reply.attempts)
        if code in _texts(held.declined_codes):
            raise Refused("source_refused", origin=Origin.THEM, detail=f"code {code}", attempts=reply.attempts)
        if code in _texts(held.retry_codes):
            raise Unavailable("source_busy", origin=Origin.THEM, detail=f"code {code}", attempts=reply.attempts)
        raise reply.garbled("code_unknown", held.code_field)

    def _echoes(self, reply: Reply, question: Question, key: str, *, there: bool) -> None:
        """Raise Garbled where the answer is to another question; the echo of a record may be missing where there is none."""
        asked = {"key": key, "case": question.case_id, "fact": question.fact, "code": question.subject_code}
        for place, name in self._config.echo.items():
            told = reply.text(place, optional=not there)
            if told != asked[name] and (there or told is not None):
                raise reply.garbled("echo_differs", place)

    def _answer(self, reply: Reply, status: AnswerStatus, value: str | None = None, *, note: str = "") -> Answer:
        held = self._config
        as_of = reply.moment(held.as_of_field) if held.as_of_field else None
        version = (reply.text(held.version_field, optional=True) or "") if held.version_field else ""
        return Answer(status=status, value=value, provenance=reply.provenance(self.card, as_of=as_of, version=version), note=note)


def connect(name: str, config: Mapping[str, object]) -> HttpSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpSource(name, config)


def _told(question: Question) -> dict[str, object]:
    return {
        "fact": question.fact,
        "subject": {"kind": question.subject_kind.value, "code": question.subject_code},
        "claimed": question.claimed,
        "on": question.on.isoformat(),
        "case": question.case_id,
        "basis": question.basis,
    }


def _texts(codes: tuple[object, ...]) -> set[str]:
    return {("true" if code else "false") if isinstance(code, bool) else str(code) for code in codes}
