"""A draw without the daemon follows the newest that lies beside it: no fork and no gap comes into being unnoticed (7.9, step 7)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.beacon import QUICKNET
from inspector.domain.commitment import read
from inspector.domain.suite import Suite
from tests.offline import DICE, NONCE, PLAN, SEED, SEEDS, announce, carry_out, laptop
from tests.operator import Operator, Said

_OWN = re.sub('hash = ".*"', "make = true", PLAN)


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop on which one draw is announced."""
    held = laptop(tmp_path)
    planned(held, 1)
    assert announce(held).code == 0
    put_away(held, "first")
    return held


def planned(office: Operator, number: int, prev: str | None = None, *, of: str = "330106") -> None:
    """The plan of a number, with a secret of its own."""
    after = "" if prev is None else f'"\nprev = "{prev}'
    office.file("plan.toml", _OWN.replace("330106-2026-001", f"{of}-2026-{number:03d}{after}"))


def put_away(office: Operator, name: str) -> None:
    """The folder lies beside the next one, its private files with it."""
    (office.folder / "draw").rename(office.folder / name)
    for file in office.folder.glob("draw.*.txt"):
        file.rename(office.folder / f"{name}{file.name.removeprefix('draw')}")


def in_chinese(office: Operator) -> Said:
    """The same announcement, told in Chinese."""
    given = [f"--{kind}={office.folder / kind}.csv" for kind in ("objects", "inspectors")]
    return office.say(
        "draw", "announce", f"--plan={office.folder / 'plan.toml'}", *given, f"--out={office.folder / 'draw'}", lang="zh-Hans"
    )


def c_of(office: Operator, name: str) -> str:
    return read((office.folder / name / "commit.json").read_bytes()).c


@pytest.mark.parametrize("prev", [None, "0" * 64])
def test_a_draw_that_follows_none_of_those_beside_is_refused_and_told_the_c_to_write(office: Operator, prev: str | None) -> None:
    planned(office, 2, prev)
    said = announce(office, "--json")
    assert (said.code, "draw_prev_not_newest" in said.err, c_of(office, "first") in said.err) == (4, True, True), said.err
    assert not (office.folder / "draw").exists(), "nothing was written"
    planned(office, 2, c_of(office, "first"))
    assert announce(office).code == 0


def test_two_draws_that_follow_one_are_refused_whatever_is_said(office: Operator) -> None:
    planned(office, 2, c_of(office, "first"))
    assert announce(office).code == 0
    put_away(office, "second")
    planned(office, 3, c_of(office, "first"))
    for words in ((), ("--other-register",)):
        said = announce(office, *words, "--json")
        assert (said.code, "draw_prev_forks" in said.err, c_of(office, "second") in said.err) == (4, True, True), said.err
    assert "330106-2026-002 已接续" in in_chinese(office).err


def test_the_first_draw_of_another_register_says_so_and_from_then_on_each_follows_its_own(office: Operator) -> None:
    planned(office, 1, of="440106")
    assert announce(office).code == 4
    assert announce(office, "--other-register").code == 0
    put_away(office, "theirs")
    for name, of in (("first", "330106"), ("theirs", "440106")):
        planned(office, 2, c_of(office, name), of=of)
        assert announce(office).code == 0
        put_away(office, f"{name}-2")


def test_a_number_left_out_among_those_beside_is_said_aloud(office: Operator) -> None:
    planned(office, 4, c_of(office, "first"))
    said = announce(office, "--json")
    told = [(one["file"], one["column"], one["code"]) for one in said.json["warnings"] if one["code"] == "draw_numbers_lack"]
    assert (said.code, told) == (0, [("plan.toml", "", "draw_numbers_lack")])
    put_away(office, "fourth")
    planned(office, 5, c_of(office, "fourth"))
    assert "330106-2026-002 … 330106-2026-003" in announce(office).err


def test_a_folder_beside_that_cannot_be_read_is_said_aloud(office: Operator) -> None:
    (office.folder / "torn").mkdir()
    (office.folder / "torn/commit.json").write_text("{", encoding="utf-8")
    planned(office, 2, c_of(office, "first"))
    said = announce(office)
    assert (said.code, f"{office.folder / 'torn'} lies beside" in said.err) == (0, True), said.err


def test_what_the_next_plan_names_is_said_when_it_is_carried_out_and_not_on_a_screen_before_the_seed(tmp_path: Path) -> None:
    office = laptop(tmp_path)
    said, c = announce(office), c_of(office, "draw")
    assert c not in said.out + said.err, "only W is shown before the visits"
    assert f"C = {c}: the `prev` of the next draw's plan" in carry_out(office, *SEED).out


def test_it_is_said_truly_what_was_looked_at(office: Operator) -> None:
    (office.folder / "elsewhere").mkdir()
    planned(office, 2, c_of(office, "first"))
    plan, out = office.folder / "plan.toml", office.folder / "elsewhere" / "draw"
    rosters = [f"--{kind}={office.folder / kind}.csv" for kind in ("objects", "inspectors")]
    said = office.say("draw", "announce", f"--plan={plan}", *rosters, f"--out={out}", "--json")
    assert said.json["beside"] == {
        "folders": [str(office.folder), str(office.folder / "elsewhere")],
        "draws": ["330106-2026-001"],
    }, said.err


def again(office: Operator, old: str, new: str) -> None:
    """The next plan, whose seed is that of the first but for this."""
    prev = c_of(office, "first")
    told = PLAN.replace("330106-2026-001", f'330106-2026-002"\nprev = "{prev}')
    assert old in told
    office.file("plan.toml", told.replace(old, new))


@pytest.fixture
def drawn(tmp_path: Path) -> Operator:
    """A laptop on which one draw was carried out."""
    held = laptop(tmp_path)
    announce(held)
    assert carry_out(held, *SEED).code == 0
    put_away(held, "first")
    return held


def test_a_secret_that_was_told_for_one_draw_is_promised_for_no_other(drawn: Operator) -> None:
    """Everybody knows it by now: only the dice would be left."""
    again(drawn, "26 six-sided dice", "26 other dice")
    said = announce(drawn, "--json")
    assert (said.code, "draw_seed_used" in said.err, (drawn.folder / "draw").exists()) == (4, True, False), said.err


def test_figures_that_chose_in_a_draw_choose_nobody_in_the_next_however_they_are_typed(drawn: Operator) -> None:
    fresh = "cd" * 32
    again(drawn, Suite().hex(f"ssj1/nonce\n{NONCE}"), Suite().hex(f"ssj1/nonce\n{fresh}"))
    assert announce(drawn).code == 0
    reveal = ("--seed", f"reveal:justice={fresh}")
    for typed in (DICE, DICE.replace(" ", "  "), DICE.replace("3", "３")):
        said = carry_out(drawn, "--seed", f"text={typed}", *reveal, "--json")
        assert (said.code, "draw_seed_used" in said.err, "330106-2026-001" in said.err) == (4, True, True), said.err
        assert not {"seed.json", "result.json"} & {file.name for file in (drawn.folder / "draw").iterdir()}
    assert carry_out(drawn, "--seed", f"text={DICE[::-1]}", *reveal).code == 0


def test_a_beacons_round_that_is_in_one_commitment_is_in_no_other(tmp_path: Path) -> None:
    """It lies two hours ahead: nobody knows it yet, and still one round chooses once."""
    held, round_ = laptop(tmp_path), QUICKNET.round_from(datetime.now(UTC) + timedelta(hours=2))
    source = f'[[seed]]\nkind = "drand"\nchain = "{QUICKNET.hash}"\nround = '
    first = PLAN.replace(SEEDS, f"\n{source}{round_}\n")
    held.file("plan.toml", first)
    assert announce(held).code == 0
    put_away(held, "first")
    second = first.replace("330106-2026-001", f'330106-2026-002"\nprev = "{c_of(held, "first")}')
    held.file("plan.toml", second)
    said = announce(held, "--json")
    assert (said.code, "draw_seed_used" in said.err) == (4, True), said.err
    held.file("plan.toml", second.replace(str(round_), str(round_ + 1)))
    assert announce(held).code == 0
