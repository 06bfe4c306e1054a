"""What must hold of legal dates: whatever waits has its clock, and no clock runs for what is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from inspector.domain.assistance import TIMERS
from inspector.domain.case import CaseState
from inspector.domain.creditrecord import RecordState
from inspector.domain.decision import OrderKind
from tests.fault.inside import Inside, told

VERIFYING = (CaseState.RATING, CaseState.VERIFYING)


def problems(inside: Inside) -> Iterator[str]:
    """Everything that must not be about clocks."""
    running = {key: row for key, row in inside.works.items() if row.state in ("ready", "waiting")}
    clocks = {(row.case_id, row.kind) for row in running.values() if row.case_id}
    waits = [one for one, case in inside.cases.items() if case.state in VERIFYING and (one, OrderKind.VERIFY_DUE) not in clocks]
    waits += [
        one
        for one, case in inside.cases.items()
        if case.state is CaseState.REVIEW
        and (one, OrderKind.REVIEW_DUE) not in clocks
        and f"review_due:{one}" not in inside.matters
    ]
    yield from told("cases wait without a clock", waits)
    yield from told("clocks run for what is over", [key for key, row in running.items() if _over(row, inside)])
    steps = {json.loads(row.payload)["consequence"] for row in running.values() if row.kind == OrderKind.CONSEQUENCE_DUE}
    idle = [one.id for one in inside.consequences.values() if one.due_at is not None and one.id not in steps]
    yield from told("proposals wait without a clock", [one for one in idle if f"consequence_due:{one}" not in inside.matters])
    filings = {json.loads(row.payload)["visit"] for row in running.values() if row.kind == OrderKind.VISIT_FILING_DUE}
    unfiled = [one.id for one in inside.visits.values() if one.file_by is not None and one.id not in filings]
    yield from told("filings wait without a clock", [one for one in unfiled if f"visit_unfiled:{one}" not in inside.matters])
    open_requests = [one for one in inside.requests.values() if one.state.open]
    ended = [one.id for one in open_requests if one.case_id in inside.cases and inside.cases[one.case_id].state.ended]
    yield from told("requests are open of cases that are over", ended)


def _over(row: Any, inside: Inside) -> bool:
    """Whether this is the clock of a case, request, seat or visit that needs none any more."""
    said, case = json.loads(row.payload), inside.cases.get(row.case_id)
    match row.kind:
        case OrderKind.VERIFY_DUE:
            return case is None or case.state not in VERIFYING
        case OrderKind.REVIEW_DUE | OrderKind.REVIEW_REMIND:
            return case is None or case.state is not CaseState.REVIEW
        case OrderKind.ACCEPT_DUE | OrderKind.PUSH_DUE | OrderKind.PUSH_REACH:
            seat = inside.seats.get(f"{said['visit']}:{said['place']}:{said['turn']}")
            return seat is None or not seat.state.open
        case OrderKind.VISIT_DUE | OrderKind.VISIT_RELEASE:
            visit = inside.visits.get(said["visit"])
            return visit is None or not visit.state.open
        case OrderKind.VISIT_FILING_DUE:
            visit = inside.visits.get(said["visit"])
            return visit is None or visit.file_by is None
        case OrderKind.CONSEQUENCE_REMIND | OrderKind.CONSEQUENCE_DUE | OrderKind.RECTIFY_REMIND:
            step = inside.consequences.get(said["consequence"])
            return step is None or step.due_at is None
        case OrderKind.NOTICE_DUE:
            notice = inside.notices.get(said["notice"])
            return notice is None or not notice.state.open
        case OrderKind.CREDIT_LAPSE | OrderKind.CREDIT_REPAIRABLE:
            mine = inside.records.get(said["entry"])
            return mine is None or mine.state is not RecordState.STANDING
        case kind if kind in TIMERS:
            request = inside.requests.get(said["request"])
            return request is None or not request.state.open
        case _:
            return False
