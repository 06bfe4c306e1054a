"""`draw`: announced from the command line, exported as a bundle, and recomputed from that bundle with nothing else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inspector.cli import terminal
from inspector.domain import draw as protocol
from inspector.domain.calendar import SHANGHAI
from inspector.domain.commitment import Commitment, Listing, Rules, Share, commit
from inspector.domain.frame import Ban, InspectorRow, ObjectRow, content, freeze
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawState
from inspector.domain.replay import FIELDS
from inspector.domain.suite import Suite
from inspector.flows import dispatch
from inspector.store.store import Store
from tests import house
from tests.beacons import QUICK, QUICK_SAID
from tests.house import settle
from tests.integration.test_draw_way import announced, drawing, lotteried
from tests.integration.test_draw_way import carried_out as drawn_by_daemon
from tests.integration.test_extension import supervised
from tests.operator import Operator, on_both, one_database, process, publish, settled, table
from tests.records import entered

pytestmark = [pytest.mark.alike, pytest.mark.slow]

NUMBER = "bureau-2026-00001"
SEEDED = house.START + timedelta(days=2)
NONCES = {"audit": "a1" * 32, "justice": "b2" * 32}


def salt(name: str) -> str:
    return Suite().hex(name)[:32]


def carried_out(store: Store, *, finished: bool = True) -> Commitment:
    """Put a draw into the store, finished or still waiting for its seed, as the flows leave it behind."""
    objects = [ObjectRow(id=f"TEST{n:02d}", stratum="A", pool="bureau", salt=salt(f"o{n}")) for n in range(12)]
    staff = [InspectorRow(id=f"Z{n}", pools=("bureau",), cap=9, salt=salt(f"z{n}")) for n in range(5)]
    frame = freeze(objects, staff, [Ban(object="TEST00", inspector="Z0", reason="recusal", salt=salt("ban"))])
    rules = Rules(base="all", rounding="ceil", reserve=1, team=2, strata={"A": Share(ppm=300_000, least=1)})
    sources = [{"kind": "reveal", "party": p, "hash": Suite().hex(f"ssj1/nonce\n{nonce}")} for p, nonce in NONCES.items()]
    parts = [{"kind": "reveal", "nonce": nonce} for nonce in NONCES.values()]
    made = commit(
        number=NUMBER,
        prev=None,
        blind="c3" * 16,
        made=house.START.isoformat(),
        sources=sources,
        listings=[Listing(name="licensing", frame=frame, rules=rules)],
    )
    result = protocol.carry_out(made, {"licensing": frame}, parts)
    held = Draw(
        number=NUMBER,
        agency="bureau",
        plan="licensing",
        slot="2026-03-02",
        pack="demo@1",
        state=DrawState.DRAWN,
        made_at=house.START,
        prev=None,
        parties=tuple(NONCES),
        lists=(Listed(name="licensing", agency="bureau"),),
        c=made.c,
        w=made.w,
        witness="notary:N-77",
        witnessed_at=house.START,
        announced_at=house.START,
        drawn_at=SEEDED,
        promises=dict(zip(NONCES, sources, strict=True)),
        parts=dict(zip(NONCES, parts, strict=True)),
    )
    files = {"objects.tsv": content(frame.objects), "inspectors.tsv": content(frame.inspectors), "bans.tsv": content(frame.bans)}
    members = b"{" + b",\n".join(f'"{row.id}": ["FIRM", "{row.id}", "", [], true, "A", []]'.encode() for row in objects) + b"}\n"
    files |= {"commit.json": made.content, "result.json": result.content(), "members.json": members}
    files |= {"seed.json": json.dumps({"commit": made.c, "parts": parts}).encode()}
    if not finished:
        held = replace(held, state=DrawState.SEEDING, drawn_at=None, parts={})
        del files["result.json"], files["seed.json"]
    with store.begin() as tx:
        tx.draws.add(held)
        for name, held_bytes in files.items():
            tx.draws.keep_file(NUMBER, name, held_bytes)
        entered(tx, held, result)
    return made


def codes(told: object) -> list[str]:
    assert isinstance(told, list)
    return [one["code"] for one in told]


database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


@pytest.fixture
def commitment(operator: Operator) -> Commitment:
    with house.closing(operator.store()) as store:
        return carried_out(store)


def test_a_bundle_verifies_without_database_or_network_and_its_time_is_proven_only_from_outside(
    operator: Operator, commitment: Commitment
) -> None:
    folder = operator.folder / "bundle"
    operator.well("draw", "export", NUMBER, str(folder))
    shutil.move(folder, operator.folder / "elsewhere")
    elsewhere = str(operator.folder / "elsewhere")
    alone = process("draw", "verify", elsewhere, "--lang", "en", folder=operator.folder)
    assert alone.code == 0, alone.err
    assert "TIME NOT PROVEN" in alone.out
    assert "notary:N-77" in alone.out
    outside = ["--witness", commitment.w, "--witnessed-at", house.START.isoformat(), "--seed-at", SEEDED.isoformat()]
    proven = operator.well("draw", "verify", elsewhere, *outside, "--strict", "--json").json
    assert (proven["holds"], proven["strict"], proven["time_proven"]) == (True, True, True)
    assert (proven["problems"], codes(proven["remarks"])) == ([], ["draw.after_alone", "draw.number_first"])
    other = operator.say("draw", "verify", elsewhere, "--witness", "0" * 64, "--json")
    assert (other.code, other.json["holds"], other.json["time_proven"]) == (1, False, False)


def test_the_key_to_pseudonyms_never_leaves_the_house(operator: Operator, commitment: Commitment) -> None:
    operator.well("draw", "export", NUMBER, str(operator.folder / "bundle"))
    assert "members.json" not in {file.name for file in (operator.folder / "bundle").rglob("*")}


def test_nothing_but_w_leaves_the_house_before_the_result_is_there(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        carried_out(store, finished=False)
    said = operator.say("draw", "export", NUMBER, str(operator.folder / "bundle"))
    assert (said.code, (operator.folder / "bundle").exists()) == (4, False)
    assert operator.well("draw", "show", NUMBER, "--json").json["c"] is None


@on_both
def test_a_draw_in_the_database_is_recomputed_in_place(operator: Operator, commitment: Commitment) -> None:
    assert operator.well("draw", "verify", NUMBER, "--json").json["holds"] is True
    assert operator.say("draw", "verify", "bureau-2026-09999").code == 3
    nowhere = process("draw", "verify", "NO-SUCH-FOLDER", "--lang", "en", folder=operator.folder)
    assert (nowhere.code, "neither a folder nor a draw NO-SUCH-FOLDER" in nowhere.err) == (3, True), "and no word of a database"


def test_a_bundle_is_never_written_over_something_else(operator: Operator, commitment: Commitment) -> None:
    operator.file("other.txt", "x")
    assert operator.say("draw", "export", NUMBER, str(operator.folder)).code == 2


@on_both
def test_a_draw_is_announced_once_a_period_and_only_when_there_is_something_to_draw(operator: Operator) -> None:
    publish(operator)
    empty = operator.say("draw", "announce", "licensing", "--json")
    assert (empty.code, empty.json) == (4, {"draw": None})
    file = operator.file("objects.csv", table(["code"], ["TEST1"], ["TEST2"]))
    operator.well("roster", "import", "objects", file, "--agency", "bureau")
    first = operator.well("draw", "announce", "licensing", "--json").json["draw"]
    again = operator.well("draw", "announce", "licensing", "--json").json["draw"]
    assert first["number"] == again["number"]
    assert [one["number"] for one in operator.well("draw", "list", "--json").json] == [first["number"]]
    shown = operator.well("draw", "show", first["number"], "--json").json
    assert (shown["state"], shown["awaited"]) == ("PREPARING", ["dice", "justice", "audit"])
    assert "waits for the promise of dice, justice, audit, until 2" in operator.well("draw", "announce", "licensing").out
    assert operator.say("draw", "export", first["number"], str(operator.folder / "b")).code == 4
    assert operator.say("draw", "announce", "no-such-plan").code == 2


def test_who_announces_behind_another_plans_draw_is_told_which_one_is_open(operator: Operator) -> None:
    operator.settle_in('\n[plans.monthly]\nagency = "bureau"\ntrigger = "every 4h"\npool = true\n')
    file = operator.file("objects.csv", table(["code"], ["TEST1"], ["TEST2"]))
    operator.well("roster", "import", "objects", file, "--agency", "bureau")
    for plan in ("licensing", "monthly"):
        publish(operator, plan)
    number = operator.well("draw", "announce", "licensing", "--json").json["draw"]["number"]
    said = operator.say("draw", "announce", "monthly")
    assert (said.code, f"draw {number} of plan licensing is being prepared" in said.out) == (4, True), said.out
    assert "another one is still open" in said.out
    chinese = operator.say("draw", "announce", "monthly", lang="zh-Hans").out
    assert f"计划 licensing 的抽取 {number} 正在准备" in chinese
    assert "该计划" not in chinese


@on_both
def test_what_the_daemon_drew_after_a_void_draw_and_dealt_again_verifies_from_its_export(operator: Operator) -> None:
    hand = house.Hand()
    with house.closing(operator.store()) as store:
        office, _, notary = drawing(store, hand, silent="audit")
        _, first = announced(office, hand)
        drawn_by_daemon(office, hand, first.number)
        with store.read() as tx:
            void = tx.draws.get(first.number)
            (following,) = [held for held in tx.draws.page(None) if held.number != first.number]
        drawn_by_daemon(office, hand, following.number)
        held = lotteried(office, hand, following.number)
        with store.read() as tx:
            seats = [seat for one in tx.visits.of_draw(held.number) for seat in tx.visits.team(one.id)]
        for seat in seats[:2]:
            with store.begin() as tx:
                dispatch.decline(office, tx, dispatch.seat_name(seat), "与当事人有亲属关系", hand())
        hand.now = max(seat.accept_by for seat in seats)  # a longer leap is an outage, and nobody's silence
        settle(office)  # the others have kept silent
        kept = notary.values[held.number]
    entry = operator.well("draw", "export", void.number, str(operator.folder / "void"), "--json").json
    assert entry["files"] == ["commit.json", "witness/record.json"], "a void draw has no result, but it stands in the chain"
    folder = operator.folder / "bundle"
    operator.well("draw", "export", held.number, str(folder))
    assert held.announced_at is not None
    assert held.drawn_at is not None
    outside = ["--witness", kept, "--witnessed-at", held.announced_at.isoformat(), "--seed-at", held.drawn_at.isoformat()]
    outside += [word for part in held.parts.values() if part["kind"] == "text" for word in ("--figures", str(part["text"]))]
    single = operator.say("draw", "verify", str(folder), *outside, "--strict", "--json")
    assert (single.code, [one["code"] for one in single.json["remarks"] if one["grave"]]) == (1, ["draw.numbers_before"])
    assert single.json["remarks"][0]["facts"] == {"prev": void.c}
    for source in ((str(folder), str(operator.folder / "void")), (held.number,)):  # the house has its own chain
        told = operator.well("draw", "verify", *source, *outside, "--strict", "--json").json
        assert (told["time_proven"], told["problems"]) == (True, [])
        remarks = ["draw.few_reserves", "draw.after_alone", "draw.chain_followed", "draw.chain_void", "draw.number_first"]
        assert codes(told["remarks"]) == remarks
        assert told["replayed"] >= 4
    chain = operator.well("draw", "verify", str(folder), str(operator.folder / "void"), "--json").json["remarks"]
    assert {"draw": void.number, "reason": void.void_reason} in [
        one["facts"] for one in chain if one["code"] == "draw.chain_void"
    ]
    assert "draw.prev_unchecked" not in codes(chain)
    events = [json.loads(line) for line in (folder / "after.jsonl").read_bytes().splitlines()]
    assert all(list(event) == list(FIELDS) for event in events)
    record = json.loads((folder / "witness" / "record.json").read_bytes())
    assert (record["w"], record["draw"]) == (kept, held.number)
    assert held.announced_at.isoformat() < record["seeded_at"] <= held.drawn_at.isoformat(), "the first reveal, not the result"
    late = operator.say("draw", "verify", str(folder), "--witness", kept, "--witnessed-at", record["seeded_at"], "--json").json
    assert codes(late["remarks"])[0] == "draw.witness_late", "its own record speaks against it"
    forged = [{**events[-1], "in": None}] if events[-1]["in"] else [{**events[-1], "in": events[-1]["out"]}]
    lines = [json.dumps(event, ensure_ascii=False) + "\n" for event in [*events[:-1], *forged]]
    (folder / "after.jsonl").write_text("".join(lines), encoding="utf-8")
    said = operator.say("draw", "verify", str(folder), "--json")
    assert (said.code, said.json["problems"][-1]["facts"]["row"]) == (1, len(events))


@on_both
def test_two_persons_void_a_draw_and_list_show_and_register_tell_why_and_who(operator: Operator, commitment: Commitment) -> None:
    why = ("--reason", "名单遗漏一个片区")
    both = operator.say("draw", "void", NUMBER, *why, "--by", "李科长", "--by", "王主任")
    assert (both.code, "one --by" in both.err) == (2, True), "with the daemon nobody signs for another"
    assert operator.well("draw", "void", NUMBER, *why, "--by", "李科长", "--json").json["state"] == "DRAWN"
    for other in (" 李 科长", "王主任"):
        assert operator.say("draw", "void", NUMBER, *why, "--by", other).code == 4, (
            "one person's word is one, and one user is one person"
        )
    assert operator.another.say("draw", "void", NUMBER, *why, "--by", "李科长").code == 4, "nor is one name two"
    names = ["李科长 (" + terminal.operator() + ")", "王主任 (os:uid-54321)"]
    assert operator.another.well("draw", "void", NUMBER, *why, "--by", "王主任", "--json").json["signed"] == names
    (listed,) = operator.well("draw", "list", "--json").json
    assert (listed["state"], listed["void_reason"], listed["signed"]) == ("VOID", why[1], names)
    assert listed["drawn_at"] is not None
    assert operator.well("draw", "verify", NUMBER, "--json").json["holds"] is True, "its result stays and can be recomputed"
    made, line = operator.well("draw", "register", "--json").json
    assert (made["number"], made["kind"], line["number"], line["kind"], line["draw"]) == (1, "DRAW", 2, "VOID", NUMBER)
    with house.closing(operator.store()) as store, store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE draw_register SET draw = 'bureau-2026-00002'")
    assert operator.say("draw", "register").code == 1


@pytest.mark.slow
def test_two_persons_extend_a_draw_by_a_document_and_the_dry_run_says_what_would_be_drawn(
    database_url: str, tmp_path: Path
) -> None:
    operator = Operator(tmp_path, database_url).settle_in(
        '[plans.weekly]\nagency = "bureau"\ntrigger = "every 7d"\npool = true\n'
    )
    operator.well("migrate")
    hand = house.Hand(now=datetime.now(SHANGHAI))
    with house.closing(operator.store()) as store:
        office, first = supervised(store, hand)
        number = drawn_by_daemon(office, hand, first.number).number
    year = str(first.made_at.year)
    operator.well("plan", "create", "weekly", "--year", year, "--set-aside", "pool-U=4", "--by", "王科员")
    assert operator.well("plan", "show", "weekly", "--year", year, "--json").json["strata"][0]["set_aside"] == 4
    operator.another.well("plan", "approve", "weekly", "--year", year, "--document", "审管〔2026〕3号", "--by", "李主任")
    operator.well("plan", "publish", "weekly", "--year", year, "--reference", "公告")
    why = ("--reason", "专项检查", "--basis", "区政府〔2026〕12号", "--more", "pool-U=3")
    (row,) = operator.well("draw", "extend", number, *why, "--dry-run", "--json").json
    assert [row[name] for name in ("stratum", "rows", "drawn", "able", "added", "room")] == ["pool-U", 20, 5, 15, 3, 4]
    assert operator.well("draw", "register", "--json").json[-1]["kind"] == "DRAW", "nothing was written"
    one = operator.well("draw", "extend", number, *why, "--by", "李科长", "--json").json
    assert (one["extension"], one["signed"], one["added"]) == (None, [f"李科长 ({terminal.operator()})"], {"pool-U": 3})
    for other in ("李科长", "王主任"):
        assert operator.say("draw", "extend", number, *why, "--by", other).code == 4, (
            "one person's word is one, and one user is one person"
        )
    said = operator.another.well("draw", "extend", number, *why, "--by", "王主任")
    assert f"draw {number} is extended by" in said.out
    *_, line = operator.well("draw", "register", "--json").json
    assert (line["kind"], "basis=区政府〔2026〕12号" in line["facts"], "李科长" in line["facts"]) == ("EXTENSION", True, True)
    shown = operator.well("draw", "show", line["draw"], "--json").json
    assert (shown["kind"], shown["extends"], shown["state"]) == ("EXTENSION", number, "PREPARING")
    for odd in ("pool-U", "pool-U=x", "=3", "pool-U=-1"):
        assert operator.say("draw", "extend", number, *why[:4], "--more", odd).code == 2, odd
    assert operator.say("draw", "extend", "bureau-2026-00999", *why).code == 3
    told = operator.say("draw", "extend", "--help").out
    assert "追加抽取" in told
    assert "--dry-run" in told


def test_what_is_not_there_cannot_cease_be_replaced_or_be_dealt_anew(operator: Operator, commitment: Commitment) -> None:
    assert operator.say("draw", "cease", "v", "--how", "moved", "--evidence", "x").code == 3
    assert operator.say("draw", "replace", "v", "--ground", "unsafe", "--reason", "x").code == 3
    assert operator.say("draw", "supplement", "nobody").code == 2
    assert operator.well("draw", "supplement", "licensing", "--dry-run", "--json").json == []


def test_a_beacons_round_is_carried_in_by_file_and_only_the_promised_one(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        carried_out(store, finished=False)
        frame = freeze([ObjectRow(id="TEST00", stratum="A", pool="bureau", salt=salt("o"))], [], [])
        rules = Rules(base="all", rounding="ceil", reserve=0, team=2, strata={"A": Share(ppm=1_000_000)})
        made = commit(
            number="bureau-2026-00002",
            prev=None,
            blind="c3" * 16,
            made="2023-09-15T09:00:00Z",
            sources=[QUICK, {"kind": "reveal", "hash": "01" * 32}],
            listings=[Listing(name="x", frame=frame, rules=rules)],
        )
        with store.begin() as tx:
            held = replace(
                tx.draws.get(NUMBER),
                number=made.number,
                slot="another",
                parties=("beacon", "audit"),
                promises=dict(zip(("beacon", "audit"), made.sources, strict=True)),
                c=made.c,
                w=made.w,
                prev=made.prev,
            )
            tx.draws.add(held)
            entered(tx, held)
            tx.draws.keep_file(made.number, "commit.json", made.content)
    file = operator.folder / "round.json"
    file.write_text(json.dumps({**QUICK_SAID, "round": 657414}))
    other = operator.say("draw", "carry-in", made.number, str(file), "--json")
    assert (other.code, "beacon_not_awaited" in other.err) == (2, True)
    file.write_text(json.dumps(QUICK_SAID))
    assert operator.say("draw", "carry-in", NUMBER, str(file)).code == 4, "that draw waits for no beacon"
    told = operator.well("draw", "carry-in", made.number, str(file), "--json").json
    assert (told["party"], told["state"]) == ("beacon", "SEEDING")
    assert operator.say("draw", "carry-in", made.number, str(file)).code == 4, "it is there"


def test_the_list_of_draws_says_that_there_are_more_and_shows_the_newest_when_asked(
    operator: Operator, commitment: Commitment
) -> None:
    del commitment
    with house.closing(operator.store()) as store, store.begin() as tx:
        first = tx.draws.get(NUMBER)
        for number in (2, 3):
            later = first.made_at + timedelta(days=number)
            tx.draws.add(replace(first, number=f"bureau-2026-0000{number}", slot=str(number), made_at=later))
    page = operator.well("draw", "list", "--limit", "2")
    assert f"--after {NUMBER[:-1]}2" in page.err
    rest = operator.well("draw", "list", "--limit", "2", "--after", f"{NUMBER[:-1]}2")
    assert (rest.err, rest.out.count("bureau-2026-")) == ("", 1)
    newest = operator.well("draw", "list", "--last", "--limit", "2", "--agency", "bureau", "--json").json
    assert [one["number"][-1] for one in newest] == ["3", "2"]
    assert operator.say("draw", "list", "--last", "--after", NUMBER).code == 2


@on_both
def test_records_that_contradict_each_other_are_said_by_every_command_that_looks(
    operator: Operator, commitment: Commitment
) -> None:
    with house.closing(operator.store()) as store, store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE visit SET object_id = 'TEST99' WHERE id = 'bureau-2026-00001-0001'")
    assert codes(operator.say("draw", "verify", NUMBER, "--json").json["problems"]) == ["draw.records_visit"]
    auditor = operator.say("draw", "export", NUMBER, str(operator.folder / "auditor"), "--json")
    assert (auditor.code, codes(auditor.json["problems"])) == (1, ["draw.records_visit"]), "the auditor gets it, and hears it"
    public = operator.say("draw", "export", NUMBER, str(operator.folder / "public"), "--public")
    assert (public.code, (operator.folder / "public").exists(), "contradict" in public.err) == (4, False, True)
    assert operator.say("draw", "report", NUMBER).code == 4
    (failed,) = [one for one in operator.say("check", "--json").json if one["name"] == f"draws.{NUMBER}"]
    assert failed["state"] == "FAIL"
    assert [one["about"] for one in operator.well("attention", "list", "--json").json if one["kind"] == "draw_contradicted"] == [
        NUMBER
    ]
    assert "does not hold" not in operator.say("draw", "register").err
    with house.closing(operator.store()) as store, store.begin() as tx:
        assert tx.ledger.seal(house.START)
        tx.connection.exec_driver_sql(f"DELETE FROM ledger WHERE about = '{NUMBER}' AND rule = 'draw.reveal'")
    register = operator.say("draw", "register")
    assert (register.code, "seal 1 does not hold" in register.err) == (1, True)
    assert "draws.ledger" in {one["name"] for one in operator.say("check", "--json").json if one["state"] == "FAIL"}
