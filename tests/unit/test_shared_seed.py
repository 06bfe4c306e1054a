"""One throw for two ceremonies and one secret for two parties: refused where a draw is made, said aloud by whoever verifies one."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.cli.bundle import judge
from inspector.cli.offline.beside import refuse_thrown
from inspector.domain.commitment import Listing
from inspector.domain.errors import Invalid
from inspector.domain.frame import freeze
from inspector.verifier.verify_draw import opinion
from tests.bundles import Bundle, carried_out, committed, person, promise, reveal, rules, thing
from tests.minds import bundle as whole
from tests.published import of_the_house, public
from tests.second import opinions
from tests.tampering import packed
from tests.unit.test_drawplan import THEIRS, seeded

DICE = {"dice": 26, "sides": 6}
THROWS = " ".join("12" * 13), " ".join("34" * 13)


def made(*sources: tuple[dict[str, object], dict[str, object]]) -> Bundle:
    """A small draw of these sources and parts."""
    frame = freeze([thing("a")], [person("Z")], [])
    held = committed([Listing(name="x", frame=frame, rules=rules(team=1))], sources=[one for one, _ in sources])
    return carried_out(held, {"x": frame}, [part for _, part in sources])


def party(name: str, secret: str) -> tuple[dict[str, object], dict[str, object]]:
    return promise(secret) | {"party": name}, reveal(secret)


def thrown(what: str, figures: str) -> tuple[dict[str, object], dict[str, object]]:
    return {"kind": "text", "what": what, "bits": 66, "form": DICE}, {"kind": "text", "text": figures}


DRAWS = {
    "two secrets": (made(party("justice", "one"), party("audit", "two")), False),
    "one secret": (made(party("justice", "one"), party("audit", "one"), thrown("red", THROWS[0])), True),
    "two throws": (made(thrown("red", THROWS[0]), thrown("blue", THROWS[1])), False),
    "one throw": (made(thrown("red", THROWS[0]), thrown("blue", THROWS[0])), True),
}


def test_each_of_the_three_verifiers_says_aloud_that_one_value_stands_for_two_sources() -> None:
    kinds = {"full": packed, "public": public, "the house's public": of_the_house}
    made = [(f"{name}, {kind}", form(bundle), shared) for name, (bundle, shared) in DRAWS.items() for kind, form in kinds.items()]
    page = list(opinions([files | {"remarks": b"1"} for _, files, _ in made]))
    for (name, files, shared), loud in zip(made, page, strict=True):
        audit = judge(whole(files), None).verdict
        code, lines = opinion(dict(files))
        strict, _ = opinion(dict(files), strict=True)
        said = [one.code for one in audit.remarks if one.grave]
        told = ("draw.seed_shared" in said, any(line.startswith("!! ONE VALUE") for line in lines), "seed_shared" in loud.split())
        assert (audit.holds, code, strict, told) == (True, 0, 1, (shared,) * 3), name


def test_a_plan_in_which_two_parties_have_one_hash_is_refused_whatever_else_it_has() -> None:
    assert seeded(THEIRS, THEIRS.replace("justice", "audit")) == [("seed", "plan_seed_twice")]


ISSUE = '[[seed]]\nkind = "text"\nwhat = "{}"\nballs = [[6, 33], [1, 16]]\n'


def test_one_drawing_of_a_lottery_told_three_times_is_one_and_three_issues_are_three() -> None:
    thrice = [ISSUE.format(what) for what in ("双色球 2026137期", "第2026137期双色球", "Double-colour ball, issue 2026137")]
    assert seeded(*thrice) == [("seed", "plan_drawing_twice")]
    same = [ISSUE.format(what) for what in ("first draw after 1 May", "First draw after 1 May.", "another")]
    assert seeded(*same) == [("seed", "plan_drawing_twice")]
    assert seeded(*(ISSUE.format(f"双色球 202613{issue}期") for issue in (7, 8, 9))) == []


def test_figures_that_serve_for_two_ceremonies_are_refused_where_the_draw_is_carried_out(tmp_path: Path) -> None:
    parts = [{"kind": "text", "text": one} for one in THROWS]
    refuse_thrown(tmp_path / "draw", parts)
    with pytest.raises(Invalid, match="draw_thrown_once"):
        refuse_thrown(tmp_path / "draw", [parts[0], parts[0]])


def test_each_of_the_three_verifiers_says_gravely_that_nothing_accounts_for_the_numbers_before() -> None:
    frame = freeze([thing("a")], [person("Z")], [])
    bundles, due = [], []
    numbers = [("d-001", None, False), ("special-1", None, False), ("d-009", None, True), ("d-002", "ab" * 32, True)]
    for number, prev, told in (*numbers, ("named", None, True), ("d-001", "ab" * 32, True)):
        held = committed([Listing(name="x", frame=frame, rules=rules(team=1))], number=number, prev=prev)
        bundles.append(carried_out(held, {"x": frame}, [reveal("one")]))
        due.append(told)
    page = list(opinions([packed(bundle) | {"remarks": b"1"} for bundle in bundles]))
    for bundle, loud, told in zip(bundles, page, due, strict=True):
        house = judge(whole(packed(bundle)), None).verdict
        code, lines = opinion(packed(bundle))
        said = "draw.numbers_before" in [one.code for one in house.remarks if one.grave]
        both = any(line.startswith("!! NUMBERS BEFORE IT") for line in lines), "numbers_before" in loud.split()
        assert (house.holds, code, said, both) == (True, 0, told, (told, told)), bundle.commitment.number
        first = "draw.number_first" in [one.code for one in house.remarks if not one.grave]
        others = (
            any(line.startswith("! It says that it is the agency's first draw") for line in lines),
            "number_first" in loud.split(),
        )
        assert (first, others) == (not told, (not told,) * 2), "what says that it is the first is remarked, and fails nobody"
