"""Consequences in every position, some for each operation, in the order of the operations: what one ends no other finds dead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from inspector.domain import disclosing
from inspector.domain.case import Outcome
from inspector.domain.consequence import (
    Consequence,
    ConsequenceState,
    Hearing,
    Notice,
    Rectification,
    Signed,
    Sitting,
    Transfer,
    Verdict,
)
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, SubjectNotice
from inspector.flows import consequences, review
from inspector.flows.office import Office
from tests.owing import owe

State = ConsequenceState


def under_way(office: Office, cases: tuple[str, str], many: int) -> tuple[list[list[str]], dict[str, Mapping[str, object]]]:
    """The ids in groups, and what a message about each must hold; `cases` are two in review, the second one for transfers."""
    now, today = office.now(), office.now().date()
    long_ago, soon = now - timedelta(days=30), now + timedelta(days=9)
    him, her = (Signed(by=name, token="", at=long_ago) for name in ("李四", "王五"))
    given = Notice(given=him, facts=("不符",), reasons="不符", rights=("陈述、听证",), basis=())
    told = replace(given, served_at=long_ago, way="直接送达", proof="回证", served_by="李四", defend_by=long_ago)
    written = Verdict(signed=him, reasons="清楚", law="某法第1条")
    order, later = Rectification(until=soon, recheck_by=soon), (now + timedelta(days=20)).date()
    noticed = {"state": State.NOTICED, "notice": told}
    imposed = {"state": State.IMPOSED, "notice": told, "verdict": written, "imposed_at": long_ago}
    heard = Hearing(asked_at=now, sittings=(Sitting(begins=now, place="听证室", presides="郑九", fixed=him),))
    handed = Transfer(reports=((him, "报告"), (her, "报告")), head=him, handed=replace(him, at=now))
    entry, penalty, suspend, rectify, transfer = (
        *(Proposal.RECORD_CREDIT, Proposal.PENALTY, Proposal.SUSPEND, Proposal.ORDER_RECTIFY),
        Proposal.TRANSFER_JUDICIAL,
    )
    steps: list[tuple[Proposal, dict[str, object], dict[str, object]]] = [
        (entry, {}, {}),
        (entry, {}, {"basis": (), "facts": ("不符",), "rights": ("陈述、听证",), "reasons": "不符"}),
        (entry, {"notice": given}, {"on": today.isoformat(), "way": "PAPER"}),
        (entry, noticed, {"kind": "DEFENCE"}),
        (entry, noticed | {"hearing": Hearing(asked_at=now)}, {"begins": (now + timedelta(days=60)).isoformat()}),
        (entry, noticed | {"hearing": heard}, {"outcome": "held", "on": today.isoformat(), "proxies": ()}),
        (entry, noticed, {"turn": 0}),
        (penalty, noticed | {"verdict": replace(written, agreed={})}, {"kind": "SECOND", "turn": 0}),
        (entry, {}, {}),
        (suspend, imposed, {}),
        (suspend, imposed, {}),
        (rectify, imposed | {"rectification": order, "doubted": "review.finding"}, {}),
        (Proposal.REFER_REGISTER, {}, {}),
        (penalty, imposed, {"why": "COURT"}),
        (rectify, imposed | {"rectification": order}, {}),
        (rectify, imposed | {"rectification": order}, {"good": True, "corrected_on": today.isoformat(), "documents": ("照片",)}),
        (rectify, imposed | {"rectification": order}, {"until": later.isoformat()}),
        (penalty, imposed, {"public": True, "kinds": ("FINE",), "fine": "1000"}),
        (transfer, {}, {}),
        (transfer, {"state": State.REPORTED, "transfer": Transfer(reports=((him, "报告"), (her, "报告")))}, {}),
        (
            transfer,
            {"state": State.APPROVED, "transfer": handed},
            dict.fromkeys(("letter", "report", "goods", "tests", "other"), "1"),
        ),
        (transfer, {"state": State.HANDED, "transfer": handed}, {"on": today.isoformat()}),
        (transfer, {"state": State.DECLINED, "transfer": handed}, {}),
        (transfer, {"state": State.FILED, "transfer": handed}, {}),
    ]
    groups, fitting = list[list[str]](), dict[str, Mapping[str, object]]()
    with office.store.begin() as tx:
        for case_id in cases:
            cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
            review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "不符", cited, now)
    with office.store.begin() as tx:
        number = 100
        for proposal, changes, message in steps:
            case = tx.cases.get(cases[proposal is transfer])
            policy, group = office.book.get(case.pack), list[str]()
            for _ in range(many):
                number += 1
                opening = Opening(proposal=proposal, by="李四", evidence=("e1",))
                held: Consequence = consequences.new(tx, case, opening, number, Outcome.UNTRUE_CURABLE, policy, long_ago)
                tx.consequences.add(replace(held, due_at=soon, **changes))  # type: ignore[arg-type]
                if "public" in message and policy.disclosure is not None:
                    owed = disclosing.owe(held, policy.disclosure, None, long_ago, office.calendar)
                    owe(tx, owed.state, long_ago)
                if changes.get("notice") is given:
                    tx.servings.add(_notice(held, long_ago))
                fitting[held.id] = message
                group.append(held.id)
            groups.append(group)
    return groups, fitting


def _notice(held: Consequence, at: datetime) -> SubjectNotice:
    return SubjectNotice(
        id=f"{held.id}:notice",
        kind=NoticeKind.PROPOSAL,
        case_id=held.case_id,
        agency=held.agency,
        about=held.id,
        title="告知",
        facts=("不符",),
        reasons="不符",
        rights=("陈述、听证",),
        basis=held.basis,
        answer_by=None,
        made_at=at,
    )
