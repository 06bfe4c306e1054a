"""`draw verify`: what a stranger is told about a bundle of files, and every way in which one is not believed."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from inspector.domain import draw as protocol
from inspector.domain.commitment import Listing, read
from inspector.domain.errors import Invalid
from inspector.domain.frame import freeze
from inspector.domain.frame import read as read_frame
from inspector.domain.replay import replay
from inspector.verifier import RELEASED, programs
from inspector.verifier.verify_draw import opinion
from tests import house
from tests.beacons import beacon
from tests.bundles import carried_out as drawn_from
from tests.bundles import committed, rules, thing, vector
from tests.integration.test_cli_draw import NUMBER, carried_out, codes
from tests.operator import Operator, process, settled

pytestmark = pytest.mark.alike

Change = Callable[[Path], object]

REGISTERS = ("licensing.objects.tsv", "licensing.inspectors.tsv", "licensing.bans.tsv")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle as the command line exports it."""
    folder = tmp_path_factory.mktemp("house")
    house_of = settled(f"sqlite:///{folder / 'inspector.sqlite3'}", folder)
    with house.closing(house_of.store()) as store:
        carried_out(store)
    house_of.well("draw", "export", NUMBER, str(folder / "bundle"))
    return folder / "bundle"


@pytest.fixture
def folder(exported: Path, tmp_path: Path) -> Path:
    """The auditor's own copy of the bundle."""
    return Path(shutil.copytree(exported, tmp_path / "bundle"))


@pytest.fixture
def auditor(tmp_path: Path) -> Operator:
    """Somebody with the command line and no database."""
    return Operator(tmp_path, f"sqlite:///{tmp_path / 'nowhere.sqlite3'}").settle_in()


@pytest.mark.parametrize(
    ("witnessed", "seeded", "code"),
    [
        (None, None, "draw.witness_undated"),
        (timedelta(0), None, "draw.seed_undated"),
        (timedelta(days=2), None, "draw.witness_late"),
        (timedelta(0), timedelta(0), "draw.witness_late"),
    ],
)
def test_a_value_proves_no_time_until_both_dates_are_told_by_outside_hands_and_in_order(
    auditor: Operator, folder: Path, witnessed: timedelta | None, seeded: timedelta | None, code: str
) -> None:
    dates = {"--witnessed-at": witnessed, "--seed-at": seeded}
    told = [word for name, after in dates.items() if after is not None for word in (name, (house.START + after).isoformat())]
    words = ["draw", "verify", str(folder), "--witness", read((folder / "commit.json").read_bytes()).w, *told]
    loud = auditor.well(*words, "--json").json
    also = ["draw.house_says_witnessed"] if witnessed is None else []
    assert (loud["holds"], loud["time_proven"], codes(loud["remarks"])) == (
        True,
        False,
        [code, *also, "draw.after_alone", "draw.number_first"],
    )
    told_aloud = auditor.well(*words).out
    assert loud["remarks"][0]["message"] in told_aloud
    assert "TIME NOT PROVEN" in told_aloud
    assert "give it with --witness" not in told_aloud, "it was given"
    assert auditor.say(*words, "--strict").code == 1


@pytest.mark.slow
def test_every_loud_line_is_printed_in_both_languages_and_a_strict_reader_fails_for_the_time(
    auditor: Operator, folder: Path
) -> None:
    (folder / "notes.txt").write_text("x")
    english = auditor.well("draw", "verify", str(folder))
    assert "No witness's value was given" in english.out
    assert "notes.txt" in english.out
    chinese = process("draw", "verify", str(folder), "--lang", "zh-Hans", folder=auditor.folder)
    assert (chinese.code, "未给出见证值" in chinese.out, "notes.txt" in chinese.out) == (0, True, True)
    strict = auditor.say("draw", "verify", str(folder), "--strict", "--json")
    assert (strict.code, strict.json["holds"], strict.json["strict"]) == (1, True, False)
    loud = ["draw.no_witness", "draw.house_says_witnessed", "draw.files_ignored", "draw.after_alone", "draw.number_first"]
    assert codes(strict.json["remarks"]) == loud
    assert [one["grave"] for one in strict.json["remarks"]] == [True, False, False, False, False]


def unnoted(folder: Path) -> None:
    """The record beside the bundle says nothing of what happened afterwards."""
    record = folder / "witness" / "record.json"
    record.write_text(json.dumps({key: value for key, value in json.loads(record.read_text()).items() if key != "after"}))


def redealt(folder: Path, chosen: str | None = None, after: Sequence[Mapping[str, Any]] = ()) -> str:
    """A line of after.jsonl: the first seat of the first team passes on, to whom the rule names or to whom somebody chose."""
    commitment = read((folder / "commit.json").read_bytes())
    frame = read_frame(*((folder / f"licensing.{kind}.tsv").read_bytes() for kind in ("objects", "inspectors", "bans")))
    parts = json.loads((folder / "seed.json").read_bytes())["parts"]
    result = protocol.carry_out(commitment, {"licensing": frame}, parts)
    (listed,) = result.lists
    assert listed.dealt is not None
    visit, team = list(listed.dealt.teams.items())[len(after)]
    for staff in sorted({row.id for row in frame.inspectors} - {*team}):
        line = {
            "seq": len(after) + 1,
            "kind": "redeal",
            "object": visit,
            "seat": 0,
            "out": team[0],
            "in": staff,
            "reason": "declined",
        }
        try:
            replay(commitment, frame, result, "licensing", [*after, line])
        except Invalid:
            if chosen == "a friend":
                return json.dumps(line) + "\n"
        else:
            if chosen is None:
                return json.dumps(line) + "\n"
    raise AssertionError


def test_re_deals_are_replayed_and_a_forged_one_is_named_by_its_line(auditor: Operator, folder: Path) -> None:
    unnoted(folder)
    after = folder / "after.jsonl"
    after.write_text(redealt(folder))
    assert auditor.well("draw", "verify", str(folder), "--json").json["redeals"] == 1
    after.write_text(after.read_text() + redealt(folder, after=[json.loads(after.read_text())]))
    assert "2 SEATS WERE DEALT AGAIN" in auditor.well("draw", "verify", str(folder)).out
    after.write_text(redealt(folder, "a friend"))
    said = auditor.say("draw", "verify", str(folder), "--json")
    assert (said.code, codes(said.json["problems"])) == (1, ["error.draw_line_invalid"])
    assert said.json["problems"][0]["facts"]["row"] == 1
    assert "Line 1 of after.jsonl" in auditor.say("draw", "verify", str(folder)).out


@pytest.mark.parametrize("decoy", [None, "zz.drawn.jsonl", "zz.after.jsonl"])
@pytest.mark.parametrize("how", ["taken out", "cut short", "lengthened"])
def test_what_happened_afterwards_cannot_be_taken_out_without_a_word(
    auditor: Operator, folder: Path, how: str, decoy: str | None
) -> None:
    """Nor behind a file that no list of the draw has: drawn rows as the public gets them, the very lines under another name."""
    after, record = folder / "after.jsonl", folder / "witness" / "record.json"
    line = redealt(folder).encode()
    noted = line if how != "lengthened" else b""
    after.write_bytes(noted)
    told = {"lines": noted.count(b"\n"), "sha256": hashlib.sha256(noted).hexdigest()}
    record.write_text(json.dumps(json.loads(record.read_text()) | {"after": told}))
    assert auditor.well("draw", "verify", str(folder), "--json").json["holds"]
    if decoy is not None:
        (folder / decoy).write_bytes(noted if decoy.endswith("after.jsonl") else b"")
    after.unlink() if how == "taken out" else after.write_bytes(b"" if how == "cut short" else line)
    said = auditor.say("draw", "verify", str(folder), "--json")
    assert (said.code, codes(said.json["problems"])) == (1, ["draw.after_of_another"])
    assert ("draw.after_absent" in codes(said.json["remarks"])) == (how == "taken out")


def test_a_rewritten_log_with_its_rewritten_note_is_told_by_a_hash_from_elsewhere_alone(auditor: Operator, folder: Path) -> None:
    after, record = folder / "after.jsonl", folder / "witness" / "record.json"
    line = redealt(folder).encode()
    for content in (line, b""):  # as the house wrote it, and as somebody rewrote both
        after.write_bytes(content)
        note = {"lines": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest()}
        record.write_text(json.dumps(json.loads(record.read_text()) | {"after": note}))
        plain = auditor.well("draw", "verify", str(folder), "--json").json
        (alone,) = [one for one in plain["remarks"] if one["code"] == "draw.after_alone"]
        assert (plain["holds"], alone["grave"], note["sha256"] in alone["message"]) == (True, False, True)
        given = hashlib.sha256(line).hexdigest().upper()
        said = auditor.say("draw", "verify", str(folder), "--after", given, "--json")
        unlike = [] if content else ["draw.after_unlike"]
        assert (said.code, codes(said.json["problems"])) == (len(unlike), unlike)
        assert "draw.after_alone" not in codes(said.json["remarks"])
    slip = auditor.say("draw", "verify", str(folder), "--after", "no hash")
    assert (slip.code, "no SHA-256" in slip.err) == (2, True)


def test_a_loud_line_stands_beside_a_problem(auditor: Operator, folder: Path) -> None:
    (folder / "after.jsonl").write_text(redealt(folder, "a friend"))
    assert "No witness's value was given" in auditor.say("draw", "verify", str(folder)).out


def edit(name: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))


def twice(content: bytes) -> bytes:
    """The first field once more, with the same value."""
    name, value = next(iter(json.loads(content).items()))
    return b"{" + json.dumps({name: value})[1:-1].encode() + b"," + content.lstrip()[1:]


def in_the_place_of(name: str) -> Change:
    """A folder where a file should be."""

    def change(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return change


UNREADABLE: dict[str, Change] = {
    "seed.json gone": lambda folder: (folder / "seed.json").unlink(),
    "result.json gone": lambda folder: (folder / "result.json").unlink(),
    "commit.json gone": lambda folder: (folder / "commit.json").unlink(),
    "objects.tsv gone": lambda folder: (folder / "licensing.objects.tsv").unlink(),
    "inspectors.tsv gone": lambda folder: (folder / "licensing.inspectors.tsv").unlink(),
    "bans.tsv gone": lambda folder: (folder / "licensing.bans.tsv").unlink(),
    "a folder for objects.tsv": in_the_place_of("licensing.objects.tsv"),
    "a folder for after.jsonl": in_the_place_of("after.jsonl"),
    "a folder for what is no part of it": in_the_place_of("zz.drawn.jsonl"),
    "a link to nowhere": lambda folder: (folder / "licensing.after.jsonl").symlink_to(folder / "nowhere"),
    "two registers of objects": lambda folder: shutil.copy(folder / "licensing.objects.tsv", folder / "objects.tsv"),
    "result.json with a key twice": edit("result.json", twice),
    "seed.json with a key twice": edit("seed.json", twice),
    "commit.json with a key twice": edit("commit.json", twice),
    "witness/record.json with a key twice": edit("witness/record.json", twice),
    "after.jsonl with a key twice": lambda folder: (folder / "after.jsonl").write_bytes(b'{"seq":1,"seq":1}\n'),
    "after.jsonl with an empty line": lambda folder: (folder / "after.jsonl").write_bytes(b"\n"),
    "after.jsonl cut short": lambda folder: (folder / "after.jsonl").write_bytes(redealt(folder).encode().rstrip()),
    "result.json with a fraction": edit("result.json", lambda content: content.replace(b'"n":12', b'"n":12.0')),
    "result.json in UTF-16": edit("result.json", lambda content: content.decode().encode("utf-16")),
    "result.json with a mark": edit("result.json", lambda content: b"\xef\xbb\xbf" + content),
    "result.json that is a list": edit("result.json", lambda content: b"[" + content + b"]"),
    "seed.json without parts": edit("seed.json", lambda _: b"{}"),
    "commit.json empty": edit("commit.json", lambda _: b""),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_bundle_that_cannot_be_read_is_told_from_one_that_does_not_hold(auditor: Operator, folder: Path, what: str) -> None:
    UNREADABLE[what](folder)
    said = auditor.say("draw", "verify", str(folder))
    assert (said.code, said.err.startswith("error: "), said.out) == (2, True, ""), said.out
    assert opinion(folder)[0] == 2


WRONG: dict[str, tuple[Change, str]] = {
    "a seed for another draw": (
        edit("seed.json", lambda held: held.replace(b'"commit": "', b'"commit": "0')),
        "draw.seed_of_another",
    ),
    "a record of another draw": (
        edit("witness/record.json", lambda held: held.replace(NUMBER.encode(), b"bureau-2026-00002")),
        "draw.record_of_another",
    ),
    "a register out of order": (
        edit("licensing.objects.tsv", lambda held: b"".join(reversed(held.splitlines(keepends=True)))),
        "error.draw_file_invalid",
    ),
    "a register that is not UTF-8": (
        edit("licensing.bans.tsv", lambda held: held.replace(b"recusal", b"recus\xff")),
        "error.draw_file_invalid",
    ),
    "a register cut short": (edit("licensing.inspectors.tsv", lambda held: held[:-1]), "error.draw_file_invalid"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_bundle_that_can_be_read_and_disagrees_says_where(auditor: Operator, folder: Path, what: str) -> None:
    change, code = WRONG[what]
    change(folder)
    said = auditor.say("draw", "verify", str(folder), "--json")
    assert (said.code, codes(said.json["problems"])) == (1, [code])


def test_a_commitment_that_is_no_json_is_named_by_its_file(auditor: Operator, folder: Path) -> None:
    (folder / "commit.json").write_text("no", encoding="utf-8")
    told = auditor.say("draw", "verify", str(folder))
    assert (told.code, "commit.json: it is no JSON: line 1, column 1" in told.err, ": :" in told.err) == (2, True, False), (
        told.err
    )


@pytest.mark.slow
def test_half_a_character_in_somebodys_file_is_told_and_not_choked_on(auditor: Operator, folder: Path) -> None:
    result = json.loads((folder / "result.json").read_bytes())
    result["lists"][0]["strata"]["\ud800"] = {"n": 1}
    (folder / "result.json").write_text(json.dumps(result))
    unnoted(folder)
    (folder / "after.jsonl").write_text(redealt(folder).replace('"in": "', '"in": "\\ud800'))
    said = process("draw", "verify", str(folder), "--lang", "en", "--json", folder=folder)
    assert (said.code, codes(said.json["problems"])) == (1, ["draw.result_differs", "error.draw_line_invalid"])
    assert process("draw", "verify", str(folder), "--lang", "en", folder=folder).code == 1


@pytest.mark.parametrize(
    "words",
    [
        ["--witness", "zz"],
        ["--witnessed-at", "2026-03-02"],
        ["--witness", "0" * 64, "--seed-at", "yesterday"],
        ["--seed-at", "2026-03-02T09:00:00Z"],
        ["--witness", "0" * 64, "--witnessed-at", "9999-03-02T09:00:00Z"],
        ["--witness", "0" * 64, "--witnessed-at", "2026-03-02T09:00:00Z", "--seed-at", "9999-03-02T09:00:00Z"],
    ],
)
def test_a_time_that_nobody_can_place_or_that_is_still_to_come_is_bad_input(
    auditor: Operator, folder: Path, words: list[str]
) -> None:
    assert auditor.say("draw", "verify", str(folder), *words).code == 2


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("result.json", b"TEST", b"TEXT"),
        ("licensing.objects.tsv", b"TEST01", b"TEST0A"),
        ("licensing.inspectors.tsv", b"Z0", b"Y0"),
        ("seed.json", b"a1a1", b"a1a2"),
        ("commit.json", b'"reserve":1', b'"reserve":2'),
    ],
)
def test_a_bundle_changed_in_one_place_does_not_hold(auditor: Operator, folder: Path, file: str, old: bytes, new: bytes) -> None:
    changed = folder / file
    assert old in changed.read_bytes()
    changed.write_bytes(changed.read_bytes().replace(old, new, 1))
    assert auditor.say("draw", "verify", str(folder)).code == 1


def beacons_said(auditor: Operator, folder: Path, *words: str) -> tuple[int, list[str], list[str]]:
    """(exit code, problems, remarks on beacons) of a bundle whose time nobody proves."""
    said = auditor.say("draw", "verify", str(folder), "--json", *words)
    ours = [one for one in codes(said.json["remarks"]) if one.split(".")[1].split("_")[0] in ("signature", "beacon", "authority")]
    return said.code, codes(said.json["problems"]), ours


def test_a_rounds_signature_is_checked_with_the_pinned_key_and_a_forged_one_is_a_problem(
    auditor: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = vector("1").write(tmp_path / "vector")
    assert beacons_said(auditor, folder) == (0, [], [])
    seed = json.loads((folder / "seed.json").read_text())
    forged = {**seed, "parts": [{**seed["parts"][0], "signature": "a" * 96}]}
    (folder / "seed.json").write_text(json.dumps(forged))
    code, problems, _ = beacons_said(auditor, folder)
    assert (code, problems[0]) == (1, "draw.signature_wrong")
    (folder / "seed.json").write_text(json.dumps(seed))
    for name in ("pyblst", "py_arkworks_bls12381"):
        monkeypatch.setitem(sys.modules, name, None)
    assert beacons_said(auditor, folder) == (0, [], ["draw.signature_unchecked"])
    assert beacons_said(auditor, folder, "--strict")[0] == 1


def test_a_pulse_is_believed_by_the_authority_the_auditor_names_and_one_of_the_houses_stays_loud(
    auditor: Operator, tmp_path: Path
) -> None:
    own, time = beacon(), "2026-07-10T10:56:00.000Z"
    frame = freeze([thing("a")], [], [])
    source = {"kind": "nist", "chain": 2, "time": time, "ca": own.ca}
    made = committed([Listing(name="x", frame=frame, rules=rules(), deals=False)], sources=[source])
    folder = drawn_from(made, {"x": frame}, [{"kind": "nist", **own.said(time)}]).write(tmp_path / "pulse")
    for name, held in (("beacon", own), ("another", beacon("another"))):
        (tmp_path / f"{name}.pem").write_bytes(held.chain[-1].public_bytes(Encoding.PEM))
    assert beacons_said(auditor, folder) == (0, [], ["draw.authority_of_the_house"])
    assert beacons_said(auditor, folder, "--beacon-ca", str(tmp_path / "beacon.pem")) == (0, [], [])
    assert beacons_said(auditor, folder, "--beacon-ca", str(tmp_path / "another.pem")) == (1, ["draw.signature_wrong"], [])
    assert auditor.say("draw", "verify", str(folder), "--beacon-ca", str(folder / "seed.json")).code == 2
    assert beacons_said(auditor, vector("3").write(tmp_path / "vector"))[2] == ["draw.signature_incomplete"]


def test_a_verifier_in_the_folder_that_is_none_of_ours_is_gravely_named_and_one_of_an_earlier_release_by_it(
    auditor: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = vector("1").write(tmp_path / "bundle")

    def said() -> dict[str, bool]:
        told = auditor.say("draw", "verify", str(folder), "--json").json
        assert told["holds"]
        return {one["code"]: one["grave"] for one in told["remarks"]}

    for name, own in programs().items():
        (folder / name).write_bytes(own)
    assert not {"draw.program_other", "draw.files_ignored"} & said().keys()
    forged = b"print('agrees')\n"
    (folder / "verify_draw.py").write_bytes(forged)
    assert said()["draw.program_other"]
    monkeypatch.setitem(RELEASED, hashlib.sha256(forged).hexdigest(), "0.0.9")
    assert ("draw.program_other" in said(), said()["draw.program_older"]) == (False, False)
