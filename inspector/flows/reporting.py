"""A draw's report, from what stands in the records now: before the results are in it has no estimates, and says so."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from inspector.domain import report as told
from inspector.domain.areas import areas
from inspector.domain.case import Outcome
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.frame import Frame
from inspector.domain.inclusion import Joint, Turn, joint
from inspector.domain.listed import Listed
from inspector.domain.margin import Beside
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.policy import Policy
from inspector.domain.publish import ReportRow
from inspector.domain.report import Checked, Crowd, Moves, Report, Share
from inspector.domain.sampling import Window
from inspector.domain.spelling import party_of
from inspector.domain.ticked import Ticked, ticked
from inspector.domain.union import unions
from inspector.domain.unmet import ticks
from inspector.domain.visit import Visit, VisitState
from inspector.flows import leaves, moved, restating
from inspector.flows.fieldnotes import field_of
from inspector.flows.framing import SAME
from inspector.flows.lists import AFTER, kept
from inspector.flows.members import Member, members_of, object_id
from inspector.flows.office import Office
from inspector.flows.publish import Drawn
from inspector.flows.windows import start
from inspector.store.tx import Tx

_OF_A_SEAT = ("redeal", "deal")
_WITH_PARTNERS = ("edited", "edited_back", "officers_added", "officers_removed")
"""What a joint draw on one list counts of its partners too, whose officers go along."""
Standing = Mapping[str, tuple[str, str | None, str]]


def report(office: Office, tx: Tx, number: str, agency: str = "") -> Report:
    """The report of a draw that was carried out. It names nobody. Raises Missing, Invalid, and Refusal (`draw_not_finished`).

    Where each list has rules of its own, it is about that of an agency: the lead's, unless another one is named.
    """
    drawn = Drawn.of(office, tx, number)
    held = drawn.held
    listed = held.lists[0]
    if agency and agency != held.agency:
        if not held.own or agency not in held.agencies:
            raise Invalid(
                "draw_no_list_of", draw=number, agency=agency, known=", ".join(held.agencies if held.own else [held.agency])
            )
        listed = held.list_of(agency)
    policy, frame = office.book.get(held.pack_of(listed.agency)), drawn.frames[listed.name]
    result = next(one for one in drawn.result.lists if one.name == listed.name)
    members, visits = members_of(tx, number), tx.visits.of_selection(number)
    asked = {case for member in members.values() for case in member.cases} | _reopened(visits)
    standing = tx.cases.standing(sorted(asked))
    if held.own:  # an agency reads of its own list and its own cases alone
        standing = {case: told for case, told in standing.items() if told[2] == listed.agency}
    # A supplementary draw deals teams: chance has chosen before it.
    strata = result.strata if held.kind not in (DrawKind.SUPPLEMENT, DrawKind.SECOND_LOOK) else {}
    if held.kind is DrawKind.SECOND_LOOK:  # no subject was checked by it
        visits = []
    row, events, derived = policy.report, _events(drawn, listed), _derivation(drawn, listed)
    sharing = (listed,) if held.own else held.lists
    lists = {one.name: (drawn.frames[one.name], one.strata) for one in drawn.result.lists}
    results = (result,) if held.own else drawn.result.lists
    begun = leaves.within(office, tx, held, visits, (listed.agency,) if held.own else held.agencies)
    return Report(
        draw=number,
        pack=policy.label,
        row=row.row,
        basis=row.basis,
        confidence=row.confidence,
        chances=told.chances(
            frame, strata, routes(members, standing, listed.agency if held.own else "") if strata else {}, policy
        ),
        powers=told.powers(strata, row),
        estimates=told.estimates(_checked(visits, standing, listed.agency), strata, policy, row),
        share=_share(office, tx, listed.agency, held.drawn_at or held.made_at, policy),
        crowds=_crowds(drawn, listed, row) if visits else (),
        certain=told.certain(strata, policy, row),
        excluded=told.excluded(frame),
        imported=_imported(office, tx, frame, listed),
        set_aside=sum(int(one[-1]) for one in derived.get("set_aside", ())),
        struck=int(derived.get("struck", 0)),
        same_organisation=int(derived.get(SAME, 0)),
        few=_few(drawn, listed, row) if visits else 0,
        after=told.followed(events),
        shortages=sum(len(one.dealt.shortages) for one in results if one.dealt),
        joint=_joint(office, tx, held, listed),
        agency=listed.agency if held.own else "",
        unions=unions(lists, listed.name) if held.own and strata else (),
        void=drawn.void,
        areas=areas(
            [drawn.frames[one.name] for one in sharing],
            sum(drawn.commitment.list_named(one.name).rules.team for one in sharing),
            result.selected,
            events,
        ),
        leaves=(len(begun), sum(one.late for one in begun)),
        moves=_moves(tx, held, listed, derived, len(frame.objects)),
        levels=restating.after(office, tx, held, listed.agency),
        ticked=_ticked(office, tx, visits, (listed.agency,) if held.own else held.agencies, policy),
    )


def _moves(tx: Tx, held: Draw, listed: Listed, derived: Mapping[str, Any], n: int) -> Moves | None:
    """What the commitment says of the register's rows, and what came back behind it; None for a draw that freezes no register anew."""
    if (told := derived.get("moved")) is None:
        return None
    beside = Beside(**derived["published_plan"]) if "published_plan" in derived else None
    behind = moved.after(tx, held, listed.agency)
    lent = derived.get("partners", {})
    edited = {name: told.get(name, 0) + sum(one["moved"].get(name, 0) for one in lent.values()) for name in _WITH_PARTNERS}
    put_back = behind.edited_back + behind.others_back + sum(moved.after(tx, held, agency).edited_back for agency in lent)
    return Moves(**{**told, **edited}, back=behind.returned, put_back=put_back, n=n, beside=beside)


def _ticked(office: Office, tx: Tx, visits: Iterable[Visit], agencies: Collection[str], policy: Policy) -> tuple[Ticked, ...]:
    """What the sheets say of the visits that were made, each by those who went there."""
    noted = {agency: tx.fieldnotes.noted(agency) for agency in agencies}
    made = [one for one in visits if one.state is VisitState.DONE]
    gone = ((one, [who for who in agencies if one.id in noted[who]]) for one in made)
    return ticked(([field_of(office, tx, one, who).gathered.sheet for who in whose] for one, whose in gone), policy.sheet)


def _joint(office: Office, tx: Tx, held: Draw, listed: Listed) -> tuple[Joint, ...]:
    """Over a draw and its carried-out extensions, whichever of them the report is about: of a list's objects, or of what all share.

    Over none for one that was made void: it decides nothing, so it adds nothing.
    """
    kin = tx.draws.kin(held) if held.state is not DrawState.VOID else []
    turns = []
    for one in kin if len(kin) > 1 else ():
        drawn, before = Drawn.of(office, tx, one.number), tx.draws.before(one)
        taken = {str(row["object_id"]) for row in tx.visits.chosen(before, listed.agency)} if before else set()
        strata = next(result.strata for result in drawn.result.lists if result.name == listed.name)
        visited = {str(row["object_id"]) for row in tx.visits.chosen([one.number], listed.agency)}
        came = visited - {name for stratum in strata.values() for name in stratum.selected}
        turns.append(Turn(draw=one.number, frame=drawn.frames[listed.name], strata=strata, taken=taken, came=came))
    return joint(turns) if turns else ()


def routes(members: Mapping[str, Member], standing: Standing, agency: str) -> dict[str, set[str]]:
    """By which routes each object came into the frame; into that of an agency, where one is named."""
    return {
        name: {standing[case][0] for case in member.cases if case in standing}
        | ({told.POOL} if (agency in member.supervised if agency else member.pooled) else set())
        for name, member in members.items()
    }


def _checked(visits: Iterable[Visit], standing: Standing, agency: str) -> list[Checked]:
    """What each visit has shown to an agency that has drawn it. One that was called off shows nothing and is no check."""
    return [
        Checked(
            stratum=stake.stratum,
            random=stake.sampled,
            found=told.found(
                [
                    Outcome(outcome) if (outcome := standing[case][1]) else None
                    for case in (*one.case_ids, *sorted(_reopened([one])))
                    if case in standing and case not in one.merged
                ],
                over=not one.state.open,
                seen=next((part.seen for part in one.parts if part.agency == agency), None),
                ticks=ticks(one, agency),
            ),
        )
        for one in visits
        for stake in one.stakes
        if one.state is not VisitState.CANCELLED and stake.agency == agency
    ]


def _reopened(visits: Iterable[Visit]) -> set[str]:
    """The exempt cases that findings have brought to an officer, whose word is then the visit's result."""
    return {
        found.case_id
        for one in visits
        for found in one.findings
        if found.verdict is Verdict.MISMATCH and found.case_id not in one.case_ids
    }


def _share(office: Office, tx: Tx, agency: str, at: datetime, policy: Policy) -> Share:
    """Of the planned checks of the year of the draw, up to now, how many chance chose."""
    since = start(office.calendar.local(at), Window.YEAR)
    counts = {by_chance: count for one, by_chance, count in tx.visits.planned_since(since) if one == agency}
    return Share(random=counts.get(True, 0), planned=sum(counts.values()), wanted=policy.report.random_share)


def _imported(office: Office, tx: Tx, frame: Frame, listed: Listed) -> int:
    """How many exclusions may rest on somebody's file: the excluded objects of whom the agency's imported record tells a check."""
    known = {party_of(object_id(office.secret, one.kind, one.code)) for one in tx.inspections.of(listed.agency) if one.completed}
    return sum(1 for row in frame.objects if row.status in told.BY_CHECKS and party_of(row.id) in known) if known else 0


def _derivation(drawn: Drawn, listed: Listed) -> dict[str, Any]:
    """What the commitment counts: cases that wait for a later frame, for another check makes them superfluous now; corrected rows."""
    rules = json.loads(drawn.files["rules.json"]) if "rules.json" in drawn.files else {"derivation": {}}
    derivation: dict[str, Any] = rules.get("own", {}).get(listed.name, rules)["derivation"]
    return derivation


def _crowds(drawn: Drawn, listed: Listed, row: ReportRow) -> tuple[Crowd, ...]:
    """Where too few could go, in the list or in all that share its rules; then an area is named with whose officers they are."""
    found: list[Crowd] = []
    for one in (listed,) if drawn.held.own else drawn.held.lists:
        team = drawn.commitment.list_named(one.name).rules.team
        some = told.crowds(drawn.frames[one.name], team, row)
        shared = drawn.held.partners and not drawn.held.own
        found += [replace(crowd, pool=f"{one.agency}: {crowd.pool}") for crowd in some] if shared else some
    return tuple(found)


def _few(drawn: Drawn, listed: Listed, row: ReportRow) -> int:
    """The objects that too few could go to: of lists that share their rules, counted for each agency's officers."""
    lists = (listed,) if drawn.held.own else drawn.held.lists
    return sum(told.left_few(drawn.frames[one.name], drawn.commitment.list_named(one.name).rules.team, row) for one in lists)


def _events(drawn: Drawn, listed: Listed) -> list[dict[str, Any]]:
    """What happened afterwards: of lists that share their rules, what became of a visit stands in each and is told once."""
    lists = (listed,) if drawn.held.own else drawn.held.lists
    lead, *others = (_lines(drawn.files.get(kept(drawn.held, one, AFTER), b"")) for one in lists)
    return [*lead, *(line for lines in others for line in lines if line["kind"] in _OF_A_SEAT)]


def _lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]
