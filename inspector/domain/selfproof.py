"""Self-proof (自证): the subject is asked by a one-time link to show something that proves a promised fact, before anybody is sent.

What comes in is material and no verdict: until a person has read it the evidence says `cannot_say`. Nobody is obliged to show anything,
least of all the certificate that the commitment stands for; silence, "I cannot" and "I will not" end in the next way and speak
against nobody (the plan, items 2, 4 and 7; handbook 2.2, 7.10, scenarios 9, 10, 14).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.assistance import Door, Past
from inspector.domain.calendar import SHANGHAI, Counting, Due, WorkingCalendar, due, reminder
from inspector.domain.case import Case, CaseState
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict, blank, reading
from inspector.domain.material import MaterialKind
from inspector.domain.person import refuse_nameless
from inspector.domain.policy import Compare, Policy
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer

MOST = 10
"""Files that one question takes: who has more to show brings it to the counter."""

WAITS = frozenset({OrderKind.SELF_PROOF_REMIND, OrderKind.SELF_PROOF_DUE, OrderKind.SELF_PROOF_READ})
"""Every wait of a self-proof. One that is open has at least one of them before it."""
ASKED = WAITS - {OrderKind.SELF_PROOF_READ}
"""Those that are over as soon as the subject has said something."""

OBSOLETE, AGAIN = "timer.obsolete", "self_proof.again"
"""Rules of decisions after which nothing is written: a wait that has lost its purpose, and what was said already."""


class ProofState(StrEnum):
    """Where a self-proof stands. `HANDED`: its link was given out, and the term runs from then. `READ`: a person has read what came."""

    ASKED = "ASKED"
    HANDED = "HANDED"
    RECEIVED = "RECEIVED"
    READ = "READ"
    UNABLE = "UNABLE"
    UNANSWERED = "UNANSWERED"
    CANCELLED = "CANCELLED"

    @property
    def asked(self) -> bool:
        """Whether the subject has said nothing yet, and may still."""
        return self in (ProofState.ASKED, ProofState.HANDED)

    @property
    def open(self) -> bool:
        """Whether the case's way waits for it: for the subject, or for a person who reads."""
        return self.asked or self is ProofState.RECEIVED


class Unable(StrEnum):
    """Why nothing is shown. `ONLY_CERTIFICATE`: nothing else shows it than what need not be brought."""

    ONLY_CERTIFICATE = "ONLY_CERTIFICATE"
    NOT_HELD = "NOT_HELD"
    TOO_HARD = "TOO_HARD"
    UNWILLING = "UNWILLING"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One file that was shown: SHA-256 of the bytes as they came (`received`) and of those that are kept (`digest`), never its name."""

    digest: str
    received: str
    kind: MaterialKind
    size: int
    remark: str
    at: datetime
    door: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a person has read in the material: `on` is the day that it is of, `of` the digests of the files that were read.

    Empty where there is one file alone, and nothing else that it could be of.
    """

    verdict: Verdict
    value: str
    on: date | None
    reasons: str
    by: str
    at: datetime
    late: bool = False
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfProof:
    """One question to the subject of one case about one claim. `shows` is what is fit, as the pack says it.

    `due_at` binds nobody to anything: after it the case takes its next way. `read_by`: when an officer is to have read what came.
    `moved_on`: the case has taken its next way, so that whatever comes is late, and still evidence for a person. `turn` counts the
    clocks.
    """

    id: str
    case_id: str
    agency: str
    claim: str
    question: Mapping[str, object]
    shows: str
    basis: str
    state: ProofState
    opened_at: datetime
    due_at: datetime
    due_counted: Counting
    due_provisional: bool
    handed_at: datetime | None = None
    handed_by: str = ""
    seen_at: datetime | None = None
    ended_at: datetime | None = None
    read_by: datetime | None = None
    read_counted: Counting | None = None
    materials: tuple[Material, ...] = ()
    unable: Unable | None = None
    reasons: str = ""
    readings: tuple[Reading, ...] = ()
    moved_on: bool = False
    turn: int = 0
    history: tuple[Past, ...] = ()

    def key(self, kind: OrderKind) -> str:
        """The key of a wait of the present clock."""
        return f"{kind.value}:{self.id}:{self.turn}"

    def keys(self, kinds: frozenset[OrderKind]) -> list[str]:
        """The keys of these waits, of every clock there was."""
        return [f"{kind.value}:{self.id}:{turn}" for turn in range(self.turn + 1) for kind in kinds]


def hears(case: Case, proof: SelfProof) -> bool:
    """Whether something that is shown now would be kept: while the case is not over, also after the date; not what was proven already."""
    if case.state not in (CaseState.VERIFYING, CaseState.REVIEW) or proof.state is ProofState.CANCELLED:
        return False
    return not (proof.state is ProofState.READ and proof.readings[-1].verdict is Verdict.MATCH)


def ask(case: Case, order: Order, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[SelfProof]:
    """Open the question from the verification's order. The link is handed over by whoever can reach the subject, and they hear so."""
    said = order.payload
    fact = policy.item(str(said["item"])).fact(str(said["fact"]))
    row = policy.term(Timer.SELF_PROOF)
    term = due(now, row.term, calendar, StartEvent.PROOF_ASKED)
    proof = SelfProof(
        id=f"{case.id}.{said['claim']}.{said['step']}",
        case_id=case.id,
        agency=case.agency,
        claim=str(said["claim"]),
        question={name: said[name] for name in ("item", "fact", "claimed", "on", "kind", "code")},
        shows=fact.self_proof.shows if fact.self_proof is not None else "",
        basis=str(said["basis"]),
        state=ProofState.ASKED,
        opened_at=now,
        due_at=term.at,
        due_counted=term.counted,
        due_provisional=term.provisional,
    )
    told = Told(type="self_proof.asked", data={"self_proof": proof.id, "claim": proof.claim, "due_at": proof.due_at.isoformat()})
    because = _because(proof, "self_proof.ask", policy.label, due_at=proof.due_at.isoformat())
    because = replace(because, basis=(proof.basis, row.basis))
    return Decision(
        state=_noted(proof, because.rule, now), because=because, orders=_waits(proof, policy, calendar, now), told=(told,)
    )


def hand(proof: SelfProof, by: str, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[SelfProof]:
    """The link is given out. The first time, and the first after a calling back, the term begins anew: nobody's time runs who has not

    heard of the question.
    """
    refuse_nameless(by)
    because = _because(proof, "self_proof.hand", policy.label, by=by)
    if proof.state is not ProofState.ASKED:
        return Decision(state=_noted(proof, because.rule, now, by), because=because)
    term = due(now, policy.term(Timer.SELF_PROOF).term, calendar, StartEvent.PROOF_HANDED)
    held = _dated(replace(proof, state=ProofState.HANDED, handed_at=now, handed_by=by, turn=proof.turn + 1), term)
    because = replace(because, facts={**because.facts, "due_at": held.due_at.isoformat()})
    orders = _waits(held, policy, calendar, now)
    return Decision(state=_noted(held, because.rule, now, by), because=because, orders=orders, ends=ASKED)


def call_back(proof: SelfProof, by: str, reason: str, now: datetime, pack: str) -> Decision[SelfProof]:
    """The link that was given out opens nothing any more: who has said nothing yet has not been asked, and the next one winds the term."""
    because = Because(rule="self_proof.link", basis=(proof.basis,), pack=pack, facts={"by": by, "reason": reason})
    if not proof.state.asked:
        return Decision(state=proof, because=because)
    held = replace(proof, state=ProofState.ASKED, handed_at=None, handed_by="", seen_at=None)
    return Decision(state=_noted(held, because.rule, now, by, reason), because=because)


def seen(proof: SelfProof, now: datetime) -> SelfProof:
    """The page was opened for the first time; opening it uses nothing up, and no decision follows from it."""
    return proof if proof.seen_at is not None else replace(proof, seen_at=now)


def receive(
    proof: SelfProof, material: Material, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[SelfProof]:
    """Something was shown. The same bytes once more are the same file; what comes after the date is late, and read all the same.

    Raises Refusal (`materials_many`). An officer is to read it within the pack's term of a review.
    """
    facts: dict[str, object] = {"digest": material.digest, "received": material.received, "size": material.size}
    because = _because(proof, "self_proof.receive", policy.label, kind=material.kind.value, **facts, **_door(material))
    if any(material.received in (one.received, one.digest) for one in proof.materials):
        return Decision(state=proof, because=replace(because, rule=AGAIN))
    if len(proof.materials) >= MOST:
        raise Refusal("materials_many", most=MOST)
    held = replace(proof, materials=(*proof.materials, material))
    if proof.state is ProofState.RECEIVED:
        return Decision(state=_noted(held, because.rule, now), because=because)
    row = policy.term(Timer.REVIEW)
    term = due(now, row.term, calendar, StartEvent.MATERIAL_RECEIVED)
    held = replace(
        held,
        state=ProofState.RECEIVED,
        ended_at=None,
        read_by=term.at,
        read_counted=term.counted,
        moved_on=not proof.state.open,
        turn=proof.turn + 1,
    )
    because = replace(because, basis=(proof.basis, row.basis), facts={**because.facts, "read_by": term.at.isoformat()})
    wait = _wait(held, OrderKind.SELF_PROOF_READ, term.at)
    told = Told(type="self_proof.received", data={"self_proof": held.id, "claim": held.claim, "due_at": held.due_at.isoformat()})
    return Decision(state=_noted(held, because.rule, now), because=because, orders=(wait,), told=(told,), ends=WAITS)


def decline(proof: SelfProof, unable: Unable, reasons: str, now: datetime, pack: str, door: Door) -> Decision[SelfProof]:
    """The subject cannot or will not show anything, and says why: the next way begins, and nothing is held against anybody.

    Raises Refusal where something was shown or the question is over, Invalid where "other" says nothing.
    """
    if not proof.state.asked:
        raise Refusal("self_proof_over", state=proof.state)
    if unable is Unable.OTHER and blank(reasons):
        raise Invalid("unable_words_missing", field="reasons")
    told = {"unable": unable.value, "reasons": reasons, "door": door.name if door.token else "subject", "token": door.token}
    because = _because(proof, "self_proof.unable", pack, **{name: text for name, text in told.items() if text})
    held = replace(proof, state=ProofState.UNABLE, unable=unable, reasons=reasons, ended_at=now)
    return Decision(state=_noted(held, because.rule, now, said=reasons), because=because, ends=WAITS)


def push(proof: SelfProof, lane: str, now: datetime, word: str = "") -> Order:
    """The order to bring the link to the subject by the channel that reaches him or her; useless from the date on."""
    return Order(
        kind=OrderKind.SELF_PROOF_ASK,
        key=f"{OrderKind.SELF_PROOF_ASK.value}:{proof.id}:{proof.turn}{word}",
        due_at=now,
        urgent_by=proof.due_at,
        lane=lane,
        case_id=proof.case_id,
        expires_at=proof.due_at,
        payload={"self_proof": proof.id},
    )


def remind(proof: SelfProof, now: datetime, pack: str) -> Decision[SelfProof]:
    """The date comes near: whoever can reach the subject hears so."""
    because = _because(proof, "self_proof.remind", pack)
    if not proof.state.asked or now >= proof.due_at:
        return Decision(state=proof, because=replace(because, rule=OBSOLETE))
    return Decision(
        state=_noted(proof, because.rule, now),
        because=because,
        told=(
            Told(
                type="self_proof.reminded",
                data={"self_proof": proof.id, "claim": proof.claim, "due_at": proof.due_at.isoformat()},
            ),
        ),
    )


def silent(proof: SelfProof, now: datetime, pack: str) -> Decision[SelfProof]:
    """The date has passed and nothing was said: no answer, and the case takes its next way."""
    because = _because(proof, "self_proof.silent", pack, handed=proof.handed_at is not None)
    if not proof.state.asked:
        return Decision(state=proof, because=replace(because, rule=OBSOLETE))
    held = replace(proof, state=ProofState.UNANSWERED, ended_at=now)
    return Decision(state=_noted(held, because.rule, now), because=because, ends=WAITS)


def put_off(
    proof: SelfProof, term: Due, facts: Mapping[str, object], policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[SelfProof]:
    """Nobody could show anything while our house was shut, and its date came in that time: the date is another one (`domain.shut`)."""
    held = _dated(replace(proof, turn=proof.turn + 1), term)
    told: dict[str, object] = {"was_due": proof.due_at.isoformat(), "due_at": held.due_at.isoformat(), **facts}
    because = _because(proof, "self_proof.shut", policy.label, **told)
    orders = _waits(held, policy, calendar, now)
    return Decision(state=_noted(held, because.rule, now), because=because, orders=orders, ends=ASKED)


def unread(proof: SelfProof, pack: str) -> Decision[SelfProof]:
    """Nobody has read what was shown by the date: a person hears so, and it is awaited as before."""
    because = _because(proof, "self_proof.unread", pack)
    rule = because.rule if proof.state is ProofState.RECEIVED else OBSOLETE
    return Decision(state=proof, because=replace(because, rule=rule))


def read(proof: SelfProof, told: Reading, rule: Compare, pack: str, values: Sequence[str] = ()) -> Decision[SelfProof]:
    """A named person says what the material says: it proves the fact, contradicts it (a lead), or says neither, with reasons.

    Raises Refusal where nothing waits to be read, or where there is more than was read: what came while somebody read lies unread.
    Invalid for what a reading lacks, and what `reading` raises where verdict and value contradict each other. The day that the material
    is of decides whether it can speak of the claimed one, so none is left out.
    """
    if proof.state is not ProofState.RECEIVED:
        raise Refusal("self_proof_unreceived", state=proof.state)
    there = [one.digest for one in proof.materials]
    if strange := sorted({*told.of} - {*there}):
        raise Refusal("reading_of_none", unknown=", ".join(strange), files=", ".join(there))
    missing = [one for one in there if one not in told.of]
    if missing and (told.of or len(there) > 1):
        raise Refusal("reading_of_others", missing=", ".join(missing), files=", ".join(there))
    refuse_nameless(told.by)
    if told.verdict not in (Verdict.MATCH, Verdict.MISMATCH, Verdict.CANNOT_SAY):
        raise Invalid("reading_unfit", field="verdict", known="match, mismatch, cannot_say")
    if told.verdict is not Verdict.MATCH and blank(told.reasons):
        raise Invalid("reading_words_missing", field="reasons")
    if told.verdict is not Verdict.CANNOT_SAY and told.on is None:
        raise Invalid("material_day_missing", field="of_day")
    came = proof.materials[-1].at.astimezone(SHANGHAI).date()
    if told.on is not None and told.on > came:
        raise Invalid("material_day_ahead", field="of_day", day=told.on.isoformat(), came=came.isoformat())
    if told.verdict is not Verdict.CANNOT_SAY:
        reading(told.verdict, told.value, str(proof.question["claimed"]), rule, values)
    facts: dict[str, object] = {"verdict": told.verdict.value, "by": told.by, "digests": there}
    facts |= {name: text for name, text in (("value", told.value), ("reasons", told.reasons)) if text}
    facts |= {"of_day": told.on.isoformat()} if told.on is not None else {}
    because = _because(proof, "self_proof.read", pack, **facts)
    readings = (*proof.readings, replace(told, late=proof.moved_on))
    held = replace(proof, state=ProofState.READ, ended_at=told.at, readings=readings)
    return Decision(state=_noted(held, because.rule, told.at, told.by, told.reasons), because=because, ends=WAITS)


def cancel(proof: SelfProof, now: datetime, pack: str) -> Decision[SelfProof]:
    """The case is over, or says something else now: nothing need be shown any more."""
    because = _because(proof, "self_proof.cancel", pack)
    if proof.state is ProofState.CANCELLED:
        return Decision(state=proof, because=replace(because, rule=OBSOLETE))
    held = replace(proof, state=ProofState.CANCELLED if proof.state.open else proof.state, ended_at=proof.ended_at or now)
    return Decision(state=_noted(held, because.rule, now), because=because, ends=WAITS)


def _because(proof: SelfProof, rule: str, pack: str, **facts: object) -> Because:
    return Because(rule=rule, basis=(proof.basis,), pack=pack, facts={"claim": proof.claim, **facts})


def _door(material: Material) -> dict[str, object]:
    return {name: text for name, text in (("door", material.door), ("token", material.token)) if text}


def _noted(proof: SelfProof, rule: str, now: datetime, who: str = "", said: str = "") -> SelfProof:
    return replace(proof, history=(*proof.history, Past(at=now, rule=rule, who=who, said=said)))


def _dated(proof: SelfProof, term: Due) -> SelfProof:
    return replace(proof, due_at=term.at, due_counted=term.counted, due_provisional=term.provisional)


def _waits(proof: SelfProof, policy: Policy, calendar: WorkingCalendar, now: datetime) -> tuple[Order, ...]:
    """The date, and a reminder of it where the pack has one and there is time for it, as rows."""
    row = policy.terms.get(Timer.SELF_PROOF_REMIND)
    soon = reminder(proof.due_at, row.term.amount, calendar) if row is not None else now
    before = (_wait(proof, OrderKind.SELF_PROOF_REMIND, soon),) if soon > now else ()
    return (*before, _wait(proof, OrderKind.SELF_PROOF_DUE, proof.due_at))


def _wait(proof: SelfProof, kind: OrderKind, at: datetime) -> Order:
    return Order(
        kind=kind,
        key=proof.key(kind),
        due_at=at,
        urgent_by=at,
        case_id=proof.case_id,
        payload={"self_proof": proof.id, "turn": proof.turn},
    )
