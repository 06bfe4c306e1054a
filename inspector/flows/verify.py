"""Verification's own work: look a level up, ask a source, and the date by which it must be over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from inspector.domain import credit, verification
from inspector.domain.case import Case, CaseState, Claim, LevelReason, Method, Rated, SubjectKind
from inspector.domain.errors import Invalid, Missing
from inspector.domain.evidence import FORM, UNLISTED, UNREAD, Evidence, Verdict
from inspector.domain.policy import Policy
from inspector.domain.restated import Brought
from inspector.flows import late, restating
from inspector.flows.intake import known_level
from inspector.flows.judge import judge
from inspector.flows.left import wait_where_left
from inspector.flows.office import Office
from inspector.flows.settle import Settlement, settle_case
from inspector.flows.usable import rated, spoken, usable
from inspector.ports import Answer, Garbled, PortError, Question, Refused, Unavailable
from inspector.purpose import purposeful
from inspector.store.credit import Became, Stated, Statement
from inspector.store.tables import EPOCH
from inspector.store.tx import Tx
from inspector.store.work import Work

log = structlog.get_logger(__name__)

PATIENCE_OVER = "patience_over"
"""The note where every try was spent and no error tells why."""


CLOCK_DIFFERS = "clock_differs"
"""The matter of a source whose clock is far from ours; it speaks against nobody, and is over when they agree again."""

ANSWER_GARBLED = "answer_garbled"
"""The matter of a source that answers in another form; one for each source and agency, over by a person, or when it answers in form
and has for a while given no garble (`quieten`): one that garbles now and then is told as well."""

VALUE_UNREAD = "value_unread"
"""The matter of a source whose words are no value by the pack's rule or list: a person reads them and asks whoever runs it."""

_DIGESTS = 5
"""How many different answers such a matter tells apart: an error page that bears its time is another one each time."""

LEVEL_CONFLICT = "level_conflict"
"""The matter of two different levels that were stated of one moment: the first stands, and a person asks which is right."""

LEVEL_OFF_SCALE = "level_off_scale"
"""The matter of a platform that states a level which no pack of the office knows: it counts as unrated, and is not kept."""


def rate(work: Work, office: Office) -> Settlement:
    """Look a firm's credit level up and choose the strategy by it."""
    platform = office.connectors.credit.get(work.lane)
    if platform is None:
        wait_where_left(office, work.lane, "connector_not_configured")
        return _unrated(work, office, LevelReason.LOOK_UP_FAILED, error="connector_not_configured")
    kind, code = SubjectKind(work.payload["kind"]), str(work.payload["code"])
    try:
        basis = str(work.payload.get("basis") or _basis(work, office))
        purposeful(str(work.case_id), basis)
        rating = rated(platform.level(kind, code, key=work.key, case_id=str(work.case_id), basis=basis))
    except (Refused, Garbled) as error:
        return _unrated(work, office, LevelReason.LOOK_UP_FAILED, failed=error, error=error.code).after(error)
    tries = rating.provenance.attempts
    if rating.level is None:
        return _answered(_unrated(work, office, LevelReason.NOT_RATED), tries)
    level, source = rating.level, rating.provenance.source
    as_of = rating.as_of or (office.now() if rating.current else None)
    if as_of is None:  # of when it is nobody knows, so neither does anybody know whether it still holds
        return _answered(_unrated(work, office, LevelReason.UNDATED, stated=level, stated_by=source), tries)

    def write(tx: Tx, now: datetime) -> None:
        held = tx.credit.level(kind, code)
        stands = held if held is not None and held[1] == as_of else (level, as_of, source)  # of one moment the first
        if not _choose(tx, office, work, now, lambda policy: credit.rated(policy, *stands, now), than=as_of):
            return
        if not office.rates(level):  # kept it would stand in the way of what is known, and count as unrated with every pack
            facts = {"connector": work.lane, "level": level, "known": ", ".join(office.scale), "case": str(work.case_id)}
            agency = tx.cases.get(str(work.case_id)).agency
            tx.attention.open(LEVEL_OFF_SCALE, agency, f"{work.lane}:{agency}", facts, now)
            return
        became = tx.credit.state(kind, code, level, as_of, source)
        if held is not None:  # of a first one the case itself says what it is
            told = Became(said=Statement(code=code, level=level, as_of=as_of, source=source), what=became, held=held[:2])
            restating.note(office, tx, [told], Brought(by=work.lane, source=source), now)
        if became is Stated.CONFLICT:
            case_id, facts = str(work.case_id), {"stands": stands[0], "by": stands[2], "stated": level, "stated_by": source}
            tx.attention.open(LEVEL_CONFLICT, tx.cases.get(case_id).agency, case_id, facts, now)

    return _answered(Settlement(write=write, outcome="rated"), tries)


def _basis(work: Work, office: Office) -> str:
    """By what a level may be asked for, of a look-up that was ordered by a release which did not write it down."""
    with office.store.read() as tx:
        case = tx.cases.get(str(work.case_id))
    return office.book.get(case.pack).item(case.item).basis


def _answered(settlement: Settlement, tries: int) -> Settlement:
    """What a platform has said is written alike in time and late: which of the two it is, the case tells (`_choose`)."""
    return replace(settlement, attempts=tries, late=settlement.write)


def give_up_rating(work: Work, office: Office, error: PortError | None) -> Settlement:
    """No level could be had: the case goes on as unrated, never as good and never as bad (handbook 2.1)."""
    return _unrated(work, office, LevelReason.LOOK_UP_FAILED, error=error.code if error else PATIENCE_OVER)


def ask(work: Work, office: Office) -> Settlement:
    """Put one question to one source and weigh what comes back."""
    said = work.payload
    source = office.connectors.sources.get(str(said["via"]))
    if source is None:
        wait_where_left(office, str(said["via"]), "source_not_configured")
        return _weigh(work, office, _unasked(work, office, office.now())).unasked()
    question = Question(
        case_id=str(work.case_id),
        basis=str(said["basis"]),
        fact=str(said["fact"]),
        subject_kind=SubjectKind(said["kind"]),
        subject_code=str(said["code"]),
        claimed=str(said["claimed"]),
        on=date.fromisoformat(str(said["on"])),
        record=bool(said.get("record")),
    )
    began = office.now()
    try:
        purposeful(question.case_id, question.basis)
        answer = usable(source.ask(question, key=work.key))
    except Unavailable as error:
        error.began = error.began or began
        raise
    except (Refused, Garbled) as error:
        found = _no_answer(work, office, Verdict.CANNOT_SAY, error.code, began)
        if isinstance(error, Garbled):
            sent, came, code = spoken(error)
            found = replace(found, request_digest=sent, reply_digest=came, remark=code)
        return replace(_weigh(work, office, found, failed=error), late=_late(work, office, found, failed=error)).after(error)
    late_too = _late(work, office, answer, began=began)
    return replace(_weigh(work, office, answer, began=began), attempts=answer.provenance.attempts, late=late_too)


def give_up_asking(work: Work, office: Office, error: PortError | None) -> Settlement:
    """All tries are spent: no answer, and the next way begins. Nothing is said about the subject (scenario 9)."""
    code = error.code if error else PATIENCE_OVER
    began = error.began if error is not None else None
    found = _no_answer(work, office, Verdict.NO_ANSWER, code, began or office.now())
    asked_now = error is None or error.attempts > 0  # else the tries that came before are all there were
    return _weigh(work, office, found if asked_now else replace(found, attempts=work.attempts - 1))


def due(work: Work, office: Office) -> Settlement:
    """The verification term has run out."""

    def write(tx: Tx, now: datetime) -> None:
        case = tx.cases.get(str(work.case_id), lock=True)
        policy = office.book.get(case.pack)
        decision = verification.overdue(case, policy, now, office.calendar)
        if decision.because.rule != "timer.obsolete":
            settle_case(tx, office, decision, policy, now)

    return Settlement(write=write)


def _unrated(work: Work, office: Office, reason: LevelReason, *, failed: PortError | None = None, **facts: str) -> Settlement:
    """The case goes on as unrated, unless the house knows better; of a platform's answer in no form a person hears, as of a source."""

    def write(tx: Tx, now: datetime) -> None:
        if isinstance(failed, Garbled):
            garbled(tx, tx.cases.get(str(work.case_id)), work.lane, failed, now)
        _choose(tx, office, work, now, lambda policy: credit.rated_unknown(policy, reason, **facts))

    return Settlement(write=write, outcome="unrated")


def _choose(
    tx: Tx, office: Office, work: Work, now: datetime, said: Callable[[Policy], Rated], *, than: datetime | None = None
) -> bool:
    """Choose the strategy of a case that waits for its level; in one that does not, note what came late. False: gone.

    A case that was corrected meanwhile may wait for its level again: then the answer, which is about the same subject, serves. A level
    that came in meanwhile, newer `than` the answer, and that counts goes before it: so would the next case of the subject be rated.
    """
    case = tx.cases.get(str(work.case_id), lock=True)
    if case.state.gone:
        return False
    policy = office.book.get(case.pack)
    held = known_level(tx, policy, case.subject, now)
    newer = held is not None and held.as_of is not None and (than is None or held.as_of > than)
    rated = held if held is not None and newer else said(policy)
    if case.state is CaseState.RATING:
        settle_case(tx, office, verification.choose(case, policy, rated, now, office.calendar), policy, now)
    else:
        late.note(tx, case, rated, policy, now)
    return True


def _weigh(
    work: Work, office: Office, answer: Answer | Evidence, *, failed: PortError | None = None, began: datetime | None = None
) -> Settlement:
    """Judge an answer by the pack's rule for the fact, keep it as evidence, and let the domain decide."""

    def write(tx: Tx, now: datetime) -> None:
        case = tx.cases.get(str(work.case_id), lock=True)
        policy = office.book.get(case.pack)
        found = _found(tx, office, work, case, answer, failed, now, began)
        tx.cases.add_evidence(case, found)
        settle_case(tx, office, verification.weigh(case, found, policy, now, office.calendar), policy, now)

    verdict = answer.verdict.value if isinstance(answer, Evidence) else answer.status.value
    return Settlement(write=write, outcome=verdict)


def _late(
    work: Work, office: Office, answer: Answer | Evidence, *, failed: PortError | None = None, began: datetime | None = None
) -> Callable[[Tx, datetime], None]:
    """What to write where the question was over before it was answered: by its date, or by a correction of what was promised."""

    def write(tx: Tx, now: datetime) -> None:
        case = tx.cases.get(str(work.case_id), lock=True)
        if not case.state.gone:
            late.keep(tx, office, case, _found(tx, office, work, case, answer, failed, now, began), asked(work.payload), now)

    return write


def asked(said: Mapping[str, object]) -> Claim:
    """The claim as a question has put it; the case may claim something else by now."""
    on = date.fromisoformat(str(said["on"]))
    return Claim(key=str(said["claim"]), fact=str(said["fact"]), value=str(said["claimed"]), on=on)


def _found(
    tx: Tx,
    office: Office,
    work: Work,
    case: Case,
    answer: Answer | Evidence,
    failed: PortError | None,
    now: datetime,
    began: datetime | None,
) -> Evidence:
    """An answer as evidence about the claim that was asked about, by the item of that day; of a garbled one a person hears.

    So does one of a clock that is far from ours: the answer stays what it is.
    """
    if isinstance(failed, Garbled):
        garbled(tx, case, work.lane, failed, now)
    claim = asked(work.payload)
    if isinstance(answer, Evidence):
        return office.watch.heed(tx, work.lane, claim.fact, answer)
    if answer.clock:
        off = {"connector": work.lane, "seconds": round(answer.clock.total_seconds())}
        tx.attention.open(CLOCK_DIFFERS, case.agency, f"{work.lane}:{case.agency}", off, now)
    elif answer.clock is not None:
        for told in (f"{work.lane}:{case.agency}", work.lane):  # former releases told one agency for all
            tx.attention.close(f"{CLOCK_DIFFERS}:{told}", now)
    fact = office.book.get(case.pack).item(str(work.payload["item"])).fact(claim.fact)
    found = judge(work.key, claim, fact, answer, now, method(work.payload), began=began)
    if found.note in (UNLISTED, UNREAD):
        _unread(tx, case, work.lane, found, now)
    return office.watch.heed(tx, work.lane, claim.fact, found)


def garbled(tx: Tx, case: Case, source: str, error: Garbled, now: datetime) -> None:
    """Tell a person that a source's answer cannot be understood: once for the source, with how many there were and of which bytes.

    With the day of the last one, and their own codes where they gave some that are in no list.
    """
    digest, said = error.digest, spoken(error)[2]
    log.warning("answer.garbled", connector=source, error=error.code, digest=digest, said=said, case_id=case.id)

    def more(told: Mapping[str, Any]) -> dict[str, object]:
        return {
            "source": source,
            "count": told.get("count", 0) + 1,
            "digests": _counted(told.get("digests", {}), digest),
            "codes": _counted(told.get("codes", {}), said) if said else told.get("codes", {}),
            "case": case.id,
            "last": now.isoformat(),
        }

    tx.attention.add(ANSWER_GARBLED, case.agency, f"{source}:{case.agency}", more, now)


def _counted(told: Mapping[str, int], one: str) -> dict[str, int]:
    """Once more of one, which is the newest now; only the newest few are told apart."""
    others = {other: count for other, count in told.items() if other != one}
    return {**dict(list(others.items())[1 - _DIGESTS :]), one: told.get(one, 0) + 1}


def last_garbled(tx: Tx) -> dict[str, datetime]:
    """When each source garbled last that is a matter now, by source; before all time where a former release did not write it."""
    last: dict[str, datetime] = {}
    for told in tx.attention.standing(ANSWER_GARBLED):
        at = datetime.fromisoformat(told["last"]) if "last" in told else EPOCH
        last[told["source"]] = max(at, last.get(told["source"], EPOCH))
    return last


def quieten(tx: Tx, source: str, quiet: timedelta, now: datetime) -> datetime | None:
    """A source answers in form: its matters are over if it has garbled nothing for so long. When it last did, where they are not."""
    matters = f"{ANSWER_GARBLED}:{source}:"
    tx.attention.hold(matters, those=True)  # another daemon may tell more of it just now
    last = last_garbled(tx).get(source)
    if last is not None and now - last < quiet:
        return last
    tx.attention.close_those(matters, now)
    return None


def _unread(tx: Tx, case: Case, source: str, found: Evidence, now: datetime) -> None:
    """Give to a person what stands in a source's field and is no value by the pack: once for the source, with where the last few stand.

    It may be the register's own writing, which the pack's list lacks, and it may be the words of an outage. They stay in the evidence of
    their cases, by which they go (`worded`); the same word is named once.
    """

    def more(told: Mapping[str, Any]) -> dict[str, object]:
        others = [one for one in told.get("pieces", ()) if worded(tx, [one]) != [found.found]]
        kept = [*others, {"case": case.id, "evidence": found.id}][-_DIGESTS:]
        return {"source": source, "count": told.get("count", 0) + 1, "pieces": kept, "case": case.id}

    tx.attention.add(VALUE_UNREAD, case.agency, f"{source}:{case.agency}", more, now)


def worded(tx: Tx, pieces: Sequence[Mapping[str, Any]]) -> list[str]:
    """What stands in pieces of evidence that a matter names, of those that are there and say something still."""
    held = tx.cases.evidence_of(sorted({str(one["case"]) for one in pieces}))
    found = {piece.id: piece.found for some in held.values() for piece in some}
    return [word for one in pieces if (word := found.get(str(one["evidence"]), ""))]


def method(said: Mapping[str, object]) -> Method:
    """By which way a question was put; the rows of a former release say none, and had one."""
    return Method(str(said.get("method", Method.ONLINE_QUERY)))


def _unasked(work: Work, office: Office, now: datetime) -> Evidence:
    """There is no such source here: nobody was asked, so there was no try."""
    return replace(_no_answer(work, office, Verdict.CANNOT_SAY, "source_not_configured", now), attempts=0)


def _no_answer(work: Work, office: Office, verdict: Verdict, note: str, asked_at: datetime) -> Evidence:
    """What is known of a question without an answer: whom it was put to, when the last try began, and how long the fact would hold."""
    source = office.connectors.sources.get(str(work.payload["via"]))
    return Evidence(
        id=work.key,
        claim=str(work.payload["claim"]),
        method=method(work.payload),
        via=str(work.payload["via"]),
        verdict=verdict,
        fresh=False,
        asked_at=asked_at,
        as_of=None,
        note=note,
        attempts=work.attempts,
        owner=source.card.owner if source is not None else "",
        valid_for=_valid_for(office, work),
        form=FORM,
    )


def _valid_for(office: Office, work: Work) -> str:
    """How long the fact would hold by the case's pack; empty where the row names no case, or no fact of it, that is known here."""
    with suppress(Missing, Invalid), office.store.read() as tx:
        pack = tx.cases.get(str(work.case_id)).pack
        return str(office.book.get(pack).item(str(work.payload.get("item"))).fact(str(work.payload["fact"])).valid_for)
    return ""
