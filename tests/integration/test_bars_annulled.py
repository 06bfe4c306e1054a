"""A bar of another authority that never was one is taken out with reasons, and its subject is heard. On both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.domain.errors import Refusal
from inspector.flows import eligibility
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.drawn import drawing
from tests.edge import serving
from tests.house import Hand, application, post
from tests.integration.test_bars_again import BAR, COLUMNS, GIVEN, REPAIRED, entered, lets_in, rules
from tests.integration.test_way import LICENCE
from tests.operator import one_database, settled, table

database_url = one_database
WRONG = {"why": "WRONG_SUBJECT", "reasons": "税务文书所载为同名另一企业"}


def matters(office: Office) -> list[str]:
    with office.store.read() as tx:
        return [str(row["about"]) for row in tx.attention.page(None) if row["kind"] == eligibility.CONTESTED]


def test_a_bar_entered_of_the_wrong_subject_is_annulled_with_reasons_and_refuses_no_letter_of_before_either(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    with serving(office) as edge, edge.as_("officer", name="李四") as mine, edge.as_("officer", "other") as theirs:
        bar = mine.post("/v1/credit/bars", json=GIVEN).json()
        path = f"/v1/credit/bars/{bar['id']}/annulment"
        assert not lets_in(office, 1)
        assert theirs.post(path, json=WRONG).json()["error"]["code"] == "bar_unknown"
        assert mine.post(path, json=WRONG | {"reasons": " "}).status_code == 422
        told = mine.post(path, json={"why": "TAKEN_BACK", "reasons": "已撤销"})
        assert (told.status_code, told.json()["error"]["code"]) == (422, "bar_incomplete"), "whoever took it back has a document"
        done = mine.post(path, json=WRONG).json()
        assert (done["annulled_for"], done["annulled_by"]) == ("WRONG_SUBJECT", "李四")
        assert mine.post(path, json=WRONG).json()["error"]["code"] == "bar_annulled"
        long_ago = application(2, "business-licence", LICENCE, subject_code=BAR.code, signed_on=date(2026, 1, 20))
        assert post(office, long_ago), "a letter of before is not refused by what never was"
        assert mine.post("/v1/credit/bars", json=GIVEN).json() == done, "a file that is read again enters it no more"
        assert lets_in(office, 3)
        assert mine.post(f"{path}/undo", json={"reasons": "文书核对无误"}).json() == bar
        assert not lets_in(office, 4)
        assert mine.post(f"{path}/undo", json={"reasons": "x"}).json()["error"]["code"] == "bar_unannulled"
    assert rules(office) == ["bar.entered", "bar.annulled", "bar.annulment_undone"]


def test_whose_bar_it_is_said_to_be_is_heard_by_the_agency_that_entered_it_and_told_where_to_turn(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    with serving(office) as edge, edge.as_("officer", name="李四") as mine, edge.as_(Role.SYSTEM, name="hall") as hall:
        bar = mine.post("/v1/credit/bars", json=GIVEN).json()
        turned = hall.post(f"/v1/credit/records/{bar['id']}/objections", json={"words": "不是本公司"}).json()["error"]
        assert (turned["code"], "省税务局" in turned["message"]) == ("objection_outside", True)
        path = f"/v1/credit/bars/{bar['id']}/objections"
        assert path.rpartition("/")[2] in turned["message"]
        assert hall.post(path, json={"words": " "}).json()["error"]["code"] == "objection_empty"
        assert hall.post(path, json={"words": "不是本公司"}).json()["agency"] == "bureau"
        assert matters(office) == [bar["id"]]
        assert not lets_in(office, 1), "another authority has decided it: it bars until somebody has looked"
        mine.post(f"/v1/credit/bars/{bar['id']}/annulment", json=WRONG)
        assert (matters(office), lets_in(office, 1)) == ([], True)
        assert hall.post(path, json={"words": "不是本公司"}).json()["error"]["code"] == "bar_annulled"


def test_a_letter_of_before_the_repair_is_told_to_be_signed_anew_and_since_when(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    entered(office, replace(REPAIRED, repaired_on=date(2026, 3, 1)))

    def said(number: int, signed_on: date) -> tuple[str, str, str]:
        given = application(number, "business-licence", LICENCE, subject_code=BAR.code, signed_on=signed_on)
        with serving(office) as edge, edge.as_(Role.SYSTEM, name="hall") as hall:
            asked = {
                "agency": given.agency,
                "matter": given.matter.value,
                "item": given.item,
                "subject": {"kind": "FIRM", "code": given.subject_code, "name": "某企业"},
                "purpose": "受理前核对",
                "signed_on": signed_on.isoformat(),
            }
            refusal = hall.post("/v1/eligibility", json=asked).json()["refusal"]
        with pytest.raises(Refusal, match="subject_barred"):
            post(office, given)
        return refusal["code"], refusal["message"], refusal["message_zh"]

    code, en, zh = said(1, date(2026, 2, 27))
    assert (code, "signed anew, on 2026-03-01 or later" in en, "重新签署" in zh) == ("subject_barred", True, True)
    assert "until its credit is repaired" not in en
    with store.begin() as tx:
        eligibility.unrepair(office, tx, BAR.id, ["bureau"], "误录", "李四", hand())
    _, en, zh = said(2, date(2026, 3, 2))
    assert ("省税务局" in en, "区市场监管局" in en) == (True, True), "who decides an objection, and who a wrong subject"
    for words in (en, zh):
        assert not any(raw in words for raw in ("bureau的", "至 -", "until -", "最早 -", "from - on")), words


def test_the_approving_system_asks_the_gate_before_anybody_signs_and_who_asked_about_whom_is_an_entry(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    given = application(1, "business-licence", LICENCE, subject_code=BAR.code)
    assert given.signed_on is not None
    signed, subject = given.signed_on.isoformat(), {"kind": "FIRM", "code": BAR.code, "name": "某企业"}
    asked = {
        "agency": given.agency,
        "matter": given.matter.value,
        "item": given.item,
        "subject": subject,
        "purpose": "受理前核对",
    }
    with serving(office) as edge, edge.as_("officer", name="李四") as mine, edge.as_(Role.SYSTEM, name="hall") as hall:
        free = hall.post("/v1/eligibility", json=asked).json()
        assert (free["admitted"], free["refusal"], free["signed_on"]) == (True, None, hand().date().isoformat())
        mine.post("/v1/credit/bars", json=GIVEN)
        told = hall.post("/v1/eligibility", json=asked | {"reference": given.reference, "signed_on": signed}).json()
        with pytest.raises(Refusal) as refused:
            post(office, given)
        assert (told["admitted"], told["refusal"]["code"]) == (False, refused.value.code)
        assert told["refusal"]["facts"] == {name: str(value) for name, value in refused.value.facts.items()}, (
            "the gate's own answer"
        )
        assert hall.post("/v1/eligibility", json=asked | {"purpose": " "}).json()["error"]["code"] == "text_blank"
        assert hall.post("/v1/eligibility", json=asked | {"item": "no-such"}).status_code == 422
        assert mine.post("/v1/eligibility", json=asked).status_code == 403
        open_route = hall.post("/v1/eligibility", json=asked | {"route": "CERTIFICATE"}).json()
        assert open_route["admitted"], "the route by certificate has no gate"
    with store.read() as tx:
        assert tx.cases.page(agencies=["bureau"], sender=None, only={}, after="", limit=5) == [], "no case is made of it"
        rows = [row for row, _ in tx.ledger.by_rules({"eligibility.asked"})]
    assert len(rows) == 3
    assert all(BAR.code not in row["about"] + row["body"] for row in rows), "of its subject by a pseudonym"
    assert '"by": "hall"' in rows[0]["body"].replace('":"', '": "')


@pytest.mark.slow
def test_at_the_command_line_a_bar_is_objected_to_annulled_and_put_back(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path)
    row = (BAR.code, "省税务局", "税稽罚〔2026〕3号", "偷税", "2026-01-05", "", "")
    weekly = operator.file("weekly.csv", table(COLUMNS, row))
    operator.well("credit", "bars", "import", weekly, "--agency", "bureau")
    assert "bureau" in operator.well("credit", "bars", "object", BAR.id, "--words", "不是本公司").out
    told = ("credit", "bars", "annul", BAR.id, "--for")
    assert operator.say(*told, "TAKEN_BACK", "--reason", "已撤销").code != 0
    operator.well(*told, "TAKEN_BACK", "--document", "税撤〔2026〕2号", "--reason", "原处罚已撤销")
    operator.well("credit", "bars", "import", weekly, "--agency", "bureau")
    (held,) = operator.well("credit", "bars", "list", "--json").json
    assert (held["annulled_for"], held["annulled_on"] is None) == ("TAKEN_BACK", False)
    operator.well("credit", "bars", "undo-annulment", BAR.id, "--reason", "误录")
    (held,) = operator.well("credit", "bars", "list", "--json").json
    assert held["annulled_on"] is None
