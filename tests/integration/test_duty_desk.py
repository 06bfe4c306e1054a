"""An officer's duty file by its doors: one press on a page for one's own, whose for a head and an overseer, and paper by the command."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import httpx
import pytest

from inspector.domain import folio
from inspector.domain.decision import Because
from inspector.domain.treehead import TreeHead
from inspector.flows import dutyfile
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.tx import new_id
from tests.edge import Edge, serving
from tests.house import Hand, application, closing, open_office, post
from tests.needs import require
from tests.operator import one_database, settled

database_url = one_database
CLAIMS = {"registration-status": "存续"}


def acted(office: Office, by: str) -> str:
    """A case in which somebody has signed something."""
    case_id = post(office, application(1, "business-licence", CLAIMS))
    with office.store.begin() as tx:
        because = Because(rule="matter.close", basis=(), pack="", facts={"by": by})
        tx.ledger.append(new_id(), case_id, because, {}, office.now())
    return case_id


def signed_in(edge: Edge, browser: httpx.Client, role: str, name: str, agency: str = "bureau") -> str:
    """The page as somebody sees it who has logged in."""
    browser.post("/login", data={"token": edge.token(role, agency, name)})
    return browser.get("/duty").text


def pressed(browser: httpx.Client, page: str, **typed: str) -> httpx.Response:
    """The button, with what stands in the form unless something else is typed."""
    form = {name: page.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0] for name in ("since", "until")}
    if 'name="officer"' in page:
        form["officer"] = page.partition('name="officer"')[2].partition('value="')[2].partition('"')[0]
    guard = page.partition('name="guard" value="')[2].partition('"')[0]
    return browser.post("/duty", data={"guard": guard} | form | typed)


def acts(answer: httpx.Response) -> tuple[str, list[str]]:
    """Whose file a zip is, and by which rules he or she has acted in it; it is as it was made."""
    assert answer.headers.get("content-type") == "application/zip", answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        files = {Path(name).name: packed.read(name) for name in packed.namelist()}
    assert folio.judge(files, [TreeHead(**json.loads(files[folio.LEDGER])["head"])]).holds
    told = json.loads(files["duty.json"])
    return told["officer"], [act["rule"] for case in told["cases"] for act in case["acts"]]


@pytest.mark.slow
def test_an_officer_has_the_own_file_at_one_press_and_a_head_and_an_overseer_that_of_any_officer(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand)
    case_id = acted(office, "李四")
    with serving(office) as edge:
        with edge.client() as own:
            page = signed_in(edge, own, "officer", "李四")
            assert 'name="officer"' not in page, "nobody else's is offered"
            assert acts(pressed(own, page)) == ("李四", ["matter.close"])
            assert acts(pressed(own, page, officer="王五")) == ("李四", ["matter.close"]), "whatever a form is made to say"
            assert pressed(own, page, guard="x").status_code == 403
            wrong = pressed(own, page, since="2026-04-01", until="2026-03-01")
            assert (wrong.status_code, "请调换" in wrong.text) == (422, True)
            assert own.get("/duty?officer=李四").headers["content-type"].startswith("text/html"), "an address alone takes nothing"
        for role, name, agency in (("officer", "王局长", "bureau"), ("auditor", "督查", "bureau"), ("auditor", "市督查", "city")):
            with edge.client() as over:
                page = signed_in(edge, over, role, name, agency)
                assert acts(pressed(over, page, officer="李四")) == ("李四", ["matter.close"])
        with edge.client() as elsewhere:
            page = signed_in(edge, elsewhere, "auditor", "邻督查", "other")
            assert acts(pressed(elsewhere, page, officer="李四")) == ("李四", []), "of its own agencies' cases alone"
        with edge.client() as clerk, edge.client() as nobody:
            clerk.post("/login", data={"token": edge.token("clerk", name="赵")})
            assert (clerk.get("/duty").status_code, clerk.post("/duty").status_code) == (403, 403)
            assert nobody.post("/duty").headers["location"].startswith("/login?next=/duty")
    with store.read() as tx:
        told = [json.loads(row["body"])["facts"] for row in tx.ledger.about(dutyfile.ABOUT)]
        looks = {(one.by, one.door) for one in tx.viewings.of_case(case_id)}
    takers = ["李四", "李四", "王局长", "督查", "市督查", "邻督查"]
    assert [(one["by"], one["door"], one["officer_of_file"]) for one in told] == [(one, "page", "李四") for one in takers]
    assert looks == {(one, "page") for one in takers if one != "邻督查"}, "whose case it names can ask who has seen it"


def test_over_the_api_a_head_is_given_it_too_and_no_other_officer(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    acted(office, "李四")
    asked = {"officer": "李四", "since": "2026-01-01", "until": "2026-12-31"}
    with serving(office) as edge, edge.as_("officer", name="王局长") as head, edge.as_("officer", name="王五") as other:
        assert acts(head.post("/v1/duty", json=asked)) == ("李四", ["matter.close"])
        refused = other.post("/v1/duty", json=asked)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "duty_of_another")
        with edge.as_("officer", "other", name="王局长") as namesake:
            assert namesake.post("/v1/duty", json=asked).status_code == 403, "a head of the bureau is none elsewhere"


@pytest.mark.slow
def test_the_command_prints_it_and_a_stranger_checks_it_offline(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("chromium")
    operator = settled(database_url, tmp_path)
    with closing(operator.store()) as store:
        acted(open_office(store, Hand()), "李四")
    days = ("--since", "2026-01-01", "--until", "2026-12-31")
    paper = tmp_path / "duty.pdf"
    told = operator.well("duty", "file", "李四", *days, "--to", str(tmp_path / "duty"), "--pdf", str(paper), "--json").json
    assert (told["holds"], told["pdf"], paper.read_bytes()[:5]) == (True, str(paper), b"%PDF-")
    assert operator.well("case", "dossier-check", str(tmp_path / "duty"), "--head", told["head"]).code == 0
    monkeypatch.setenv("PATH", str(tmp_path))
    said = operator.say("duty", "file", "李四", *days, "--to", str(tmp_path / "other"), "--pdf", str(paper))
    assert (said.code, (tmp_path / "other").exists()) == (2, False), "where nothing prints, nobody is given anything"
