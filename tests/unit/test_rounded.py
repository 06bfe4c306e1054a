"""What a machine has rounded is no other number: spreadsheets keep 15 digits, and JSON readers a double's."""

from __future__ import annotations

from random import Random

import pytest

from inspector.domain.evidence import Verdict, agrees, says, stated
from inspector.domain.policy import Compare

CODE = "330102199001011234"

ROUNDED = [
    *(
        "330102199001011200",
        "330102199001011260",
        "330102199001011264",
        "330102199001011230",
    ),  # by a double, as programs write it
    *("330102199001011000", "330102199001012000"),  # by a spreadsheet, cut off and rounded up
    "３３０１０２１９９００１０１１２００",
]


@pytest.mark.parametrize("found", ROUNDED)
@pytest.mark.parametrize("rule", [Compare.EXACT, Compare.NORMALISED, Compare.SET])
def test_a_long_code_that_a_machine_has_rounded_contradicts_nobody_and_proves_nothing(rule: Compare, found: str) -> None:
    for claimed, told in ((CODE, found), (found, CODE)):
        assert says(rule, claimed, told) is Verdict.CANNOT_SAY
        assert stated(None, told, claimed, rule) is Verdict.CANNOT_SAY
        assert stated(Verdict.MATCH, told, claimed, rule) is Verdict.CANNOT_SAY, "kept, and for a person"
    assert stated(Verdict.MISMATCH, found, CODE, rule) is Verdict.MISMATCH, "what somebody signs a person reads"


@pytest.mark.parametrize("found", ["330102199002011234", "330102199001020000", "430102199001011234", "330102199001021200"])
def test_a_long_code_that_differs_in_the_digits_that_every_machine_keeps_is_another(found: str) -> None:
    for rule in (Compare.EXACT, Compare.NORMALISED, Compare.SET):
        assert says(rule, CODE, found) is Verdict.MISMATCH
    assert says(Compare.SET, CODE, f"{found}、330102199001011200") is Verdict.CANNOT_SAY, "one of them may be the promised one"
    assert says(Compare.SET, CODE, f"{found}、{CODE}") is Verdict.MATCH


@pytest.mark.parametrize("count", range(16, 33))
def test_no_machines_rounding_of_any_code_is_another_code(count: int) -> None:
    """Drawn by chance from 200 codes of each length: through a double as it is written in several ways, and cut after 15 to 17 digits."""
    chance = Random(count)
    for _ in range(200):
        code = str(chance.randrange(10 ** (count - 1), 10**count - 10 ** (count - 14)))
        ways = {str(int(float(code))), *(f"{float(code):.{kept}g}" for kept in (15, 16, 17))}
        ways = {str(int(float(way))) if "e" in way else way for way in ways} | {
            code[:kept].ljust(count, "0") for kept in (15, 16, 17)
        }
        assert {agrees(Compare.NORMALISED, code, way) for way in ways - {code}} <= {None}, code


@pytest.mark.parametrize(
    ("claimed", "found"), [("0.3", "0.30000000000000004"), ("0.3", "0.29999999999999999"), ("5", "4.9999999999999996")]
)
def test_a_quantity_that_went_through_a_double_is_not_short_of_what_was_promised(claimed: str, found: str) -> None:
    assert says(Compare.NORMALISED, claimed, found) is Verdict.CANNOT_SAY
    assert says(Compare.AT_LEAST, claimed, found) in (Verdict.CANNOT_SAY, Verdict.MATCH)


def test_what_really_falls_short_does_and_short_numbers_are_apart_by_their_last_digit() -> None:
    assert says(Compare.AT_LEAST, "0.3", "0.2999999999999") is Verdict.MISMATCH
    assert says(Compare.AT_LEAST, "5", "4.5000000000000004") is Verdict.MISMATCH
    assert says(Compare.EXACT, "12345678901234", "12345678901235") is Verdict.MISMATCH
    assert says(Compare.EXACT, "123456789012345", "123456789012346") is Verdict.MISMATCH, "fifteen digits every machine keeps"
