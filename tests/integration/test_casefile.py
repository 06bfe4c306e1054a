"""Handbook scenario 67: one command shows who decided what, on which data, under which pack, and a stranger can check it offline."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain import folio
from inspector.domain.case import Outcome
from inspector.domain.decision import Because
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.person import at_machine
from inspector.domain.taking import PURGED
from inspector.domain.viewing import Purpose
from inspector.domain.viewing import Shown as What
from inspector.flows import casefile, dispatch, dutyfile
from inspector.flows.casefile import Made
from inspector.flows.office import Office
from inspector.flows.review import decide
from inspector.flows.viewings import Viewer
from inspector.store.store import Store
from inspector.store.tables import ledger
from inspector.store.tx import new_id
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_replacements import gone
from tests.operator import on_both, one_database
from tests.owing import let_go

database_url = one_database
SEEN = "门头照片与登记地址不符"


@pytest.fixture
def decided(store: Store, hand: Hand) -> tuple[Office, str]:
    """A case that an officer has decided after a visit that found another address."""
    office, _, _ = drawing(store, hand)
    (case_id,), draw = announced(office, hand, cases=1)
    carried_out(office, hand, draw.number)
    (visit,) = (one for one in visits(office, draw.number) if one.case_ids == (case_id,))
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        for one in team:
            dispatch.accept(tx, one.name, hand())
    findings = [Finding(case_id=case_id, claim=one.claim, verdict=Verdict.MISMATCH, note=SEEN) for one in visit.doubts]
    with store.begin() as tx:
        dispatch.report(office, tx, team[0].name, findings, "", hand())
        seen = tuple(one.id for one in tx.cases.evidence(case_id) if one.verdict is Verdict.MISMATCH)
    with store.begin() as tx:
        decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "现场与承诺不一致", seen, hand())
    return office, case_id


@pytest.mark.slow
def test_a_duty_file_has_what_its_officer_signed_at_the_machine_and_with_a_seat(decided: tuple[Office, str]) -> None:
    bare, case_id = decided
    office = replace(bare, entrance=replace(bare.entrance, people={"李四": ("os:lisi", "A-07")}))
    with office.store.begin() as tx:
        (visit,) = tx.visits.of_case(case_id)
        signed = at_machine(None, "os:lisi", "李四")
        tx.ledger.append(
            new_id(), case_id, Because(rule="matter.close", basis=(), pack="", facts={"by": signed}), {}, office.now()
        )
        seat = Because(rule="seat.accept", basis=(), pack="", facts={"inspector": "A-07"})
        tx.ledger.append(new_id(), visit.id, seat, {}, office.now())
    today = str(office.calendar.local_date(office.now()))
    with serving(office) as edge, edge.as_("officer", name="李四") as own, edge.as_("officer", name="王五") as other:
        for name in ("李四", "os:lisi", "李四 (os:lisi)"):
            told = own.post("/v1/duty", json={"officer": name, "since": today, "until": today})
            with zipfile.ZipFile(io.BytesIO(told.content)) as packed:
                (ledger_,) = (json.loads(packed.read(one)) for one in packed.namelist() if one.endswith(folio.LEDGER))
            assert {one["rule"] for one in ledger_["entries"]} == {"officer.review", "matter.close", "seat.accept", "duty.file"}
            assert other.post("/v1/duty", json={"officer": name, "since": today, "until": today}).status_code == 403
    with office.store.read() as tx:
        looks = [(one.by, one.shown, one.purpose) for one in tx.viewings.of_case(case_id)]
    assert looks == [("李四", What.DUTY, Purpose.HANDLING)], (
        "its subject's name was shown, once that day; who got none saw nothing"
    )


def viewer(name: str) -> Viewer:
    """An officer at the API."""
    return Viewer(by=name, role="officer", agency="bureau", door="api")


def entries(made: Made) -> list[dict[str, str]]:
    told: list[dict[str, str]] = json.loads(made.files[folio.LEDGER])["entries"]
    return told


@pytest.mark.slow
def test_scenario_67_the_file_shows_who_decided_what_on_which_data_under_which_pack(decided: tuple[Office, str]) -> None:
    office, case_id = decided
    made = casefile.case_file(office, case_id, "王五", "dossier")
    assert (made.judged.troubles, made.judged.younger) == ((), 0)
    assert folio.judge(made.files, [made.head]).holds
    page, english = (made.files[name].decode() for name in ("index.html", "en.html"))
    with office.store.read() as tx:
        case, evidence = tx.cases.get(case_id), tx.cases.evidence(case_id)
        rows = tx.ledger.about(case_id)
    for text in (page, english):
        wanted = ("李四", "现场与承诺不一致", SEEN, case.pack, case.subject.name, case.reference)
        assert [one for one in wanted if one not in text] == []
        assert [one.reply_digest for one in evidence if one.reply_digest and one.reply_digest not in text] == []
        assert [row["id"] for row in rows if row["id"] not in text] == []
        assert re.findall(r"(?:src|href)=\"(?!en\.html|index\.html)|<script|https?://", text) == [], "nothing is asked of anybody"
    assert 'lang="zh-CN"' in page
    assert "@media print" in page
    told = {one["id"]: one for one in entries(made)}
    review = next(row for row in rows if row["rule"] == "officer.review")
    assert json.loads(told[review["id"]]["body"])["facts"]["officer"] == "李四"
    assert told[review["id"]]["salt"] == review["salt"]


@pytest.mark.slow
def test_no_inspector_is_named_and_the_words_of_their_entries_are_withheld_while_their_digests_stand(
    decided: tuple[Office, str],
) -> None:
    office, case_id = decided
    made = casefile.case_file(office, case_id, "王五", "dossier")
    with office.store.read() as tx:
        (visit,) = tx.visits.of_case(case_id)
        sent = {seat.inspector for seat in tx.visits.team(visit.id)} | {one.name for one in tx.rosters.inspectors("bureau")}
        about = [row["digest"] for row in tx.ledger.about(visit.id)]
    everything = "".join(content.decode() for content in made.files.values())
    assert sent
    assert sorted(one for one in sent if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", everything)) == []
    held = [one for one in entries(made) if one["about"] == visit.id]
    assert [one["digest"] for one in held] == about
    assert [one for one in held if "body" in one] == []
    assert made.judged.withheld == len([one for one in entries(made) if one.get("lacks") == "WITHHELD"]) >= len(about)


@pytest.mark.slow
def test_a_visit_that_is_still_to_be_made_is_not_in_the_file(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    (case_id,), draw = announced(office, hand, cases=1)
    carried_out(office, hand, draw.number)
    (visit,) = visits(office, draw.number)
    made = casefile.case_file(office, case_id, "王五", "dossier")
    everything = "".join(content.decode() for content in made.files.values())
    assert visit.id not in everything
    assert draw.number not in everything
    assert made.judged.holds


@pytest.mark.slow
@on_both
def test_whoever_is_given_a_file_is_an_entry_that_binds_it(decided: tuple[Office, str]) -> None:
    office, case_id = decided
    first = casefile.case_file(office, case_id, "王五", "dossier")
    second = casefile.case_file(office, case_id, "赵六", "api")
    *_, before, made = entries(second)
    assert [before["id"], made["about"], made["rule"]] == [entries(first)[-1]["id"], f"file:{case_id}", "case.file"]
    facts = json.loads(made["body"])["facts"]
    assert (facts["by"], facts["door"], facts["entries"]) == ("赵六", "api", len(entries(second)) - 1)
    assert facts["files"] == folio.sums({name: second.files[name] for name in ("case.json", "en.html", "index.html")})
    with office.store.read() as tx:
        assert tx.ledger.verify()[1] is None
        assert [row["rule"] for row in tx.ledger.about(case_id)].count("case.file") == 0, "it is no decision of the case"


@pytest.mark.slow
@pytest.mark.bare
def test_a_ledger_that_was_altered_is_told_when_the_file_is_made(decided: tuple[Office, str]) -> None:
    office, case_id = decided
    casefile.case_file(office, case_id, "王五", "dossier")
    with office.store.begin() as tx:
        review = next(row for row in tx.ledger.about(case_id) if row["rule"] == "officer.review")
        told = review["body"].replace("UNTRUE_CURABLE", "TRUE")
        tx.connection.execute(ledger.update().where(ledger.c.id == review["id"]).values(body=told))
    made = casefile.case_file(office, case_id, "王五", "dossier")
    assert [(one.code, one.about) for one in made.judged.troubles] == [("entry_changed", review["id"])]


@pytest.mark.slow
@pytest.mark.bare
def test_words_that_retention_erased_are_said_to_be_erased_and_others_that_are_gone_are_found(
    decided: tuple[Office, str],
) -> None:
    office, case_id = decided

    def erase(rule: str) -> str:
        with office.store.begin() as tx:
            row = next(row for row in tx.ledger.about(case_id) if row["rule"] == rule)
            tx.connection.execute(ledger.update().where(ledger.c.id == row["id"]).values(body="", salt=""))
        return str(row["digest"])

    gone = erase("officer.review")
    judged = casefile.case_file(office, case_id, "王五", "dossier").judged
    assert ([one.code for one in judged.troubles], judged.erased) == (["erasure_unproven"], 1), "nothing says that it was lawful"
    with office.store.begin() as tx:
        now = office.now()  # its seal is made now, and none tells of what is yet to come
        because = Because(rule=PURGED, basis=(), pack="", facts=let_go(now, gone))
        tx.ledger.append(new_id(), case_id, because, {}, now)
    made = casefile.case_file(office, case_id, "王五", "dossier")
    assert (made.judged.holds, made.judged.erased) == (True, 1)
    assert "保存期满，内容已清除" in made.files["index.html"].decode()


@pytest.mark.slow
def test_an_officer_s_duty_file_shows_what_was_known_due_and_done_and_nothing_of_others(decided: tuple[Office, str]) -> None:
    office, case_id = decided
    today = office.calendar.local_date(office.now())
    asked = dutyfile.Asked(officer="李四", since=today, until=today)
    made = dutyfile.duty_file(office, asked, viewer("李四"))
    assert made.judged.holds
    (case,) = json.loads(made.files["duty.json"])["cases"]
    (act,) = case["acts"]
    assert (case["case"], act["rule"], act["kept"], len(act["known"])) == (case_id, "officer.review", True, 2)
    page = made.files["index.html"].decode()
    assert [word for word in ("按期", "当时已知", "现场与承诺不一致", "demo@1") if word not in page] == []
    with office.store.read() as tx:
        held = tx.cases.get(case_id)
    item, claim = office.book.get("demo@1").item(held.item), held.claims[0].claim
    for name in ("index.html", "en.html"):
        told = made.files[name].decode()
        assert (item.fact(claim.fact).name in told, claim.fact in told) == (True, False), "what was promised has a name"
    assert [one["rule"] for one in entries(made)] == ["officer.review", "duty.file"]
    with pytest.raises(Invalid, match="officer_unknown"):  # by the very name, and of nobody there is no file
        dutyfile.duty_file(office, replace(asked, officer="李四四"), viewer("李四四"))
    early = replace(asked, since=today - timedelta(days=9), until=today - timedelta(days=8))
    quiet = dutyfile.duty_file(office, early, viewer("李四"))
    assert [one["rule"] for one in entries(quiet)] == ["duty.file"], "whoever has signed at another time has one of no acts"
    elsewhere = dutyfile.duty_file(office, replace(asked, agencies=("other",)), viewer("李四"))
    assert [one["rule"] for one in entries(elsewhere)] == ["duty.file"]
    with pytest.raises(Invalid, match="duty_period"):
        dutyfile.duty_file(office, replace(asked, until=today - timedelta(days=1)), viewer("李四"))
    days = {"since": str(today), "until": str(today)}
    with serving(office) as edge, edge.as_("officer", name="李四") as own, edge.as_("auditor", name="督查") as overseer:
        assert own.post("/v1/duty", json={"officer": "李四", **days}).headers["content-type"] == "application/zip"
        assert own.post("/v1/duty", json={"officer": "王五", **days}).json()["error"]["code"] == "duty_of_another"
        assert overseer.post("/v1/duty", json={"officer": "李四", **days}).status_code == 200
        nobody = overseer.post("/v1/duty", json={"officer": "并无此人", **days})
        assert (nobody.status_code, nobody.json()["error"]["code"]) == (422, "officer_unknown")
        for day in ("1800-01-01", "2999-12-31"):
            assert own.post("/v1/duty", json={"officer": "李四", "since": day, "until": day}).status_code == 200
    with office.store.read() as tx:
        looks = [json.loads(row["body"])["facts"]["by"] for row in tx.ledger.about("duty")]
    assert looks == ["李四", "李四", "李四", "李四", "督查", "李四", "李四"]


def test_once_a_visit_has_found_that_nobody_is_there_any_more_the_officers_decision_is_in_the_file(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    (case_id,), draw = announced(office, hand, cases=1)
    carried_out(office, hand, draw.number)
    (visit,) = visits(office, draw.number)
    gone(office, visit)
    with store.begin() as tx:
        seen = tuple(one.id for one in tx.cases.evidence(case_id))
        decide(office, tx, case_id, Outcome.CEASED, "李四", "登记机关已注销", seen, hand())
    made = casefile.case_file(office, case_id, "王五", "dossier")
    (review,) = [one for one in json.loads(made.files["ledger.json"])["entries"] if one["rule"] == "officer.review"]
    assert "lacks" not in review
    assert "登记机关已注销" in made.files["case.json"].decode()
    assert made.judged.holds
