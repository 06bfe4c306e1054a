"""The approving system, which stands near the subject, reads no words and no names of people by the case's doors either (decision 103)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import StatementKind
from inspector.domain.gazette import Fallen
from inspector.domain.proposal import Proposal
from inspector.flows import attention, consequences, publication
from inspector.flows.explain import explain
from inspector.flows.office import Office
from inspector.flows.unworded import unworded
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_disclosure import SECRET, built, fined, rule
from tests.integration.test_purging import REMARK, SIGNER, answered
from tests.proceedings import Proceeding, decided

__all__ = ("answered",)

pytestmark = pytest.mark.alike

SAID = ("登记系代办人误报", "不属实，另附证言", "另有发现", "涉嫌伪造", "已审阅", "陈局长", "王五", "经核对")


def talked_about(store: Store, hand: Hand) -> Proceeding:
    """A defence, an objection that was decided, and a transfer with its reports and the head's word."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    penalty = case.noticed(case.the(Proposal.PENALTY))
    with case.office.store.begin() as tx:
        said = (penalty.id, StatementKind.DEFENCE, SAID[0], (), "subject", hand())
        consequences.state(case.office, tx, *said, said_at=hand())
    entered = case.impose(case.the(Proposal.RECORD_CREDIT))
    case.answer(case.object(entered.id, SAID[1]), case.by("周八"), upheld=False)
    transfer = case.propose(Proposal.TRANSFER_JUDICIAL)
    for name in ("李四", "王五"):
        case.report(transfer, name)
    case.head(transfer)
    return case


@pytest.mark.slow
def test_neither_the_words_of_a_defence_or_an_objection_nor_a_transfer_are_told_to_the_approving_system(
    store: Store, hand: Hand
) -> None:
    case = talked_about(store, hand)
    hand.now += timedelta(minutes=1)
    paths = [f"/v1/cases/{case.case}", *(f"/v1/cases/{case.case}/explain?lang={lang}" for lang in ("zh-Hans", "en"))]
    with serving(case.office) as edge:
        read: dict[Role, list[str]] = {}
        for role, name in ((Role.SYSTEM, "hall"), (Role.OFFICER, "李四"), (Role.AUDITOR, "审计")):
            with edge.as_(role, name=name) as client:
                read[role] = [json.dumps(client.get(path).json(), ensure_ascii=False) for path in paths]
    for role in (Role.OFFICER, Role.AUDITOR):
        for text in read[role]:
            assert [one for one in SAID if one not in text] == [], f"{role} reads what was said"
    for path, text in zip(paths, read[Role.SYSTEM], strict=True):
        assert [one for one in SAID if one in text] == [], path


def test_why_a_penalty_is_public_or_is_taken_back_is_told_to_the_approving_system_by_codes_and_dates(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held, by="赵七")
    built(case, tmp_path / "site")
    with store.begin() as tx:
        taken = Fallen.STAYED, "张小明来电", "（2026）行初1号", "赵七"
        publication.recall(case.office, tx, f"penalty.{held.id}", *taken, hand())
        tx.attention.open("letter_undeliverable", "bureau", case.case, {}, hand())
        attention.close(tx, f"letter_undeliverable:{case.case}", "赵七", hand(), note="已电话告知")
    read: dict[Role, str] = {}
    with serving(case.office) as edge:
        for role, name in ((Role.SYSTEM, "hall"), (Role.OFFICER, "李四")):
            with edge.as_(role, name=name) as client:
                paths = f"/v1/cases/{case.case}", f"/v1/cases/{case.case}/explain"
                read[role] = "".join(json.dumps(client.get(path).json(), ensure_ascii=False) for path in paths)
    said = (SECRET, "张小明来电", "（2026）行初1号", "已电话告知", "赵七")
    assert [one for one in said if one not in read[Role.OFFICER]] == []
    assert [one for one in said if one in read[Role.SYSTEM]] == []
    assert "disclosure.rule" in read[Role.SYSTEM], "that it was ruled on is told"


def test_who_has_reviewed_a_case_and_why_is_told_to_the_approving_system_by_outcome_act_and_date(
    store: Store, hand: Hand
) -> None:
    case, _ = fined(store, hand)
    system, officer = both(case.office, case.case)
    said = ("李四", "查询结果与承诺不符")
    assert [one for one in said if one not in officer] == []
    assert [one for one in said if one in system] == []
    (told,) = [one for one in facts_of(case.office, case.case) if "outcome" in one]
    assert told.keys() >= {"outcome", "evidence", "adverse"}, "how it was decided, and on which pieces"


def test_who_has_signed_an_agencys_answer_and_what_stood_beside_it_is_not_told_to_the_approving_system(
    answered: tuple[Office, str],
) -> None:
    system, officer = both(*answered)
    assert [one for one in (SIGNER, REMARK) if one not in officer] == []
    assert [one for one in (SIGNER, REMARK) if one in system] == []
    assert '"verdict": "match"' in system
    assert "assistance.answer" in system, "that it has answered, and how, is told"


def both(office: Office, case_id: str) -> tuple[str, str]:
    """What the approving system reads of a case by both doors, and what an officer does."""
    with office.store.read() as tx:
        sender = tx.cases.get(case_id).sender
    paths = f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/explain", f"/v1/cases/{case_id}/explain?lang=en"
    with serving(office) as edge, edge.as_("system", name=sender) as hall, edge.as_("officer", name="王五") as officer:
        system, all_of_it = (
            "".join(json.dumps(one.get(path).json(), ensure_ascii=False) for path in paths) for one in (hall, officer)
        )
    return system, all_of_it


def facts_of(office: Office, case_id: str) -> list[dict[str, object]]:
    """The facts of the decisions that the approving system reads."""
    with office.store.read() as tx:
        return [dict(one.facts) for one in unworded(explain(office, tx, case_id, outside=True)).decisions]
