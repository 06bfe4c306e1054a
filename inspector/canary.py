"""The canary of a source: one question about a record that its owner keeps for trials, asked by `connector check` alone.

It shows what taking connections does not: whether the source knows our credential, our form and our grant. `[sources.NAME.canary]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any
from uuid import uuid4

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.evidence import TOLERANCE, TOO_OLD, UNDATED
from inspector.ports import Answer, AnswerStatus, Question, Sighting, Source

KEY = "canary"
"""The key of a source's table that is ours and not the connector's own."""

ABOUT: Mapping[str, str] = {
    "fact": "the fact that is asked, as packs name it",
    "code": "the code of the record for trials, as its owner has given it: never that of a real firm or person",
    "basis": "what lets us ask, for example the agreement: a query without ground is refused",
    "subject_kind": "`FIRM` or `PERSON`; default: `FIRM`",
    "claimed": "what is promised of it, where the source wants to know; default: nothing",
    "expects": "what the source says of it: `found` or `not_found`; default: whichever",
}
"""The keys, with what each is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A canary question, with what should come of it."""

    fact: str
    code: str
    basis: str
    subject_kind: SubjectKind = SubjectKind.FIRM
    claimed: str = ""
    expects: AnswerStatus | None = None


def of(where: str, told: Mapping[str, Any]) -> Canary | None:
    """The canary in a source's table, or None. Raises Invalid (`canary_key_unknown`, `canary_value`)."""
    if KEY not in told:
        return None
    given = told[KEY]
    if not isinstance(given, Mapping):
        raise Invalid("canary_value", connector=where, key=KEY, wanted=f"{{{', '.join(ABOUT)}}}")
    for key, value in given.items():
        if key not in ABOUT:
            near = get_close_matches(str(key), list(ABOUT), n=1, cutoff=0.5)
            raise Invalid("canary_key_unknown", connector=where, key=key, nearest="".join(near), known=", ".join(ABOUT))
        if not isinstance(value, str):
            raise Invalid("canary_value", connector=where, key=key, wanted='"…"')
    for key in ("fact", "code", "basis"):
        if not given.get(key, "").strip():
            raise Invalid("canary_value", connector=where, key=key, wanted='"…"')
    kind, expects = given.get("subject_kind", SubjectKind.FIRM.value), given.get("expects")
    kinds, statuses = [one.value for one in SubjectKind], [AnswerStatus.FOUND.value, AnswerStatus.NOT_FOUND.value]
    if kind not in kinds:
        raise Invalid("canary_value", connector=where, key="subject_kind", wanted=", ".join(kinds))
    if expects is not None and expects not in statuses:
        raise Invalid("canary_value", connector=where, key="expects", wanted=", ".join(statuses))
    return Canary(
        fact=given["fact"],
        code=given["code"],
        basis=given["basis"],
        subject_kind=SubjectKind(kind),
        claimed=given.get("claimed", ""),
        expects=AnswerStatus(expects) if expects is not None else None,
    )


def flaws_of(section: str, name: str, told: Mapping[str, Any]) -> Iterator[Invalid]:
    """What of `flaws` is about one connector."""
    return flaws({section: {name: told}})


def flaws(sections: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Invalid]:
    """Every canary that cannot be; only sources are asked questions."""
    for section, held in sections.items():
        for name, told in held.items():
            try:
                if of(f"{section}.{name}", told) is not None and section != "sources":
                    yield Invalid("canary_no_source", connector=f"{section}.{name}")
            except Invalid as error:
                yield error


@dataclass(slots=True)
class Trial:
    """A source that is looked at by its canary question."""

    source: Source
    canary: Canary
    today: date
    known: Mapping[str, timedelta] | None = None
    """How long each fact of the packs holds at the longest; None: nobody has read them."""
    key: str = field(default_factory=lambda: f"canary:{uuid4().hex}")

    def look(self) -> Sequence[Sighting]:
        """Ask it. Raises as `Source.ask` does."""
        held = self.canary
        question = Question(
            case_id=KEY,
            basis=held.basis,
            fact=held.fact,
            subject_kind=held.subject_kind,
            subject_code=held.code,
            claimed=held.claimed,
            on=self.today,
            record=True,  # about a record for trials, an interface that sends whole records may send it
        )
        answer = self.source.ask(question, key=self.key)
        facts = {"fact": held.fact, "status": answer.status}
        sings = Sighting(code="canary_sings", facts=facts)
        if held.expects not in (None, answer.status):
            sings = Sighting(code="canary_otherwise", facts={**facts, "expected": str(held.expects)}, fine=False)
        return (sings, *self._idle(answer))

    def _idle(self, answer: Answer) -> Iterator[Sighting]:
        """Why an answer like this one decides nothing, however well it came: of no day, of one to come, too old, or for no pack."""
        fact, told = self.canary.fact, answer.provenance
        if self.known is not None and fact not in self.known:
            near = get_close_matches(fact, [*self.known], n=1, cutoff=0.5)
            yield Sighting(code="canary_fact_unknown", facts={"fact": fact, "nearest": "".join(near)}, fine=False)
        if answer.status is AnswerStatus.CANNOT_SAY and answer.note not in (TOO_OLD, UNDATED):
            yield Sighting(code="canary_says_nothing", facts={"note": answer.note or "-"}, fine=False)
        elif told.as_of is None:
            if not told.live and (answer.status is AnswerStatus.FOUND or answer.note == UNDATED):
                yield Sighting(code="canary_undated", facts={}, fine=False)
        elif told.as_of - told.asked_at > TOLERANCE:
            yield Sighting(code="canary_ahead", facts={"as_of": f"{told.as_of:%Y-%m-%d}"}, fine=False)
        elif answer.note == TOO_OLD or told.asked_at - told.as_of > (self.known or {}).get(fact, timedelta.max):
            yield Sighting(code="canary_old", facts={"as_of": f"{told.as_of:%Y-%m-%d}"}, fine=False)

    def close(self) -> None:
        """Let go of the wire."""
        close = getattr(self.source, "close", None)
        if close is not None:
            close()
