"""Every door that the approving system's token opens: behind none does it read what was said about a subject, nor by whom (decision 103).

The doors are asked for, not listed: a new one that lets the approving system in fails here until somebody has thought of what it tells.
"""

from __future__ import annotations

import base64
import inspect
from collections.abc import Iterator
from typing import Any, cast

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from inspector.domain.case import Outcome
from inspector.domain.consequence import StatementKind
from inspector.domain.discretion import ANSWERS
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectWord
from inspector.flows import spoken
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.web import consequences, creditrecords, selfproofs, serving
from inspector.web.app import build
from inspector.web.health import Health
from inspector.web.links import by_link_or_token
from inspector.web.roles import Role
from tests import showing
from tests.edge import WEB
from tests.edge import serving as at_the_edge
from tests.house import Hand
from tests.integration.test_discretion import SAID, talked_about
from tests.materials import png
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

LATE, OFFICER, REASON = "家人病重", "李四", "查询结果与承诺不符"
WORD = {"kind": "DEFENCE", "words": "代为转达"}
DOORS: dict[str, Any] = {
    "GET /v1/cases": None,
    "GET /v1/cases/{case_id}": None,
    "GET /v1/cases/{case_id}/explain": None,
    "GET /v1/cases/{case_id}/inquiries": None,
    "GET /v1/cases/{case_id}/viewings": None,
    "GET /v1/events": None,
    "GET /v1/subject-notices": None,
    "GET /v1/subject-notices/{notice_id}": None,
    "POST /v1/subject-notices/{notice_id}/handover": {},
    "POST /v1/subject-notices/{notice_id}/words": {"word": "DEFENCE", "words": "代为转达"},
    "POST /v1/subject-notices/{notice_id}/served": {"on": "2026-03-02", "way": "PAPER", "proof": "回执"},
    "GET /v1/credit/records/{entry}": None,
    "POST /v1/credit/records/{entry}/objections": {"words": "又不服"},
    "POST /v1/credit/records/{entry}/repair": {"words": "请予修复"},
    "POST /v1/consequences/{consequence_id}/statements": WORD,
    "POST /v1/consequences/{consequence_id}/recheck-request": {"words": "请复查"},
    "GET /v1/self-proofs/{proof_id}": None,
    "PUT /v1/cases/{case_id}/contact": {"phone": "13800000000"},
    "POST /v1/cases/{case_id}/withdraw": {"reason": "不办了"},
    "POST /v1/cases/{case_id}/conclude": {},
}
"""The doors behind which something is told of a case's proceedings, with what is sent there."""
OTHERS = {
    "POST /v1/cases": "a case that is new, or as its sender has sent it",
    "PUT /v1/cases/{case_id}": "a case under verification: nobody has decided it",
    "POST /v1/eligibility": "the gate's answer, by codes (decision 103)",
    "POST /v1/credit/bars/{bar}/objections": "the number of another authority's record",
    "POST /v1/findings": "whether it was new, and the case's state",
    "POST /v1/tip-offs": "the number of what was told",
    "POST /v1/self-proofs/{proof_id}/handover": "the subject's link and its date",
    "POST /v1/self-proofs/{proof_id}/materials": "refused to the approving system",
    "POST /v1/self-proofs/{proof_id}/decline": "refused to the approving system",
    "GET /v1/draws": "what is public of a draw",
    "GET /v1/draws/{number}": "what is public of a draw",
    "GET /v1/plans": "what is public of a plan",
    "GET /v1/plans/{name}/{year:int}": "what is public of a plan",
    "GET /v1/catalogue": "the catalogue",
    "GET /v1/catalogue/{agency}/{item}": "the catalogue",
}
"""The others, and why they tell nothing of it. Of an agency's letters and an inspector's seats every one is refused to it."""
FOREIGN = ("/v1/assistance/", "/v1/seats/", "/v1/scans")


def reachable() -> Iterator[str]:
    """The operations that let the approving system's token in, or that ask whose it is only behind their door."""
    for route in build(cast(Office, None), Metrics(), Health, lambda: True, WEB).state.routes:
        if isinstance(route, APIRoute) and route.path.startswith("/v1/") and _lets_in(route.dependant):
            yield from (f"{method} {route.path}" for method in route.methods or ())


def _lets_in(asked: Dependant) -> bool:
    if asked.call is by_link_or_token:
        return True
    held = inspect.getclosurevars(asked.call).nonlocals if inspect.isfunction(asked.call) else {}
    return Role.SYSTEM in held.get("roles", ()) or any(map(_lets_in, asked.dependencies))


def test_every_door_that_opens_to_the_approving_system_was_thought_of() -> None:
    doors = {one for one in reachable() if not one.partition(" ")[2].startswith(FOREIGN)}
    assert len(doors) > 20, "or they were not found"
    assert doors == {*DOORS, *OTHERS}


def test_what_an_answer_tells_it_is_listed_by_fields_that_there_are() -> None:
    rooms = (consequences, creditrecords, selfproofs, serving)
    for name, fields in ANSWERS.items():
        held = next(getattr(room, one) for room in rooms for one in (f"{name}Shown", name) if hasattr(room, one))
        assert fields <= set(getattr(held, "model_fields", None) or held.__dataclass_fields__), name


@pytest.mark.slow
def test_behind_none_does_it_read_what_was_said_or_who_has_said_it(store: Store, hand: Hand) -> None:
    case = talked_about(store, hand)
    order = _ordered(store, hand, case)
    penalty, entered = case.the(Proposal.PENALTY), case.the(Proposal.RECORD_CREDIT)
    with store.begin() as tx:
        spoken.say(case.office, tx, f"{penalty.id}:notice", SubjectWord.DEFENCE, LATE, (spoken.take(png()),), hand())
    case.object(entered.id, f"{SAID[1]}，{LATE}")
    ids = {"{case_id}": case.case, "{entry}": entered.entry, "{notice_id}": f"{penalty.id}:notice", "{proof_id}": "none"}
    secret = (
        *(one for one in SAID if one != "经核对"),
        LATE,
        OFFICER,
        REASON,
    )  # that is what its subject reads: why it was rejected
    with at_the_edge(case.office) as edge, edge.as_("system", name="hall") as hall, edge.as_("officer", name="孙七") as officer:
        whole = officer.get(f"/v1/consequences/{penalty.id}").text + officer.get(f"/v1/credit/records/{entered.entry}").text
        assert [one for one in (SAID[0], LATE, OFFICER) if one not in whole] == [], "the agency reads it"
        for door, body in DOORS.items():
            method, _, path = door.partition(" ")
            named = ids | {"{consequence_id}": order.id if "recheck" in path else penalty.id}
            for name, one in named.items():
                path = path.replace(name, one)
            answer = hall.request(method, path, **({} if body is None else {"json": body}))
            said = answer.text.replace("代为转达", "")
            assert [one for one in secret if one in said] == [], (door, answer.status_code)
            if not door.endswith(("repair", "served", "{proof_id}", "withdraw")):
                assert answer.status_code < 300, (door, answer.text)


def _ordered(store: Store, hand: Hand, case: Proceeding) -> Any:
    """An order to rectify in another case, with a defence and an officer's reasons."""
    other = decided(store, hand, Outcome.UNTRUE_CURABLE, office=case.office, reference="R-order", number=2)
    held = other.noticed(other.the(Proposal.ORDER_RECTIFY))
    other.say(held, StatementKind.DEFENCE, LATE)
    return other.rule(held, until=hand.now.date().replace(day=28))


def test_nor_who_has_read_what_a_subject_has_shown_and_why(
    store: Store, hand: Hand, tmp_path_factory: pytest.TempPathFactory
) -> None:
    house = showing.opened(store, hand, showing.book(tmp_path_factory.mktemp("packs")))
    path = f"/v1/self-proofs/{house.proof}"
    with at_the_edge(house.office) as edge, edge.as_("system", name="hall") as hall, edge.as_("officer", name=OFFICER) as officer:
        with edge.client(X_Link_Token=house.secret()) as subject:
            shown = {"content": base64.b64encode(png()).decode(), "remark": LATE}
            assert subject.post(f"{path}/materials", json=shown).status_code == 200
        read = {"verdict": "match", "value": "是", "of_day": "2026-03-02", "reasons": REASON}
        assert officer.post(f"{path}/reading", json=read).status_code == 200
        assert all(one in officer.get(path).text for one in (LATE, REASON, OFFICER))
        told = hall.get(path)
        assert not any(one in told.text for one in (LATE, REASON, OFFICER))
        assert [one["verdict"] for one in told.json()["readings"]] == ["match"], "how it was read is told"
