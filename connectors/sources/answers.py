"""What a source that speaks JSON is asked, and what its answer means: 200 for everything, its own code in the body."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations

from connectors.config import unfit
from connectors.http import WireConfig
from connectors.patience import lain
from connectors.records import since
from connectors.reply import Reply
from inspector.domain.evidence import blank
from inspector.ports import Answer, AnswerStatus, Barred, Card, Origin, Question, Refused, Unavailable
from inspector.purpose import purposeful

_ECHOED = ("key", "case", "fact", "code")
"""What of a question a source may repeat."""

LONGEST, LONGEST_VERSION = 4_000, 200
"""Characters of a value, as in a database or a delivery, and of a version."""

PARTS = (*_ECHOED, "kind", "claimed", "on", "basis")
"""What of a question may be put into a field."""

PERSONAL: Mapping[str, str] = {"code": "subject.code", "claimed": "claim.value"}
"""Which of them are personal data, as cards call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig(WireConfig):
    """Where things lie in the body (dotted names) and what the source's own codes mean.

    Codes are compared as text (`0`, `"0"` and `"00000"` are told as they come). An unlisted code is `Garbled`, never "no record".
    With an empty `code_field` the HTTP status alone speaks. `permanent_codes`: we are not let in, whatever is asked; `declined_codes`:
    not this question. `echo`: fields in which the source repeats what it was asked (`key`, `case`, `fact` or `code`), so that an answer
    to another question is recognised; where they name it whole, `reuse` may keep connections.

    `empty_words` are what the source writes where it has nothing to say, in any width and case; 无 is none of them until the settings
    say so, because it can be the very fact (no penalties: 无).

    `record`: it sends whole records, and knows no lesser answer; asked only about facts whose pack has a line for that (`record_basis`).
    `asks`: the fields of the question, each with what stands in it, instead of our own form; nothing else about the case leaves then.
    `always`: fields that are the same in every question.

    `json_in`: the field whose text is JSON of its own (`{"data": "{…}"}`); the dotted names go on through it.

    `live`: it is the register itself, so that an answer without a date is of the moment of asking, less what a cache says that it has lain
    there (`Age`). Of any other source such an answer is of nobody knows when: it is kept, and decides nothing. `as_of_in`: the date is a
    number of `seconds` or `milliseconds` since 1970.
    """

    path: str = ""
    record: bool = False
    asks: Mapping[str, str] = field(default_factory=dict)
    always: Mapping[str, object] = field(default_factory=dict)
    code_field: str = "code"
    ok_codes: tuple[object, ...] = (0,)
    not_found_codes: tuple[object, ...] = ()
    permanent_codes: tuple[object, ...] = ()
    declined_codes: tuple[object, ...] = ()
    retry_codes: tuple[object, ...] = ()
    json_in: str = ""
    value_field: str = "data.value"
    as_of_field: str = "data.as_of"
    as_of_in: str = ""
    live: bool = False
    version_field: str = "version"
    echo: Mapping[str, str] = field(default_factory=dict)
    empty_words: tuple[str, ...] = ("-", "--", "—", "——", "/", "N/A", "null")

    def bears(self, port: str) -> tuple[str, ...]:  # noqa: ARG002 - a source is asked, at whichever port
        """What of a question leaves and is personal."""
        return tuple(name for part, name in PERSONAL.items() if part in self.leaving)

    @property
    def leaving(self) -> Collection[str]:
        """The parts of a question that leave: all in our own form, else what `asks` names."""
        return set(self.asks.values()) or PARTS

    @property
    def names_question(self) -> bool:
        """Whether `echo` tells the question whole: its key, or the fact together with whose it is."""
        told = set(self.echo.values())
        return "key" in told or ("fact" in told and bool(told & {"case", "code"}))


class Answers:
    """Questions and answers of one source."""

    def __init__(self, config: SourceConfig, card: Card) -> None:
        """Raises Invalid (`connector_key_range`)."""
        for key, given, known in (("echo", config.echo, _ECHOED), ("asks", config.asks, PARTS)):
            if not set(given.values()) <= set(known):
                raise unfit(card.name, key, ", ".join(known))
        lists = ("ok_codes", "not_found_codes", "permanent_codes", "declined_codes", "retry_codes")
        for one, other in combinations(lists, 2):
            if both := set(texts(getattr(config, one))) & set(texts(getattr(config, other))):
                wanted = ("list_without_other", f"{min(both)} ({one})")
                raise unfit(card.name, other, wanted)
        self._since = since(card.name, config.as_of_in)
        self._config = config
        self._card = card
        self.name = card.name

    def asked(self, question: Question, key: str) -> dict[str, object]:
        """The body that asks. A question without its case and legal basis is refused before a byte leaves (数据最小够用).

        Raises Refused (`question_without_purpose`, `record_without_policy`).
        """
        told = self.fields(question, key)
        return told if self._config.asks else {**told, **_told(question)}

    def fields(self, question: Question, key: str) -> dict[str, object]:
        """What `asks` and `always` put into a question, by field. Raises as `asked` does."""
        held = parts(question, key, record=self._config.record)
        return {**self._config.always, **{place: held[part] for place, part in self._config.asks.items()}}

    def read(self, reply: Reply, question: Question, key: str) -> Answer:
        """What the source says.

        No record is `NOT_FOUND` (scenario 10). A record that is there and empty at this place is `CANNOT_SAY` with the note
        `value_empty`: it neither denies the record nor contradicts anybody.

        Raises as `found` does, and Garbled (the reply's, `echo_differs`).
        """
        reply = replace(reply, json_in=self._config.json_in)
        there, value = reply.value(self._config.value_field) if self.found(reply) else (False, None)
        self._echoes(reply, question, key, there=there)
        if not there:
            return self._answer(reply, AnswerStatus.NOT_FOUND)
        if value is None or blank(value, self._config.empty_words):
            return self._answer(reply, AnswerStatus.CANNOT_SAY, note="value_empty")
        if len(value) > LONGEST:  # a page of text in the place of a fact
            raise reply.garbled("field_type", f"{self._config.value_field}: too long for a fact")
        return self._answer(reply, AnswerStatus.FOUND, value)

    def none(self, reply: Reply) -> Answer:
        """That it has no such record, where it says so in another form than its answers have: of no date."""
        told = reply.provenance(self._card, as_of=None, version="")
        return Answer(status=AnswerStatus.NOT_FOUND, value=None, provenance=told)

    def found(self, reply: Reply) -> bool:
        """Whether the source's own code lets the body be read; False: it has no such record.

        Raises Barred (`source_barred`), Refused (`source_refused`), Unavailable (`source_busy`), Garbled (`code_unknown`).
        """
        held = self._config
        if not held.code_field:
            return True
        code = reply.text(held.code_field) or ""
        if code in texts(held.ok_codes):
            return True
        if self.negative(reply, code):
            return False
        raise reply.garbled("code_unknown", held.code_field, said=code)

    def negative(self, reply: Reply, code: str) -> bool:
        """Whether a code means that there is no such record; False for one that says nothing bad, or is in no list.

        Raises Barred (`source_barred`), Refused (`source_refused`), Unavailable (`source_busy`).
        """
        held, tried = self._config, reply.attempts
        if code in texts(held.permanent_codes):
            raise Barred("source_barred", detail=f"code {code}", attempts=tried)
        if code in texts(held.declined_codes):
            raise Refused("source_refused", origin=Origin.THEM, detail=f"code {code}", attempts=tried)
        if code in texts(held.retry_codes):
            raise Unavailable("source_busy", origin=Origin.THEM, detail=f"code {code}", attempts=tried)
        return code in texts(held.not_found_codes)

    def _echoes(self, reply: Reply, question: Question, key: str, *, there: bool) -> None:
        """Raise Garbled where the answer is to another question.

        The echo of a record may be missing where there is none, unless connections are kept: that there is none is about somebody, too.
        """
        asked = {"key": key, "case": question.case_id, "fact": question.fact, "code": question.subject_code}
        for place, name in self._config.echo.items():
            needed = there or self._config.reuse
            told = reply.text(place, optional=not needed)
            if told != asked[name] and (needed or told is not None):
                raise reply.garbled("echo_differs", place)

    def _answer(self, reply: Reply, status: AnswerStatus, value: str | None = None, *, note: str = "") -> Answer:
        held = self._config
        as_of = reply.moment(held.as_of_field, self._since) if held.as_of_field else None
        live = held.live
        # the register itself, and no cache before it: that one's answers are as old as it says, or of nobody knows when
        if live and as_of is None:
            age = lain(reply.headers, reply.asked_at)
            live, as_of = age is not None, reply.asked_at - age if age else None
        version = (reply.text(held.version_field, optional=True) or "") if held.version_field else ""
        if len(version) > LONGEST_VERSION:
            raise reply.garbled("field_type", f"{held.version_field}: too long for a version")
        return Answer(
            status=status,
            value=value,
            provenance=reply.provenance(self._card, as_of=as_of, version=version, live=live),
            note=note,
        )


def parts(question: Question, key: str, *, record: bool) -> dict[str, str]:
    """What of a question may be put into a field, by its name; `record`: whole records come back.

    Raises Refused (`question_without_purpose`, `record_without_policy`).
    """
    purposeful(question.case_id, question.basis)
    if record and not question.record:
        detail = "the interface sends whole records, and the pack has no record_basis for the fact"
        raise Refused("record_without_policy", origin=Origin.US, detail=detail, attempts=0)
    return {
        "key": key,
        "case": question.case_id,
        "fact": question.fact,
        "code": question.subject_code,
        "kind": question.subject_kind.value,
        "claimed": question.claimed,
        "on": question.on.isoformat(),
        "basis": question.basis,
    }


def texts(codes: tuple[object, ...]) -> set[str]:
    """Codes as replies are told."""
    return {("true" if code else "false") if isinstance(code, bool) else str(code) for code in codes}


def _told(question: Question) -> dict[str, object]:
    return {
        "fact": question.fact,
        "subject": {"kind": question.subject_kind.value, "code": question.subject_code},
        "claimed": question.claimed,
        "on": question.on.isoformat(),
        "case": question.case_id,
        "basis": question.basis,
    }
