"""A draw's report, from what stands in the records now: before the results are in it has no estimates, and says so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from inspector.domain import report as told
from inspector.domain.case import Outcome
from inspector.domain.plan import DrawKind
from inspector.domain.policy import Policy
from inspector.domain.report import Checked, Report, Share
from inspector.domain.sampling import Window
from inspector.domain.visit import Visit, VisitState
from inspector.flows.after import FILE
from inspector.flows.members import Member, load_members
from inspector.flows.office import Office
from inspector.flows.publish import Drawn
from inspector.flows.windows import start
from inspector.store.tx import Tx

Standing = Mapping[str, tuple[str, str | None]]


def report(office: Office, tx: Tx, number: str) -> Report:
    """The report of a draw that was carried out. Raises Missing, and Refusal (`draw_not_finished`). It names nobody."""
    drawn = Drawn.of(tx, number)
    held, policy = drawn.held, office.book.get(drawn.held.pack)
    members, visits = load_members(drawn.files["members.json"]), tx.visits.of_selection(number)
    standing = tx.cases.standing(sorted({case for member in members.values() for case in member.cases}))
    (listed,) = drawn.result.lists
    strata = listed.strata if held.kind is DrawKind.PLAN else {}  # a supplementary draw deals teams: chance has chosen before it
    row, events = policy.report, _lines(drawn.files.get(FILE, b""))
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
        crowds=told.crowds(drawn.frame, policy.draw.team, row) if visits else (),
        certain=told.certain(strata, policy, row),
        excluded=told.excluded(drawn.frame),
        set_aside=_set_aside(drawn.files),
        after=told.followed(events),
        shortages=len(listed.dealt.shortages) if listed.dealt else 0,
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


def _lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]
