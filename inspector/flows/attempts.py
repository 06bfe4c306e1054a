"""Attempts to reach a subject, as a team or an officer writes them down: entries of the ledger about each case, or the visit for none."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from inspector.domain.attempt import CITED, RULE, Attempt, AttemptWay, attempted, lacking
from inspector.domain.case import Case, Outcome
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.fieldnote import Times, closed_to
from inspector.domain.known import known_from
from inspector.domain.person import same
from inspector.domain.seeking import SeekingRow, strictest
from inspector.domain.spelling import party_of
from inspector.domain.visit import SeatState, Visit
from inspector.flows import gone
from inspector.flows.challenges import granted, known_as
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seated import by_name
from inspector.store.tx import Tx


def enter(
    office: Office, tx: Tx, case_id: str, attempt: Attempt, now: datetime, *, visit: str = "", since: datetime | None = None
) -> Case:
    """An attempt about a case is written down; `since` when a team could make one. Raises Invalid and Missing."""
    case = tx.cases.get(case_id, lock=True)
    row = office.book.get(case.pack).outcomes[Outcome.UNREACHABLE]
    decision = attempted(attempt, max(case.opened_at, since or case.opened_at), case.pack, now, row.basis)
    record(tx, case_id, decision, now, {"visit": visit} if visit else {}, kept=case.pack)
    return case


def from_seat(
    office: Office,
    tx: Tx,
    name: str,
    way: AttemptWay,
    at: datetime | None,
    words: str,
    now: datetime,
    *,
    lay: timedelta = timedelta(),
) -> None:
    """Somebody of a team has tried to reach whom the visit is to: it stands with each case of the agency that the visit serves.

    Of a visit that serves none it stands with the visit.

    Where nobody says `at` what time, it was before it lay in the phone (`lay`), if whoever says it knew the visit by then: nobody has
    sought a firm before the release, or before sitting in its team. From whose acceptance
    is over (recused, on leave, silent, called off) it is kept and counts for nothing, as a note of theirs does.
    Raises Refusal while no note of the team would be taken (`fieldnote.closed_to`), or for a second look, on which nobody goes.
    """
    before, seat = by_name(tx, name)
    tx.cases.lock(before.case_ids)
    held, seat = by_name(tx, name, lock=True)
    gone.marked(tx, held, seat, Times(captured_at=now - lay, sent_at=now, received_at=now))
    seat = gone.passed(tx, held, seat)
    if (hindered := closed_to(held, tx.visits.team(held.id), seat)) is not None:
        raise hindered
    own = held.cases_of(seat.agency)
    if held.looks_at:
        raise Refusal("attempt_about_nothing", visit=held.id)
    since = max(known_from(held), seat.ordered_at)
    lain = now - lay if lay <= now - since else now  # a phone whose clock was lost says any year
    made = Attempt(way=way, at=at or lain, words=words, by=seat.inspector, counts=not seat.lapsed)
    for case_id in own:
        enter(office, tx, case_id, made, now, visit=held.id, since=since)
    if not own:
        pack = tx.draws.pack_of(held.draw, seat.agency)
        basis = office.book.get(pack).outcomes[Outcome.UNREACHABLE].basis
        record(tx, held.id, attempted(made, since, pack, now, basis), now, {"agency": seat.agency})


def of_cases(tx: Tx, case_ids: Iterable[str]) -> list[Attempt]:
    """What has been tried about some cases, each once, in order; an entry that was erased or altered is none."""
    told: dict[tuple[AttemptWay, datetime, str, str], Attempt] = {}
    barred: dict[tuple[str, str, str], bool] = {}
    for case_id in case_ids:
        for row, sound in tx.ledger.checked(case_id, [RULE])[0]:
            if sound and row["body"]:
                body = json.loads(row["body"])
                facts, visit = body["facts"], str(body.get("visit", case_id if "agency" in body else ""))
                at = datetime.fromisoformat(str(facts["at"]))
                way, words, by = AttemptWay(facts["way"]), str(facts["words"]), str(facts["by"])
                if (who := (visit, case_id, by)) not in barred:
                    barred[who] = _recused(tx, visit, by) if visit else _kept_from(tx, case_id, by)
                counts = bool(facts.get("counts", True)) and not barred[who]
                one = Attempt(way=way, at=at, words=words, by=by, id=CITED + row["id"], counts=counts, entered_at=row["at"])
                told.setdefault((one.way, one.at, one.words, one.by), one)
    return sorted(told.values(), key=lambda one: one.at)


def _recused(tx: Tx, visit: str, by: str) -> bool:
    """Whether an inspector was recused from a visit, has declined it, or has a declared conflict: then what was entered counts for nothing.

    Whenever it was entered: the ground was there before anybody had said so (Penalties Law art. 43). Who has a conflict declines, in his
    or her own words, and no program reads from them that it was something else.
    """
    held = tx.visits.get(visit)
    own = [seat for seat in tx.visits.team(visit) if seat.inspector == by]
    declined = any(seat.state is SeatState.DECLINED or seat.belated for seat in own)
    return (
        declined or granted(tx, held, by) or any(tx.rosters.recused(one, held.code, by) for one in {seat.agency for seat in own})
    )


def _kept_from(tx: Tx, case_id: str, by: str) -> bool:
    """The same of an officer at the desk, who signs by name."""
    case = tx.cases.get(case_id)
    code, party = case.subject.code, party_of(case.subject.code)
    declared = [one for one in tx.rosters.recusals(case.agency) if one.object == code or party_of(one.object) == party]
    return any(same(by, name) for one in declared for name in known_as(tx, case.agency, one.inspector))


def of_visit(tx: Tx, held: Visit, agency: str) -> list[Attempt]:
    """What an agency has tried to reach whom a visit is to: with its cases, or where it serves none, with the visit."""
    return of_cases(tx, held.cases_of(agency) or (held.id,))


def needed_for(office: Office, tx: Tx, held: Visit, agency: str) -> SeekingRow:
    """How often that is to be tried, by the packs of the cases, or by that of the draw."""
    cases = held.cases_of(agency)
    return needed(office, tx, cases) if cases else office.book.get(tx.draws.pack_of(held.draw, agency)).seeking


def refuse_unsought(office: Office, tx: Tx, held: Visit, agency: str) -> None:
    """Whom a visit is to is not called unreachable before enough was tried. Raises Refusal (`attempts_lacking`)."""
    if (why := _lacking(office, of_visit(tx, held, agency), needed_for(office, tx, held, agency))) is not None:
        raise why


def needed(office: Office, tx: Tx, case_ids: Iterable[str]) -> SeekingRow:
    """How often the subject of some cases is to be sought, by the packs that they are under."""
    return strictest(office.book.get(tx.cases.get(one).pack).seeking for one in case_ids)


def enough(office: Office, tried: Iterable[Attempt], by: SeekingRow) -> bool:
    """Whether somebody may be called unreachable by what was tried."""
    return _lacking(office, tried, by) is None


def cited(tx: Tx, case_id: str, outcome: Outcome, evidence: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(the pieces of evidence, the attempts) that an officer cites; who says unreachable and names no attempt rests on all of them.

    Raises Invalid (`evidence_unknown`; `evidence_attempts`: they show that somebody was not reached, and nothing else).
    """
    evidence = tuple(dict.fromkeys(evidence))
    named = tuple(one for one in evidence if one.startswith(CITED))
    known = [one.id for one in of_cases(tx, [case_id]) if one.counts] if named or outcome is Outcome.UNREACHABLE else []
    if strange := [one for one in named if one not in known]:
        raise Invalid("evidence_unknown", evidence=", ".join(strange), known=", ".join(known), field="evidence")
    if named and outcome is not Outcome.UNREACHABLE:
        raise Invalid("evidence_attempts", evidence=", ".join(named), field="evidence")
    return tuple(one for one in evidence if one not in named), named or tuple(known)


def refuse_early(office: Office, tx: Tx, case_id: str, outcome: Outcome) -> None:
    """Nobody is called unreachable before enough was tried. Raises Refusal (`attempts_lacking`)."""
    if outcome is not Outcome.UNREACHABLE:
        return
    if (why := _lacking(office, of_cases(tx, [case_id]), needed(office, tx, [case_id]))) is not None:
        raise why


def _lacking(office: Office, tried: Iterable[Attempt], by: SeekingRow) -> Refusal | None:
    return lacking([(one.way, one.at) for one in tried if one.counts], office.calendar, by)
