"""`draw export --public`, `draw receipt` and `draw report`, as an operator gives them."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from inspector.labels import label
from inspector.verifier import PAGE, PROGRAM, verify_draw
from tests import house
from tests.drawn import carried_out
from tests.integration.test_published import code, made, registered
from tests.integration.test_void import sign
from tests.operator import Operator, on_both, one_database, operated, settled

pytestmark = pytest.mark.alike

NUMBER = "bureau-2026-00001"
database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    held = settled(database_url, tmp_path)
    hand = house.Hand()
    with house.closing(held.store()) as store:
        office, drawn = registered(store, hand)
        assert drawn.number == NUMBER
        carried_out(office, hand, NUMBER)
        made(office, hand, NUMBER)
    return held


@pytest.mark.slow
@on_both
def test_before_the_visits_no_command_tells_of_a_draw_without_an_entry_of_the_ledger(database_url: str, tmp_path: Path) -> None:
    operator, hand = settled(database_url, tmp_path), house.Hand()
    with house.closing(operator.store()) as store:
        office, _ = registered(store, hand)

        def readings() -> list[str]:
            with store.read() as tx:
                rows = [json.loads(row["body"]) for row in tx.ledger.about(NUMBER) if row["rule"] == "draw.read"]
            return [row["facts"]["what"] for row in rows]

        assert operator.say("draw", "receipt", NUMBER, "TEST-NOBODY").code == 3
        assert "leaf" in json.loads(operator.well("draw", "receipt", NUMBER, code(5)).out)
        receipts = ["receipt:TEST-NOBODY:receipt_unknown", f"receipt:{code(5)}"]
        assert readings() == receipts
        carried_out(office, hand, NUMBER)
        with store.read() as tx:
            c, drawn = tx.draws.get(NUMBER).c, {case for one in tx.visits.of_draw(NUMBER) for case in one.case_ids}
        assert c is not None
        assert drawn
        listed = operator.well("draw", "list", "--json").out
        work = operator.well("work", "list", "--state", "all", "--json")
        dated = operator.well("work", "list", "--state", "all", "--kind", "visit.due", "--json")
        of_visits = json.dumps([row for row in (*work.json, *dated.json) if row["case_id"] is None])
        assert all(f"{kind}:{NUMBER}-" in of_visits for kind in ("push", "push.due", "visit.due"))
        assert not any(secret in said for secret in (c, *drawn) for said in (listed, of_visits, dated.out))
        assert readings() == receipts, "so nobody need be written down"
        one = next(row["id"] for row in dated.json)
        shown = operator.well("work", "show", str(one), "--json").json
        assert {"visit", "cases"} <= set(shown["payload"])
        assert readings() == [*receipts, f"work:{one}"]
        made(office, hand, NUMBER)
        operator.well("work", "show", str(one))
        assert len(readings()) == 3, "afterwards it is nobody's secret"


@on_both
@pytest.mark.slow
def test_the_public_bundle_is_exported_with_the_page_and_verifies_anywhere(operator: Operator) -> None:
    folder = operator.folder / "public"
    told = operator.well("draw", "export", NUMBER, str(folder), "--public", "--json").json
    assert set(told["files"]) == {
        *("commit.json", "seed.json", "result.json", "weekly.drawn.jsonl", "witness/record.json", PAGE, PROGRAM),
    }
    stranger = subprocess.run(
        [sys.executable, "-I", str(folder / PROGRAM), str(folder)], capture_output=True, text=True, check=False
    )
    assert (stranger.returncode, "The public bundle" in stranger.stdout) == (0, True), stranger.stdout
    verdict = operator.well("draw", "verify", str(folder), "--json").json
    assert (verdict["holds"], verdict["remarks"][0]["code"]) == (True, "draw.public_bundle")
    with house.closing(operator.store()) as store:
        rule, body = operated(store)[-1]
    assert (rule, body["public"]) == ("operator.draw.export", True)
    assert operator.say("draw", "export", NUMBER, str(folder), "--public").code == 2


@pytest.mark.slow
def test_a_receipt_is_printed_as_it_is_handed_over_and_said_in_words_beside(operator: Operator) -> None:
    said = operator.well("draw", "receipt", NUMBER, code(5).lower())
    told = json.loads(said.out)
    assert {"draw", "line", "index", "n", "path", "c", "seed", "limit", "chance", "ticket", "words"} == set(told)
    assert code(5) in told["line"]
    assert told["chance"] in said.err
    assert operator.say("draw", "receipt", NUMBER, "TEST-NOBODY").code == 3
    assert operator.say("draw", "receipt", "bureau-2026-09999", code(5)).code == 3


@pytest.mark.slow
def test_a_report_is_shown_in_words_as_data_and_written_in_both_languages(operator: Operator) -> None:
    assert "## Probability of being drawn" in operator.well("draw", "report", NUMBER).out
    data = operator.well("draw", "report", NUMBER, "--json").json
    (pool,) = [one for one in data["chances"] if one["stratum"] == "pool-U"]
    assert (pool["route"], Fraction(pool["probability"])) == ("POOL", Fraction(pool["k"], pool["eligible"]))
    folder = operator.folder / "report"
    operator.well("draw", "report", NUMBER, "--out", str(folder))
    files = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    assert set(files) == {"report.json", "report.en.md", "report.zh-Hans.md", "report.en.html", "report.zh-Hans.html"}
    assert json.loads(files["report.json"]) == data
    assert "被抽中的概率" in files["report.zh-Hans.md"]
    assert (
        "<h2>Probability of being drawn</h2>" in files["report.en.html"],
        'lang="zh-Hans"' in files["report.zh-Hans.html"],
    ) == (True, True)
    assert operator.say("draw", "report", NUMBER, "--out", str(folder)).code == 2


@pytest.mark.slow
def test_an_export_of_a_number_that_nobody_knows_says_so_and_makes_no_folder(operator: Operator) -> None:
    folder = operator.folder / "none"
    said = operator.say("draw", "export", "bureau-2026-09999", str(folder))
    assert (said.code, "nor a draw bureau-2026-09999" in said.err, folder.exists()) == (3, True, False), said.err
    assert "bureau-2026-09999" in label("error.bundle_unknown", "zh-Hans", name="bureau-2026-09999")


@pytest.mark.slow
def test_a_draw_voided_after_it_was_carried_out_is_published_and_marked(database_url: str, tmp_path: Path) -> None:
    operator, hand = settled(database_url, tmp_path), house.Hand()
    with house.closing(operator.store()) as store:
        office, _ = registered(store, hand)
        carried_out(office, hand, NUMBER)
        for by in ("李科长", "王主任"):
            sign(office, NUMBER, by, "名单遗漏一个片区")
    for options, holds in (((), 0), (("--public",), 0)):
        folder = operator.folder / f"void{len(options)}"
        operator.well("draw", "export", NUMBER, str(folder), *options)
        record = json.loads((folder / "witness" / "record.json").read_bytes())
        assert (record["void"], record["void_numbers"]) == ("名单遗漏一个片区", [2])
        named = {*record["signed"]} & {"李科长", "王主任"}
        assert (len(record["signed"]), len(named), record["lacked"]) == (2, 0 if options else 2, []), "the public hears no name"
        ended, lines = verify_draw.opinion(folder)
        assert (ended, any("THIS DRAW WAS MADE VOID" in line and "名单遗漏一个片区" in line for line in lines)) == (holds, True)
        told = operator.well("draw", "verify", str(folder), "--json").json
        remarks = {one["code"] for one in told["remarks"]}
        assert (told["holds"], {"draw.void_draw", "draw.void_lacks"} & remarks) == (True, {"draw.void_draw"})
    receipt = json.loads(operator.well("draw", "receipt", NUMBER, code(5)).out)
    assert receipt["void"] == {"reason": "名单遗漏一个片区", "numbers": [2]}
    assert "作废" in receipt["words"]["zh-Hans"][-1]
    assert "made void (名单遗漏一个片区; number 2 " in operator.well("draw", "report", NUMBER).out
