"""Without the daemon what was announced is what is carried out: a commitment changed in its folder, and a throw as it fell (issue 3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.offline import NONCE, PLAN, SEED, announce, carry_out, laptop
from tests.operator import Operator


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop with the office's files."""
    return laptop(tmp_path)


def test_a_commitment_that_is_changed_in_its_folder_is_not_carried_out_and_is_named_by_the_verifier(office: Operator) -> None:
    assert announce(office).code == 0
    file = office.folder / "draw" / "commit.json"
    told = file.read_text(encoding="utf-8")
    assert '"reserve":2' in told
    file.write_text(told.replace('"reserve":2', '"reserve":9'), encoding="utf-8")
    refused = carry_out(office, *SEED)
    assert (refused.code, "witness/witness.txt" in refused.out + refused.err) == (1, True), refused.out + refused.err
    assert not (office.folder / "draw" / "result.json").exists()
    file.write_text(told, encoding="utf-8")
    assert carry_out(office, *SEED).code == 0
    assert office.say("draw", "verify", str(office.folder / "draw")).code == 0
    paper = office.folder / "draw" / "witness" / "witness.txt"
    paper.write_text("W: " + "0" * 64, encoding="utf-8")
    said = office.say("draw", "verify", str(office.folder / "draw"))
    assert (said.code, "has another value" in said.out + said.err) == (1, True)
    paper.unlink()
    assert office.say("draw", "verify", str(office.folder / "draw")).code == 0, "who has no paper has none to compare"


def test_a_lawful_throw_of_many_small_numbers_is_taken_as_it_fell(office: Operator) -> None:
    """18 dice of twelve sides hold 64 bits, also where most show one digit: to throw again would be to choose."""
    plan = PLAN.replace("26 six-sided dice", "18 twelve-sided dice").replace("dice = 26\nsides = 6", "dice = 18\nsides = 12")
    office.file("plan.toml", plan)
    assert announce(office).code == 0
    thrown = "1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 12"
    said = carry_out(office, "--seed", f"text={thrown}", "--seed", f"reveal:justice={NONCE}")
    assert said.code == 0, said.out + said.err
