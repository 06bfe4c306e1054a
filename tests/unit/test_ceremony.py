"""A ceremony can hold so much chance and no more, and figures are of its form or none (ruling 7, threat 5)."""

from __future__ import annotations

import pytest

from inspector.domain.ceremony import read
from inspector.domain.errors import Invalid
from inspector.domain.seed import refuse_vague, value
from inspector.domain.suite import Suite

BALLS = {"balls": [[6, 33], [1, 16]]}


@pytest.mark.parametrize(
    ("form", "bits"),
    [
        ({"dice": 26, "sides": 6}, 67),
        ({"dice": 20, "sides": 10}, 66),
        ({"dice": 3, "sides": 10, "lowest": 0}, 9),
        (BALLS, 24),
        ({"dice": 1, "sides": 2}, 1),
    ],
)
def test_so_many_whole_bits_fit_into_the_figures(form: object, bits: int) -> None:
    held = read(form)
    assert held.bits == bits
    assert 2**bits <= held.outcomes < 2 ** (bits + 1)
    assert read(held.value()) == held


@pytest.mark.parametrize(
    "form",
    [
        {},
        None,
        {"dice": 0, "sides": 6},
        {"dice": 26},
        {"dice": True, "sides": 6},
        {"dice": 26, "sides": 6, "more": 1},
        {"dice": 10**9, "sides": 6},
        {"balls": []},
        {"balls": [[33, 6]]},
        {"balls": ["33"]},
        {"balls": [[6, 33]], "dice": 3},
    ],
)
def test_what_is_no_form_is_refused(form: object) -> None:
    with pytest.raises(Invalid, match="ceremony_form_invalid"):
        read(form)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("3 7 11 19 23 33 16", "3 7 11 19 23 33 16"),
        ("33 03 07\n11 19 23  16", "3 7 11 19 23 33 16"),
        ("３ ７ 11 19 23 33 1", None),
    ],
)
def test_balls_are_told_ascending_and_full_width_figures_and_zeros_are_forgiven(typed: str, told: str | None) -> None:
    assert read(BALLS).figures(typed) == (told or "3 7 11 19 23 33 1")


@pytest.mark.parametrize(
    "typed", ["", "3 3 11 19 23 33 16", "3 7 11 19 23 34 16", "3 7 11 19 23 33 17", "3 7 11", "3 7 11 19 23 33 16 1"]
)
def test_balls_that_cannot_have_been_drawn_are_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="ceremony_figures_unfit"):
        read(BALLS).figures(typed)


def test_a_source_whose_form_holds_less_than_it_declares_is_not_promised() -> None:
    refuse_vague({"kind": "text", "what": "dice", "bits": 67, "form": {"dice": 26, "sides": 6}})
    for bits, form in ((68, {"dice": 26, "sides": 6}), (25, BALLS)):
        with pytest.raises(Invalid, match=r"seed\.bits"):
            refuse_vague({"kind": "text", "what": "dice", "bits": bits, "form": form})


def test_a_text_that_is_not_of_its_form_is_no_part_of_a_seed() -> None:
    source = {"kind": "text", "what": "dice", "bits": 7, "form": {"dice": 3, "sides": 6}}
    assert value(source, {"kind": "text", "text": "3 1 4"}, Suite()) == "3 1 4"
    for text in ("3 1 7", "3 1", "03 1 4", "a b c"):
        with pytest.raises(Invalid, match="draw_seed_invalid"):
            value(source, {"kind": "text", "text": text}, Suite())
