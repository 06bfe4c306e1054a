"""A draw without the daemon is made void: by two persons with one reason, before anybody knows its seed or once its result is there."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.cli.offline import folder as files
from inspector.cli.offline import void as voiding
from inspector.domain.beacon import QUICKNET
from inspector.domain.errors import Refusal
from tests import minds
from tests.offline import PLAN, SEED, announce, carry_out, laptop, names
from tests.operator import Operator, Said, process

pytestmark = [pytest.mark.slow, pytest.mark.needs("node")]

GRAVE = ["draw.no_witness", "draw.stopped_unknown"]
"""What is grave of a lawful void: nobody outside has said when, and no file dates a ceremony."""
WHY, BY = "名单遗漏一个片区", ("--by", "李科长", "--by", "王主任")


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop with a draw that is announced."""
    office = laptop(tmp_path)
    assert announce(office).code == 0
    return office


def void(office: Operator, *by: str, reason: str = WHY, folder: str = "draw") -> Said:
    return office.say("draw", "void", str(office.folder / folder), "--reason", reason, *(by or BY))


def held(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def files_of(folder: Path) -> dict[str, bytes]:
    """A bundle as the three verifiers take it."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.suffix in (".json", ".tsv")}


def verified(office: Operator, *more: str) -> Said:
    return office.say("draw", "verify", str(office.folder / "draw"), *more)


def test_two_persons_with_one_reason_make_it_void_and_everybody_hears_why_and_by_whom(office: Operator) -> None:
    before = held(office.folder / "draw")
    said = void(office, *BY, "--json")
    assert (said.code, said.json["reason"], said.json["signed"]) == (0, WHY, ["李科长", "王主任"]), said.err
    after = held(office.folder / "draw")
    record = json.loads(after.pop("witness/record.json"))
    assert (after, record["void"], record["signed"], record["draw"]) == (before, WHY, ["李科长", "王主任"], "330106-2026-001")
    judged = verified(office, "--json")
    assert (judged.code, judged.json["holds"], judged.json["void"], judged.json["signed"]) == (
        *(0, True, WHY),
        ["李科长", "王主任"],
    )
    told = verified(office).out
    assert (WHY in told, "李科长, 王主任" in told, "the result follows" in told, "before it had a result" in told) == (
        *(True, True, False, True),
    )
    assert "李科长, 王主任" in process("draw", "verify", "draw", "--lang", "zh-Hans", folder=office.folder).out


def test_a_result_that_is_deleted_for_one_line_in_the_record_is_a_grave_matter_and_a_whole_record_lacks_nothing(
    office: Operator,
) -> None:
    folder = office.folder / "draw"
    assert void(office).code == 0
    judged = verified(office, "--json")
    assert (judged.code, [one["code"] for one in judged.json["remarks"] if one["grave"]]) == (0, GRAVE)
    assert minds.voids([files_of(folder)]) == [({"stopped_unknown"},) * 3]
    (folder / "witness/record.json").write_text('{"void":"故障"}', encoding="utf-8")
    judged = verified(office, "--json")
    assert (judged.code, [one["code"] for one in judged.json["remarks"] if one["grave"]]) == (
        0,
        [*GRAVE[:1], "draw.void_lacks", *GRAVE[1:]],
    )
    assert minds.voids([files_of(folder)]) == [({"void_lacks", "stopped_unknown"},) * 3]
    assert verified(office, "--strict").code == 1
    words = verified(office).out
    assert ("record of the void lacks draw, w, voided_at, signed" in words, "cannot be ruled out" in words) == (True, True)


def test_a_void_draw_is_not_carried_out_and_its_number_and_hashes_stay_taken(office: Operator) -> None:
    assert void(office).code == 0
    before = held(office.folder / "draw")
    said = carry_out(office, *SEED, "--json")
    assert (said.code, "draw_is_void" in said.err, held(office.folder / "draw")) == (4, True, before), said.err
    (office.folder / "draw").rename(office.folder / "first")
    (office.folder / "draw.salt-secret.txt").unlink()
    assert announce(office).code == 4
    office.file("plan.toml", PLAN.replace("2026-001", "2026-002"))
    assert "draw_seed_used" in announce(office, "--json").err


def test_a_carried_out_draw_keeps_its_result_as_evidence_once_it_is_void(office: Operator) -> None:
    assert carry_out(office, *SEED).code == 0
    before = held(office.folder / "draw")
    assert void(office).code == 0
    after = held(office.folder / "draw")
    del after["witness/record.json"]
    assert after == before
    judged = verified(office, "--json").json
    assert (judged["holds"], judged["problems"], judged["void"]) == (True, [], WHY)
    assert {one["code"]: one["facts"] for one in judged["remarks"]}["draw.void_by"] == {"names": "李科长, 王主任"}
    assert carry_out(office).code == 4, "it decides nothing any more"
    assert held(office.folder / "draw")["result.json"] == before["result.json"]


def test_nobody_makes_it_void_twice_alone_or_under_two_spellings_of_a_name(office: Operator) -> None:
    for by in (("--by", "李科长"), ("--by", "李科长", "--by", "李 科长"), (*BY, "--by", "赵")):
        said = void(office, *by)
        assert (said.code, "two different persons" in said.err) == (4, True), said.err
    blank = void(office, reason=" ")
    assert (blank.code, "reason" in blank.err) == (2, True)
    assert not (office.folder / "draw/witness/record.json").exists()
    assert void(office).code == 0
    before = held(office.folder / "draw")
    again = void(office, reason="another")
    assert (again.code, "is void already" in again.err, held(office.folder / "draw")) == (4, True, before)


def test_nobody_stops_a_draw_whose_seed_may_be_known_and_whose_result_is_not_there(office: Operator) -> None:
    assert carry_out(office, *SEED).code == 0
    result = office.folder / "draw/result.json"
    kept = result.read_bytes()
    result.unlink()
    said = void(office)
    assert (said.code, "may be known already" in said.err) == (4, True), said.err
    result.write_bytes(kept)
    assert void(office).code == 0


def test_a_beacon_that_has_spoken_lets_nobody_stop_the_draw_that_waits_for_it(tmp_path: Path) -> None:
    office = laptop(tmp_path)
    number = QUICKNET.round_from(datetime.now(UTC) + timedelta(hours=1))
    drand = f'[[seed]]\nkind = "drand"\nchain = "{QUICKNET.hash}"\nround = {number}\n[strata.A]'
    office.file("plan.toml", PLAN.replace("[strata.A]", drand))
    assert announce(office).code == 0
    where, at = office.folder / "draw", QUICKNET.time_of(number)
    assert at is not None
    with pytest.raises(Refusal, match="draw_seed_known"):
        voiding.void(where, ["李科长", "王主任"], WHY, "os:li", at)
    assert voiding.void(where, ["李科长", "王主任"], WHY, "os:li", at - timedelta(seconds=1)).reason == WHY


def test_a_void_whose_registers_were_altered_or_whose_record_is_of_another_draw_does_not_hold(office: Operator) -> None:
    assert void(office).code == 0
    register = office.folder / "draw/scjg.objects.tsv"
    kept = register.read_bytes()
    register.write_bytes(kept.replace(b"TEST0003\tB", b"TEST0003\tA"))
    told = verified(office, "--json")
    assert (told.code, [one["code"] for one in told.json["problems"]]) == (1, ["draw.register_differs"])
    register.write_bytes(kept)
    record = office.folder / "draw/witness/record.json"
    record.write_text(json.dumps(json.loads(record.read_bytes()) | {"draw": "another"}), encoding="utf-8")
    told = verified(office, "--json")
    assert (told.code, [one["code"] for one in told.json["problems"]]) == (1, ["draw.record_of_another"])
    assert "another draw" in carry_out(office, *SEED).err


def test_whoever_verifies_the_next_draw_hears_of_the_void_one_before_it(office: Operator) -> None:
    assert void(office).code == 0
    c = verified(office, "--json").json["c"]
    (office.folder / "draw").rename(office.folder / "first")
    (office.folder / "draw.salt-secret.txt").unlink()
    plan = (
        PLAN.replace("2026-001", "2026-002")
        .replace("26 six-sided dice", "26 dice anew")
        .replace('party = "justice"', 'party = "x"')
    )
    made = f'draw = "330106-2026-002"\nprev = "{c}"'
    plan = plan.replace('draw = "330106-2026-002"', made)
    head, tail = plan.partition("hash = ")[0], plan.partition("[strata.A]")[2]
    office.file("plan.toml", f"{head}make = true\n[strata.A]{tail}")
    said = announce(office)
    assert said.code == 0, said.err
    secret = (office.folder / "draw.nonce-2.txt").read_text(encoding="utf-8").partition("reveal:x=")[2][:64]
    assert carry_out(office, "--seed", "text=" + " ".join("12345612345612345612345612"), "--seed", f"reveal:x={secret}").code == 0
    judged = verified(office, str(office.folder / "first"), "--json").json
    chain = {one["code"]: one["facts"] for one in judged["remarks"]}
    assert chain["draw.chain_void"] == {"draw": "330106-2026-001", "reason": WHY}
    assert (chain["draw.chain_followed"], judged["void"]) == ({"count": 1}, None)


def test_a_void_is_whole_or_not_there(office: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    before, sync = names(office.folder), os.fsync

    def broken(descriptor: int) -> None:
        sync(descriptor)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        assert void(office).code == 130
    assert names(office.folder) == before
    with files.held(office.folder / "draw"):
        assert void(office).code == 4
    assert names(office.folder) == before


def test_a_folder_that_the_daemon_exported_is_made_void_by_the_daemon_alone(office: Operator) -> None:
    record = office.folder / "draw/witness/record.json"
    record.write_text('{"draw":"330106-2026-001","receipt":"7","void":null,"void_numbers":[]}', encoding="utf-8")
    before = held(office.folder / "draw")
    said = void(office)
    assert (said.code, "draw void 330106-2026-001" in said.err, held(office.folder / "draw")) == (4, True, before), said.err
    record.write_text('{"draw":"330106-2026-001","receipt":"7"}', encoding="utf-8")
    assert void(office).code == 0
    assert json.loads(record.read_bytes())["receipt"] == "7", "what somebody noted there stays"


def test_a_folder_without_a_commitment_is_no_draw(office: Operator) -> None:
    shutil.rmtree(office.folder / "draw")
    said = process("draw", "void", "draw", "--reason", WHY, *BY, "--lang", "en", folder=office.folder)
    assert (said.code, "neither a folder nor a draw" in said.err) == (3, True), said.err
    (office.folder / "draw").mkdir()
    said = void(office)
    assert (said.code, "commit.json" in said.err) == (2, True)
