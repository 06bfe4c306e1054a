"""A case's file through its doors: the command, the API and the officer's page; checked by a stranger without database and settings."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from connectors.agencies import paper as post_room
from inspector.domain import folio
from inspector.domain.treehead import TreeHead
from inspector.flows import casefile
from inspector.store.store import Store
from inspector.testing import LETTER
from tests.edge import a_case, serving
from tests.house import Hand, application, closing, open_office, post
from tests.needs import require
from tests.operator import one_database, process, settled

pytestmark = pytest.mark.slow

database_url = one_database
CLAIMS = {"registration-status": "存续"}


def test_a_command_writes_a_case_s_file_and_a_stranger_checks_it_with_a_head_of_another_hand(
    database_url: str, tmp_path: Path
) -> None:
    operator = settled(database_url, tmp_path)
    with closing(operator.store()) as store:
        office = open_office(store, Hand())
        case_id = post(office, application(1, "business-licence", CLAIMS))
    told = operator.well("case", "dossier", "R-000001", "--to", str(tmp_path / "file"), "--json").json
    assert told["holds"]
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o700, "it holds what is known of its subject"
    assert operator.say("case", "dossier", case_id, "--to", str(tmp_path / "file")).code == 2, "another one's file stays"
    folder, head = shutil.copytree(tmp_path / "file", tmp_path / "strange" / "file"), told["head"]
    held = process("case", "dossier-check", str(folder), "--head", head, "--json", folder=tmp_path / "strange")
    assert (held.code, held.json["holds"], held.json["troubles"]) == (0, True, [])
    assert operator.say("case", "dossier-check", str(folder)).code == 2, "without a head nothing is shown"
    page = folder / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("存续", "注销"), encoding="utf-8")
    broken = operator.say("case", "dossier-check", str(folder), "--head", head, "--json")
    assert broken.code == 1
    assert {one["code"] for one in broken.json["troubles"]} == {"file_changed", "pages_differ"}
    size = int(head.partition(":")[0])
    operator.well("case", "dossier", case_id, "--to", str(tmp_path / "second"))
    later = operator.well("ledger", "head").out.strip()
    operator.well("ledger", "prove", "--since", str(size), "--to", str(tmp_path / "growth.json"))
    first = str(tmp_path / "file")
    young = operator.say("case", "dossier-check", first, "--head", later, lang="zh-Hans")
    assert (young.code, "尚不能证明" in young.out) == (1, True)
    assert f"ledger prove --since {size} " in young.out, "a head later than the file's own is not told to be too young"
    early = operator.say("case", "dossier-check", first, "--head", f"1:{'0' * 64}")
    assert (early.code, f"Ask for a head of {size} entries or more" in early.out) == (1, True)
    assert (
        "ledger is proven"
        not in operator.well("case", "dossier-check", first, "--head", later, "--growth", str(tmp_path / "growth.json")).out
    )


def test_an_officer_and_an_overseer_are_given_the_file_and_nobody_else(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with serving(office) as edge, edge.as_("system", name="hall") as hall, edge.as_("officer", name="李四") as officer:
        case_id = hall.post("/v1/cases", json=a_case()).json()["id"]
        path = f"/v1/cases/{case_id}/dossier"
        answer = officer.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            files = {Path(name).name: packed.read(name) for name in packed.namelist()}
        head = TreeHead(**json.loads(files[folio.LEDGER])["head"])
        assert folio.judge(files, [head]).holds
        with edge.as_("auditor", "other") as stranger, edge.as_("clerk") as clerk, edge.as_("auditor") as overseer:
            assert [one.get(path).status_code for one in (hall, clerk, stranger, overseer)] == [403, 403, 404, 200]
        with edge.client() as browser:
            browser.post("/login", data={"token": edge.token("officer", name="李四")})
            page = browser.get(f"/review/{case_id}").text
            guard = page.partition('name="guard" value="')[2].partition('"')[0]
            assert browser.get(f"/review/{case_id}/dossier").status_code == 405, "an address alone writes nothing down"
            assert browser.post(f"/review/{case_id}/dossier", data={"guard": "x"}).status_code == 403
            assert browser.post(f"/review/{case_id}/dossier", data={"guard": guard}).headers["content-type"] == "application/zip"
    with store.read() as tx:
        looks = [json.loads(row["body"])["facts"] for row in tx.ledger.about(casefile.about(case_id))]
    assert [(one["by"], one["door"]) for one in looks] == [("李四", "api"), ("auditor", "api"), ("李四", "page")]


@pytest.mark.slow
def test_a_press_on_the_cases_page_gives_the_pdf_beside_the_folder_and_where_no_browser_is_there_is_no_such_button(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("chromium")
    office = open_office(store, hand)
    case_id = post(office, application(1, "business-licence", CLAIMS))
    with serving(office) as edge, edge.client() as browser:
        browser.post("/login", data={"token": edge.token("officer", name="李四")})
        page = browser.get(f"/review/{case_id}").text
        guard = page.partition('name="guard" value="')[2].partition('"')[0]
        assert 'name="pdf"' in page
        made = browser.post(f"/review/{case_id}/dossier", data={"guard": guard, "pdf": "1"})
        own = {"guard": guard, "since": "2026-01-01", "until": "2026-12-31", "pdf": "1"}
        assert 'name="pdf"' in browser.get("/duty").text
        duty = browser.post("/duty", data=own)
        for answer, name in ((made, f"case-{case_id}"), (duty, "duty")):
            with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
                assert packed.read(f"{name}.pdf").startswith(b"%PDF-")
                files = {
                    one.removeprefix(f"{name}/"): packed.read(one) for one in packed.namelist() if one.startswith(f"{name}/")
                }
            assert folio.judge(files, [TreeHead(**json.loads(files[folio.LEDGER])["head"])]).holds, "the folder is what it was"
        monkeypatch.setenv("PATH", "")
        assert 'name="pdf"' not in browser.get(f"/review/{case_id}").text + browser.get("/duty").text
        with edge.as_("officer", name="李四") as officer:
            refused = officer.get(f"/v1/cases/{case_id}/dossier", params={"pdf": True})
        assert (refused.status_code, "pdf_needs_browser" in refused.text) == (422, True)
    with store.read() as tx:
        looks = [row for row in tx.ledger.about(casefile.about(case_id)) if row["rule"] == "case.file"]
    assert len(looks) == 1, "what could not be printed was not made, and is no reading"


def test_a_page_is_printed_by_an_installed_browser_and_where_there_is_none_that_is_said(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("chromium")
    operator = settled(database_url, tmp_path)
    with closing(operator.store()) as store:
        case_id = post(open_office(store, Hand()), application(1, "business-licence", CLAIMS))
    paper = tmp_path / "file.pdf"
    operator.well("case", "dossier", case_id, "--to", str(tmp_path / "file"), "--pdf", str(paper))
    assert paper.read_bytes().startswith(b"%PDF-")
    monkeypatch.setenv("PATH", str(tmp_path))
    said = operator.say("case", "dossier", case_id, "--to", str(tmp_path / "other"), "--pdf", str(paper))
    assert (said.code, (tmp_path / "other").exists()) == (2, False)
    assert "index.html" in said.err


def test_letters_on_paper_are_printed_once_for_whoever_may_read_them(database_url: str, tmp_path: Path) -> None:
    require("chromium")
    operator, folder = settled(database_url, tmp_path), tmp_path / "letters"
    folder.mkdir()
    page = folder / post_room.connect("archives", {"folder": str(folder)}).send(LETTER, key="k-1").reference
    first = operator.well("assistance", "pdf", str(folder), "--json").json["made"]
    held = page.with_suffix(".pdf")
    assert (first, held.read_bytes()[:5], held.stat().st_mode & 0o777) == ([str(held)], b"%PDF-", 0o640)
    assert operator.well("assistance", "pdf", str(folder), "--json").json["made"] == []
    assert {one.name for one in folder.iterdir()} == {page.name, held.name}
