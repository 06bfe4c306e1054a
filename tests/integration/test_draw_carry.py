"""The seed of a draw without the daemon: typed, revealed, carried in, once and never a second one."""

from __future__ import annotations

import json
import os
import re
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

import pytest

from inspector import beacons
from inspector.verifier.verify_draw import opinion
from tests import bundles
from tests.offline import (
    DICE,
    NONCE,
    PLAN,
    SEED,
    announce,
    at_a_terminal,
    carry_out,
    laptop,
    names,
)
from tests.operator import Operator


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop with the office's files."""
    return laptop(tmp_path)


def test_the_same_seed_again_gives_the_same_bytes_and_another_one_is_refused(office: Operator) -> None:
    announce(office)
    folder = office.folder / "draw"
    assert carry_out(office, *SEED).code == 0
    files = {name: (folder / name).read_bytes() for name in names(folder) if (folder / name).is_file()}
    other = DICE.replace("3 5 1", "3 5 2", 1)
    for seed, code in ((SEED, 0), ((), 0), ((str(folder / "seed.json"),), 0), (("--seed", f"text={other}", *SEED[2:]), 4)):
        words = ("--seed", *seed) if len(seed) == 1 else seed
        assert carry_out(office, *words).code == code
        assert {name: (folder / name).read_bytes() for name in names(folder) if (folder / name).is_file()} == files
    assert carry_out(office, *SEED, "--json").json["again"] is True


def test_what_a_crash_left_half_done_is_finished_with_the_same_seed_only(office: Operator) -> None:
    announce(office)
    folder = office.folder / "draw"
    carry_out(office, *SEED)
    result = (folder / "result.json").read_bytes()
    (folder / "result.json").unlink()  # the seed is written first
    assert carry_out(office, "--seed", f"text={DICE[::-1]}", *SEED[2:]).code == 4
    assert not (folder / "result.json").exists()
    assert carry_out(office).code == 0
    assert (folder / "result.json").read_bytes() == result
    (folder / "seed.json").unlink()
    assert carry_out(office, *SEED).code == 4
    assert not (folder / "seed.json").exists()


def test_of_two_who_carry_a_draw_out_at_once_one_is_refused(office: Operator) -> None:
    announce(office)
    other = os.open(office.folder / "draw", os.O_RDONLY)
    flock(other, LOCK_EX | LOCK_NB)
    assert carry_out(office, *SEED).code == 4
    os.close(other)
    assert carry_out(office, *SEED).code == 0


@pytest.mark.parametrize(
    ("seed", "code"),
    [
        (SEED[:2], "draw_seed_missing"),
        ((*SEED, "--seed", "text=1 2 3"), "draw_seed_surplus"),
        ((*SEED, "--seed", "drand=7:ab"), "draw_seed_surplus"),
        (("--seed", "dice=1 2 3"), "draw_seed_unreadable"),
        (("--seed", "text=1 2 3", *SEED[2:]), "ceremony_figures_unfit"),
        (("--seed", f"text={DICE.replace('3', '7')}", *SEED[2:]), "ceremony_figures_unfit"),
        (("--seed", f"text={DICE}+1", *SEED[2:]), "ceremony_figures_unfit"),
        ((*SEED[:2], "--seed", f"reveal:justice={'0' * 64}"), "draw_seed_invalid"),
        ((*SEED[:2], "--seed", f"reveal:audit={NONCE}"), "draw_seed_stranger"),
    ],
    ids=[
        "part withheld",
        "figures twice",
        "no such source",
        "unknown",
        "half the dice",
        "a seventh side",
        "a plus",
        "lie",
        "party",
    ],
)
def test_a_seed_that_was_not_promised_is_refused_and_nothing_is_written(
    office: Operator, seed: tuple[str, ...], code: str
) -> None:
    announce(office)
    before = names(office.folder)
    said = carry_out(office, *seed, "--json")
    assert (said.code, json.loads(said.err)["error"]["code"]) == (2, code)
    assert names(office.folder) == before


def test_one_throw_and_one_secret_however_they_are_typed_give_one_seed_and_another_secret_is_told_in_either_language(
    office: Operator,
) -> None:
    announce(office)
    wrong = ("--seed", f"text={DICE}", "--seed", f"reveal:justice={'0' * 64}")
    english = carry_out(office, *wrong).err
    chinese = office.say("draw", "carry-out", str(office.folder / "draw"), *wrong, lang="zh-Hans").err
    assert "justice reveals is not the secret of its promise" in english
    assert "justice揭示的不是其所承诺的秘密" in chinese
    wide = DICE.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "123456"}).replace(" ", "  ", 1)
    assert carry_out(office, "--seed", f"text={wide}", "--seed", f"reveal:justice={NONCE.upper()}").code == 0
    assert json.loads((office.folder / "draw/seed.json").read_text("utf-8"))["parts"] == [
        {"kind": "text", "text": DICE},
        {"kind": "reveal", "nonce": NONCE},
    ]


@pytest.mark.parametrize("file", ["scjg.objects.tsv", "scjg.inspectors.tsv", "scjg.bans.tsv"])
def test_registers_that_are_not_those_committed_to_are_named_and_not_drawn_from(office: Operator, file: str) -> None:
    announce(office)
    register = office.folder / "draw" / file
    register.write_bytes(b"".join(register.read_bytes().splitlines(keepends=True)[1:]))
    said = carry_out(office, *SEED, "--json")
    assert (said.code, said.json["problems"][0]["code"], said.json["problems"][0]["facts"]["file"]) == (
        *(1, "REGISTER_CHANGED"),
        file.split(".")[1],
    )
    assert not (office.folder / "draw/seed.json").exists()


def test_a_folder_without_a_commitment_is_no_draw(office: Operator) -> None:
    (office.folder / "draw").mkdir()
    assert carry_out(office, *SEED).code == 2


@pytest.mark.parametrize("name", ["1", "2", "3", "sm3"])
def test_the_published_vectors_carried_out_offline_give_their_published_results(
    office: Operator, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vector = bundles.vector(name)
    folder = vector.write(office.folder / "draw")
    expected = json.loads((folder / "result.json").read_bytes())
    (folder / "result.json").unlink()
    (folder / "seed.json").unlink()
    words: list[str] = []
    for source, part in zip(vector.commitment.sources, vector.parts, strict=True):
        match source["kind"]:
            case "drand":
                words += ["--seed", f"drand={part['round']}:{part['signature']}"]
            case "reveal":
                words += ["--seed", f"reveal:{source['party']}={part['nonce']}"]
            case "nist":
                words += ["--seed", f"nist={office.file('pulse.json', json.dumps({'pulse': part['pulse']}))}"]
            case _:
                words += ["--seed", f"text={part['text']}"]
    monkeypatch.setattr(beacons, "check", lambda *_: beacons.Signed.HOLDS)  # the certificates of vector 3 are nowhere here
    said = carry_out(office, *words, "--json")
    assert said.code == 0, said.err
    assert json.loads((folder / "result.json").read_bytes()) == expected
    assert office.well("draw", "verify", str(folder), "--json").json["holds"]


def test_a_secret_made_here_reveals_what_was_committed_to(office: Operator) -> None:
    office.file("plan.toml", re.sub('hash = ".*"', "make = true", PLAN))
    private = announce(office, "--json").json["private"]
    secret = re.findall("[0-9a-f]{64}", Path(private[1]).read_text(encoding="utf-8"))[0]
    assert (Path(private[1]).name, Path(private[1]).stat().st_mode & 0o777) == ("draw.nonce-2.txt", 0o600)
    assert carry_out(office, *SEED[:2], "--seed", f"reveal:justice={secret}").code == 0


@pytest.mark.parametrize("whole", [True, False], ids=["the paper", "the secret alone"])
def test_a_secret_is_given_by_the_file_it_stands_in(office: Operator, *, whole: bool) -> None:
    office.file("plan.toml", re.sub('hash = ".*"', "make = true", PLAN))
    paper = Path(announce(office, "--json").json["private"][1])
    told = paper.read_text(encoding="utf-8")
    if not whole:
        paper.write_text(re.findall("[0-9a-f]{64}", told)[0] + "\n", encoding="utf-8")
    assert carry_out(office, *SEED[:2], "--seed", f"reveal:justice={paper}").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--seed", f"reveal:justice={NONCE}."), "draw_nonce_unreadable"),
        (("--seed", f"reveal:justice=Secret: {NONCE}\n" + "page " * 200), "draw_nonce_unreadable"),
        (("--seed", f"reveal={NONCE}"), "draw_seed_unreadable"),
        (("--seed", NONCE), "draw_seed_unreadable"),
        (("--seed", f"{NONCE}\n" + "page " * 200), "draw_seed_unreadable"),
        (("--seed", "reveal:justice=PRIVATE:", "Secret:", NONCE), "too many words"),
    ],
    ids=["a dot behind it", "a page in its place", "no party", "nothing else", "a page alone", "a page in words"],
)
def test_no_error_repeats_a_secret_that_was_given_in_a_wrong_way(office: Operator, words: tuple[str, ...], code: str) -> None:
    announce(office)
    said = carry_out(office, *SEED[:2], *words, "--json")
    assert (said.code, code in said.err, NONCE in said.out + said.err) == (2, True, False), said.err


def test_figures_of_the_minutes_are_compared_without_a_witness_and_a_slip_is_bad_usage(office: Operator) -> None:
    announce(office)
    folder = office.folder / "draw"
    assert opinion(folder) == (2, ["CANNOT BE READ 无法读取: result.json: missing 缺失 (not carried out? 或未抽取)"])
    assert carry_out(office, *SEED).code == 0

    def judged(*figures: str) -> tuple[int, list[str]]:
        said = office.say("draw", "verify", str(folder), "--json", *(word for one in figures for word in ("--figures", one)))
        if said.code == 2:
            return 2, [json.loads(said.err)["error"]["code"]]
        return said.code, [one["code"] for key in ("problems", "remarks") for one in said.json[key] if "figures" in one["code"]]

    assert judged() == (0, ["draw.figures_typed"])
    assert judged(DICE) == (0, [])
    agreed = office.well("draw", "verify", str(folder), "--figures", f"  {DICE} ")
    assert f"are those that you state from the minutes: {DICE}" in agreed.out
    assert judged(DICE.replace("3 5 1", "3 5 2", 1)) == (1, ["draw.figures_other"])
    assert judged(DICE.replace(" ", ",")) == (2, ["ceremony_figures_unfit"])
    assert judged(DICE, "1 2 3") == (2, ["figures_uneven"])
    assert "--witness" in office.say("draw", "verify", str(folder), "--seed-at", "2026-03-04T10:00:00+08:00").err


@pytest.mark.slow
def test_two_people_type_the_figures_the_first_unseen_and_both_must_agree(office: Operator) -> None:
    announce(office)
    typed = [DICE, DICE[:-1] + "4", DICE, f" {DICE} ", NONCE]
    code, screen = at_a_terminal(office, typed, "draw", "carry-out", "draw")
    assert (code, "do not agree" in screen) == (0, True), screen
    assert json.loads((office.folder / "draw/seed.json").read_bytes())["parts"][0]["text"] == DICE
    assert screen.count(DICE) == 1  # only the second person's
