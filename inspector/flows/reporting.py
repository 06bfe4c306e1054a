"""A draw's report, from what stands in the records now: before the results are in it has no estimates, and says so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from inspector.domain import report as told
from inspector.domain.case import Outcome
from inspector.domain.plan import DrawKind
from inspector.domain.policy import Policy
from inspector.domain.publish import ReportRow
from inspector.domain.report import Checked, Crowd, Report, Share
from inspector.domain.sampling import Window
from inspector.domain.visit import Visit, VisitState
from inspector.flows.lists import AFTER, kept
from inspector.flows.members import Member, load_members
from inspector.flows.office import Office
from inspector.flows.publish import Drawn
from inspector.flows.windows import start
from inspector.store.tx import Tx

_OF_A_SEAT = ("redeal", "deal")
Standing = Mapping[str, tuple[str, str | None]]


def report(office: Office, tx: Tx, number: str) -> Report:
    """The report of a draw that was carried out. Raises Missing, and Refusal (`draw_not_finished`). It names nobody."""
    drawn = Drawn.of(tx, number)
    held, policy = drawn.held, office.book.get(drawn.held.pack)
    members, visits = load_members(drawn.files["members.json"]), tx.visits.of_selection(number)
    standing = tx.cases.standing(sorted({case for member in members.values() for case in member.cases}))
    # A supplementary draw deals teams: chance has chosen before it.
    strata = drawn.result.lists[0].strata if held.kind is DrawKind.PLAN else {}
    row, events = policy.report, _events(drawn)
    return Report(
        draw=number,
        pack=policy.label,
        row=row.row,
        basis=row.basis,
        confidence=row.confidence,
        chances=told.chances(drawn.frame, strata, _routes(members, standing) if strata else {}, policy),
        powers=told.powers(strata, row),
        estimates=told.estimates(_checked(visits, standing), strata, policy, row),
        share=_share(office, tx, held.agency, held.drawn_at or held.made_at, policy),
        crowds=_crowds(drawn, row) if visits else (),
        certain=told.certain(strata, policy, row),
        excluded=told.excluded(drawn.frame),
        set_aside=_set_aside(drawn.files),
        after=told.followed(events),
        shortages=sum(len(one.dealt.shortages) for one in drawn.result.lists if one.dealt),
        void=drawn.void,
    )


def _routes(members: Mapping[str, Member], standing: Standing) -> dict[str, set[str]]:
    """By which routes each object came into the frame."""
    return {
        name: {standing[case][0] for case in member.cases if case in standing} | ({told.POOL} if member.pooled else set())
        for name, member in members.items()
    }


def _checked(visits: Iterable[Visit], standing: Standing) -> list[Checked]:
    """What each visit has shown. One that was called off shows nothing and is no check."""
    return [
        Checked(
            stratum=one.stratum,
            random=one.sampled,
            found=told.found(
                [Outcome(outcome) if (outcome := standing[case][1]) else None for case in one.case_ids if case in standing],
                over=not one.state.open,
            ),
        )
        for one in visits
        if one.state is not VisitState.CANCELLED
    ]


def _share(office: Office, tx: Tx, agency: str, at: datetime, policy: Policy) -> Share:
    """Of the planned checks of the year of the draw, up to now, how many chance chose."""
    since = start(office.calendar.local(at), Window.YEAR)
    counts = {by_chance: count for one, by_chance, count in tx.visits.planned_since(since) if one == agency}
    return Share(random=counts.get(True, 0), planned=sum(counts.values()), wanted=policy.report.random_share)


def _set_aside(files: Mapping[str, bytes]) -> int:
    """Cases that wait for a later frame, for another check makes them superfluous now; the commitment counts them."""
    derivation = json.loads(files["rules.json"])["derivation"] if "rules.json" in files else {}
    return sum(int(one[-1]) for one in derivation.get("set_aside", ()))


def _crowds(drawn: Drawn, row: ReportRow) -> tuple[Crowd, ...]:
    """Where too few could go, in every list; in a joint check an area is named with whose officers they are."""
    found: list[Crowd] = []
    for listed in drawn.held.lists:
        team = drawn.commitment.list_named(listed.name).rules.team
        some = told.crowds(drawn.frames[listed.name], team, row)
        found += [replace(one, pool=f"{listed.agency}: {one.pool}") for one in some] if drawn.held.partners else some
    return tuple(found)


def _events(drawn: Drawn) -> list[dict[str, Any]]:
    """What happened afterwards: what became of a visit stands in every list and is told once, a seat's own lines in one."""
    lead, *others = (_lines(drawn.files.get(kept(drawn.held, listed, AFTER), b"")) for listed in drawn.held.lists)
    return [*lead, *(line for lines in others for line in lines if line["kind"] in _OF_A_SEAT)]


def _lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]
