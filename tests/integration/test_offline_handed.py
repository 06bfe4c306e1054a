"""What leaves the house of a draw without the daemon: a firm's receipt, and the public bundle. Both wait for the visits, for all alike."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from inspector.domain import commitment
from tests import second
from tests.offline import PLAN, SEED, announce, carry_out, laptop, names, strangers_agree
from tests.offlinedraws import BOTH, FIRMS, code, listed, office, open_, redeal
from tests.operator import Operator, Said, table
from tests.receipts import holds

pytestmark = pytest.mark.needs("node")


@pytest.fixture
def laptop_(tmp_path: Path) -> Operator:
    return office(tmp_path)


def receipt(held: Operator, firm: str, *more: str, folder: str = "draw") -> dict[str, Any]:
    told: dict[str, Any] = held.well("draw", "receipt", str(held.folder / folder), firm, *more).json
    return told


def page(folder: Path, told: dict[str, Any]) -> list[str]:
    """What the page says of a receipt beside a bundle."""
    files = {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".html"
    }
    (line,) = second.opinions([{**files, "receipt": json.dumps(told).encode()}])
    return [one["code"] for one in json.loads(line)]


@pytest.mark.slow
def test_a_firm_whose_visits_are_over_gets_the_receipt_that_the_page_holds_to_the_public_bundle(laptop_: Operator) -> None:
    drawn = listed(laptop_)["lists"][0]["visits"][0]["object"]
    spared = next(firm for firm, *_ in FIRMS if firm not in {one["object"] for one in listed(laptop_)["lists"][0]["visits"]})
    assert open_(laptop_).code == 0
    public = laptop_.folder / "public"
    laptop_.well("draw", "export", str(laptop_.folder / "draw"), str(public), "--public")
    made = commitment.read((laptop_.folder / "draw/commit.json").read_bytes())
    for firm, said in ((drawn, "receipt_drawn"), (spared, "receipt_undrawn"), (code(4), "receipt_excluded")):
        told = receipt(laptop_, firm)
        assert holds(made, told, "scjg")
        assert said in page(public, told), firm
        assert said in page(laptop_.folder / "draw", told), firm
        assert not any(other in json.dumps(told) for other, *_ in FIRMS if other != firm), "it shows nothing of anybody else"
    (loud,) = page(public, receipt(laptop_, drawn) | {"limit": "0" * 64})
    assert loud in ("receipt_field", "receipt_other")


@pytest.mark.slow
def test_before_the_visits_a_receipt_is_a_leaf_alike_for_who_is_drawn_and_who_is_not(laptop_: Operator) -> None:
    visits = {one["object"] for one in listed(laptop_)["lists"][0]["visits"]}
    made = commitment.read((laptop_.folder / "draw/commit.json").read_bytes())
    for firm in (next(iter(visits)), next(firm for firm, *_ in FIRMS if firm not in visits)):
        told = receipt(laptop_, firm)
        assert set(told) == {"draw", "leaf", "index", "n", "path", "words"}
        assert holds(made, told, "scjg")
        assert made.c not in json.dumps(told)
        assert "receipt_leaf" in page(laptop_.folder / "draw", told)
        assert open_(laptop_).code in (0, 4)
        later = receipt(laptop_, firm)
        assert (later["index"], later["path"], "leaf" in later) == (told["index"], told["path"], False)
        shutil.rmtree(laptop_.folder / "draw/witness", ignore_errors=False)


def test_a_receipt_is_asked_for_by_however_the_code_is_typed_and_written_into_a_new_file(laptop_: Operator) -> None:
    out = laptop_.folder / "receipt.json"
    said = laptop_.well("draw", "receipt", str(laptop_.folder / "draw"), code(7).lower(), "--out", str(out))
    assert (code(7) in said.err, json.loads(out.read_bytes())["n"]) == (True, 60)
    assert laptop_.say("draw", "receipt", str(laptop_.folder / "draw"), code(7), "--out", str(out)).code == 2
    other = "92" + code(7)[2:17]
    from inspector.domain.identity import uscc_check_digit

    assert receipt(laptop_, other + uscc_check_digit(other))["index"] == receipt(laptop_, code(7))["index"], "its other code"
    nobody = laptop_.say("draw", "receipt", str(laptop_.folder / "draw"), code(99))
    assert (nobody.code, "No firm of this code" in nobody.err) == (3, True)


def test_where_being_in_the_roster_says_who_is_visited_no_receipt_is_given_before_whoever_asks(tmp_path: Path) -> None:
    held = laptop(tmp_path)
    held.file("plan.toml", PLAN.replace('ratio = "1/30"', 'ratio = "100%"').replace('ratio = "10%"', 'ratio = "90%"'))
    assert announce(held).code == 0
    asked = [held.say("draw", "receipt", str(held.folder / "draw"), firm) for firm in ("TEST0003", "TEST9999")]
    assert {(said.code, said.err) for said in asked} == {(4, asked[0].err)}
    assert "says by itself who is visited" in asked[0].err
    assert carry_out(held, *SEED).code == 0
    assert held.say("draw", "receipt", str(held.folder / "draw"), "TEST0003").code == 4
    assert open_(held).code == 0
    assert receipt(held, "TEST0003")["chance"] == "30/30"


def test_a_natural_person_gets_none_and_is_never_named(tmp_path: Path) -> None:
    held = laptop(tmp_path)
    person = "0123456789abcdef" * 2
    held.file("plan.toml", PLAN.partition("[strata.B]")[0].replace('ratio = "10%"', 'ratio = "70%"'))
    held.file("objects.csv", table(["编号", "片区"], *([one, "东区"] for one in (person, *(code(k) for k in range(9))))))
    assert announce(held, bans="").code == 0
    assert carry_out(held, *SEED).code == 0
    assert open_(held).code == 0
    assert held.say("draw", "receipt", str(held.folder / "draw"), person).code == 3
    held.well("draw", "export", str(held.folder / "draw"), str(held.folder / "public"), "--public", "--firms")
    text = (held.folder / "public/result.json").read_text() + (held.folder / "public/scjg.drawn.jsonl").read_text()
    assert person not in text
    assert sum(code(k) in text for k in range(9)) >= 6
    strangers_agree(held.folder / "public")


@pytest.mark.slow
def test_the_public_bundle_waits_for_two_persons_word_and_names_nobody_unless_the_office_decides_so(laptop_: Operator) -> None:
    where, public = laptop_.folder / "draw", laptop_.folder / "public"
    said = laptop_.say("draw", "export", str(where), str(public), "--public")
    assert (said.code, "draw open" in said.err, public.exists()) == (4, True, False), said.err
    chinese = laptop_.say("draw", "export", str(where), str(public), "--public", lang="zh-Hans")
    assert "由两人声明" in chinese.err
    assert (laptop_.say("draw", "export", str(where), str(public)).code, public.exists()) == (2, False)
    assert open_(laptop_).code == 0
    told = laptop_.well("draw", "export", str(where), str(public), "--public", "--json").json
    assert names(public) - {"witness"} == set(told["files"])
    assert "scjg.objects.tsv" not in names(public)
    strangers_agree(public)
    verdict = laptop_.well("draw", "verify", str(public), "--json").json
    assert (verdict["holds"], verdict["remarks"][0]["code"]) == (True, "draw.public_bundle")
    every = "".join(file.read_text(encoding="utf-8") for file in public.rglob("*.json*"))
    assert not any(secret in every for secret in (*(firm for firm, *_ in FIRMS), "Z0", "李科长", "王主任"))
    assert laptop_.say("draw", "export", str(where), str(public), "--public").code == 2, "what is there stays"
    laptop_.well("draw", "export", str(where), str(laptop_.folder / "named"), "--public", "--firms")
    drawn = {one["object"] for one in listed(laptop_)["lists"][0]["visits"]}
    rows = (laptop_.folder / "named/scjg.drawn.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(row)["line"].split("\t")[0] for row in rows} == drawn
    strangers_agree(laptop_.folder / "named")


def test_what_followed_is_bound_into_the_public_bundle_by_its_hash(laptop_: Operator) -> None:
    visit = listed(laptop_)["lists"][0]["visits"][0]
    digest = redeal(laptop_, visit["object"], visit["inspectors"][0], "--json").json["after"]
    assert open_(laptop_).code == 0
    public = laptop_.folder / "public"
    laptop_.well("draw", "export", str(laptop_.folder / "draw"), str(public), "--public")
    assert laptop_.say("draw", "verify", str(public), "--after", digest).code == 0
    assert laptop_.say("draw", "verify", str(public), "--after", "0" * 64).code == 1
    strangers_agree(public)


@pytest.mark.slow
def test_the_visits_are_said_to_be_over_once_by_two_and_on_a_day_on_which_that_can_be(laptop_: Operator) -> None:
    record = laptop_.folder / "draw/witness/record.json"
    for by in (BOTH[:2], ("--by", "李科长", "--by", "李 科长"), ()):
        said = open_(laptop_, by=by)
        assert (said.code, "two different persons" in said.err) == (4, True), said.err
    assert (open_(laptop_, on="2999-01-01").code, open_(laptop_, on="2020-01-01").code) == (2, 2)
    assert not record.exists()
    assert open_(laptop_).code == 0
    told = json.loads(record.read_bytes())["opened"]
    assert (told["by"], told["recorded_by"].startswith("os:")) == (["李科长", "王主任"], True)
    before = record.read_bytes()
    again = open_(laptop_, by=("--by", "甲", "--by", "乙"))
    assert (again.code, "that day stands" in again.err, record.read_bytes() == before) == (4, True, True)
    assert laptop_.say("draw", "verify", str(laptop_.folder / "draw")).code == 0
    strangers_agree(laptop_.folder / "draw")


def follows(held: Operator, c: str) -> Said:
    """The next draw of the register is announced."""
    plan = PLAN.replace('draw = "330106-2026-001"', f'draw = "330106-2026-002"\nprev = "{c}"')
    head, tail = plan.partition("hash = ")[0], plan.partition("[strata.A]")[2]
    held.file("plan.toml", f"{head.replace('justice', 'x')}make = true\n[strata.A]{tail}")
    return announce(held)


def test_a_public_bundle_beside_a_draw_hinders_no_next_one(laptop_: Operator) -> None:
    c = commitment.read((laptop_.folder / "draw/commit.json").read_bytes()).c
    assert open_(laptop_).code == 0
    laptop_.well("draw", "export", str(laptop_.folder / "draw"), str(laptop_.folder / "public"), "--public")
    for name in ("draw", "draw.salt-secret.txt"):
        (laptop_.folder / name).rename(laptop_.folder / f"first{name.removeprefix('draw')}")
    assert follows(laptop_, c).code == 0
    assert laptop_.say("draw", "show", str(laptop_.folder / "public")).code == 2


def test_a_draw_is_not_public_before_the_one_whose_commitment_it_names(laptop_: Operator) -> None:
    c = commitment.read((laptop_.folder / "draw/commit.json").read_bytes()).c
    (laptop_.folder / "draw").rename(laptop_.folder / "first")
    (laptop_.folder / "draw.salt-secret.txt").unlink()
    assert follows(laptop_, c).code == 0
    secret = str(laptop_.folder / "draw.nonce-2.txt")
    dice = " ".join("12345612345612345612345612")
    assert carry_out(laptop_, "--seed", f"text={dice}", "--seed", f"reveal:x={secret}").code == 0
    assert open_(laptop_).code == 0
    assert "leaf" in receipt(laptop_, code(3))
    said = laptop_.say("draw", "export", str(laptop_.folder / "draw"), str(laptop_.folder / "public"), "--public")
    assert (said.code, "330106-2026-001" in said.err) == (4, True), said.err
    assert open_(laptop_, folder="first").code == 0
    assert receipt(laptop_, code(3))["chance"]
    laptop_.well("draw", "export", str(laptop_.folder / "first"), str(laptop_.folder / "public-1"), "--public")
    told = laptop_.well("draw", "export", str(laptop_.folder / "draw"), str(laptop_.folder / "public"), "--public")
    assert "lies elsewhere" not in told.err
    share = laptop_.well("draw", "report", str(laptop_.folder / "draw"), "--json").json["share"]
    assert (share["random"], share["planned"]) == (8, 8), "with the draw of the same year before it"
    shutil.rmtree(laptop_.folder / "first")
    shutil.rmtree(laptop_.folder / "public-1")
    alone = laptop_.well("draw", "receipt", str(laptop_.folder / "draw"), code(3))
    assert "lies elsewhere" in alone.err


def two_drawn(held: Operator) -> Path:
    """A second draw behind the one in `first`, carried out and said to be over."""
    c = commitment.read((held.folder / "draw/commit.json").read_bytes()).c
    (held.folder / "draw").rename(held.folder / "first")
    (held.folder / "draw.salt-secret.txt").unlink()
    assert follows(held, c).code == 0
    dice, secret = " ".join("12345612345612345612345612"), held.folder / "draw.nonce-2.txt"
    assert carry_out(held, "--seed", f"text={dice}", "--seed", f"reveal:x={secret}").code == 0
    assert open_(held).code == 0
    return held.folder / "first"


@pytest.mark.parametrize("daemon", [False, True])
def test_a_draw_of_which_the_public_bundle_alone_lies_beside_is_open(laptop_: Operator, daemon: bool) -> None:
    first, public = two_drawn(laptop_), laptop_.folder / "public"
    assert open_(laptop_, folder="first").code == 0
    laptop_.well("draw", "export", str(first), str(public), "--public")
    shutil.rmtree(first)
    record = public / "witness/record.json"
    told = json.loads(record.read_bytes())
    if daemon:  # its record says nothing of a day
        del told["opened_on"]
        record.write_text(json.dumps({**told, "void_numbers": []}), encoding="utf-8")
    assert listed(laptop_)["waits"] == []
    assert receipt(laptop_, code(3))["chance"]
    out = laptop_.folder / "public-2"
    laptop_.well("draw", "export", str(laptop_.folder / "draw"), str(out), "--public")
    strangers_agree(out)


def test_an_auditors_bundle_of_the_daemon_beside_is_not_open_by_itself(laptop_: Operator) -> None:
    first = two_drawn(laptop_)
    (first / "witness/record.json").write_text('{"void": null, "void_numbers": [], "after": null}', encoding="utf-8")
    assert listed(laptop_)["waits"] == ["330106-2026-001"]


def entered(held: Operator, number: str = "见〔2026〕7号", at: str = "") -> Said:
    """The witness's receipt."""
    made = commitment.read((held.folder / "draw/commit.json").read_bytes()).made
    return held.say("draw", "witness", str(held.folder / "draw"), "--receipt", number, "--at", at or made)


def test_what_the_witness_gave_goes_along_to_everybody_and_private_papers_never(laptop_: Operator) -> None:
    where, public = laptop_.folder / "draw", laptop_.folder / "public"
    made = commitment.read((where / "commit.json").read_bytes()).made
    assert (entered(laptop_, at="2020-01-01T00:00:00+08:00").code, entered(laptop_, at="2999-01-01T00:00:00+08:00").code) == (
        2,
        2,
    )
    card = entered(laptop_, "签收 110101900307751")
    assert (card.code, "110101" in card.err) == (2, False), card.err
    assert not (where / "witness/record.json").exists()
    said = entered(laptop_)
    assert (said.code, "见〔2026〕7号" in said.out) == (0, True), said.err
    again = entered(laptop_, "见〔2026〕8号")
    assert (again.code, "stands" in again.err) == (4, True), again.err
    assert open_(laptop_).code == 0
    token = b"\x30\x82\x01\x00" + bytes(256)
    papers = {"w.tsr": token, "note.tsr": "张三收".encode(), "draw.redeal-1.txt": "李科长".encode(), "scan.pdf": b"%PDF"}
    for name, content in papers.items():
        (where / "witness" / name).write_bytes(content)
    paper = (where / "witness/witness.txt").read_bytes()
    (where / "witness/witness.txt").write_bytes(paper + "签收：张三".encode())
    told = laptop_.well("draw", "export", str(where), str(public), "--public", "--json").json
    assert {file.name for file in (public / "witness").iterdir()} == {"record.json", "w.tsr", "witness.txt"}
    assert told["stays"] == ["witness/draw.redeal-1.txt", "witness/note.tsr", "witness/scan.pdf"]
    assert ((public / "witness/w.tsr").read_bytes(), (public / "witness/witness.txt").read_bytes()) == (token, paper)
    record = json.loads((public / "witness/record.json").read_bytes())
    assert (record["receipt"], record["witnessed_at"] == made, "witness_recorded_by" in record) == ("见〔2026〕7号", True, False)
    assert "os:" not in json.dumps(record)
    strangers_agree(public)
    assert laptop_.well("draw", "verify", str(public), "--json").json["receipt"] == "见〔2026〕7号"
    said = laptop_.say("draw", "witness", str(public), "--receipt", "x", "--at", made)
    assert said.code == 2, said.err
    text = laptop_.well("draw", "export", str(where), str(laptop_.folder / "other"), "--public", lang="zh-Hans")
    assert "scan.pdf" in text.err, "what stays is said"


def test_a_void_that_nobody_has_signed_opens_nothing(laptop_: Operator) -> None:
    where = laptop_.folder / "draw"
    (where / "witness/record.json").write_text('{"void":"故障"}', encoding="utf-8")
    said = laptop_.say("draw", "export", str(where), str(laptop_.folder / "public"), "--public")
    assert (said.code, "draw open" in said.err, "leaf" in receipt(laptop_, code(3))) == (4, True, True), said.err
    assert listed(laptop_)["c"] is None
    assert open_(laptop_).code == 0


def test_a_void_draw_is_published_and_marked_and_one_without_a_result_has_its_commitment_alone(tmp_path: Path) -> None:
    held = office(tmp_path)
    why = "名单遗漏一个片区"
    assert held.say("draw", "void", str(held.folder / "draw"), "--reason", why, *BOTH).code == 0
    assert (open_(held).code, redeal(held, code(1), "Z0").code) == (4, 4)
    told = receipt(held, code(3))
    assert (told["void"], why in told["words"]["en"][-1], "register" in told["words"]["en"][-1]) == (
        *({"reason": why, "numbers": []}, True),
        False,
    )
    held.well("draw", "export", str(held.folder / "draw"), str(held.folder / "public"), "--public")
    strangers_agree(held.folder / "public")
    record = json.loads((held.folder / "public/witness/record.json").read_bytes())
    assert (record["void"], record["signed"]) == (why, ["signatory-1", "signatory-2"])
    assert why in held.well("draw", "report", str(held.folder / "draw")).out
    for name in ("seed.json", "result.json"):
        (held.folder / "draw" / name).unlink()
    held.well("draw", "export", str(held.folder / "draw"), str(held.folder / "stopped"), "--public")
    assert names(held.folder / "stopped") == {"commit.json", "witness", "witness/record.json"}
    assert held.say("draw", "verify", str(held.folder / "stopped")).code == 0
    assert "leaf" in receipt(held, code(3))
    assert held.say("draw", "show", str(held.folder / "draw")).code == 4
