"""Notices to subjects, tip-offs and lead checks in every position, for each operation some of its own (`tests.living`)."""

from __future__ import annotations

from inspector.domain.case import SubjectKind
from inspector.domain.serving import NoticeKind, SubjectNotice, SubjectWord
from inspector.domain.tipoff import TipSource
from inspector.flows import giving, leads, spoken
from inspector.flows.office import Office
from tests.materials import png


def notices(office: Office, case_id: str, many: int) -> list[list[str]]:
    """To read, to hand over, to prove, to give up, to announce, to call back, to answer, and one whose subject has sent a file."""
    groups: list[list[str]] = []
    with office.store.begin() as tx:
        for step in ("read", "handover", "served", "unserved", "announcement", "link", "words", "look"):
            groups.append([f"n-{step}-{number}" for number in range(many)])
            for name in groups[-1]:
                made = SubjectNotice(
                    id=name,
                    kind=NoticeKind.PROPOSAL,
                    case_id=case_id,
                    agency="bureau",
                    about=case_id,
                    title="告知书",
                    facts=("吊销",),
                    reasons="不符",
                    rights=("申辩",),
                    basis=("P:2.7",),
                    answer_by=None,
                    made_at=office.now(),
                )
                giving.give(office, tx, made, office.now())
                if step == "look":
                    spoken.say(office, tx, name, SubjectWord.DEFENCE, "见附件", (spoken.take(png()),), office.now())
    return groups


def tips(office: Office, code: str, many: int) -> tuple[list[list[str]], list[list[str]]]:
    """Tip-offs to read, to ask back about, to close, to check; and lead checks to read, to decide, to report."""
    now, given = (
        office.now(),
        leads.Given(agency="bureau", source=TipSource.HOTLINE, kind=SubjectKind.FIRM, code=code, name="", words="停业"),
    )
    with office.store.begin() as tx:
        told = [[leads.take(office, tx, given, "热线", now).id for _ in range(many)] for _ in range(4)]
        checks = [
            [leads.propose(office, tx, told[0][0], "经营", "具体", "王科员", now).id for _ in range(many)] for _ in range(3)
        ]
        for one in checks[2]:
            leads.decide(office, tx, one, "陈局长", "1号", now, approved=True)
    return told, checks
