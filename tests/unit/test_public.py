"""The public bundle: what can be shown without the registers, and what is said that cannot (draw-protocol ruling 17)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.domain.audit import Audit
from tests import minds
from tests.bundles import random_bundle, vector
from tests.published import HIDDEN as NOT_NAMED
from tests.published import of_the_house, public
from tests.tampering import encode


def verdict(files: Mapping[str, bytes]) -> Audit:
    return judge(Bundle(files=files), None).verdict


@pytest.mark.parametrize("name", ["1", "2", "3", "sm3"])
def test_a_public_bundle_holds_and_says_first_what_it_cannot_prove(name: str) -> None:
    told = verdict(public(vector(name)))
    assert (told.holds, told.problems, told.remarks[0].code) == (True, (), "draw.public_bundle")


def test_public_bundles_of_random_draws_hold() -> None:
    assert all(verdict(public(random_bundle(number))).holds for number in range(20))


@pytest.mark.parametrize("name", ["1", "2", "3", "sm3"])
def test_who_is_not_named_shows_only_a_ticket_and_the_verdict_counts_them(name: str) -> None:
    held = vector(name)
    first, *_ = held.carry_out().lists[0].selected
    files = of_the_house(held, first)
    told = verdict(files)
    assert (told.holds, [one.code for one in told.remarks[:2]]) == (True, ["draw.public_bundle", "draw.names_withheld"])
    assert told.remarks[1].facts["count"] == sum(one.selected.count(first) for one in held.carry_out().lists)
    text = b"".join(files.values()).decode()
    assert first not in text
    assert not any(spare in text for one in held.carry_out().lists for two in one.strata.values() for spare in two.reserve)
    assert not any(f'"{row.id}"' in text for one in held.carry_out().lists for row in held.frame(one.name).inspectors)
    assert "draw.names_withheld" not in [one.code for one in verdict(of_the_house(held)).remarks]


HIDDEN: dict[str, Callable[[Any], object]] = {
    "above the limit": lambda one: one["selected"][0].update(ticket="f" * 64),
    "another order": lambda one: one["selected"].reverse(),
    "no ticket": lambda one: one["selected"].__setitem__(0, {"ticket": "x"}),
    "more than a ticket": lambda one: one["selected"][0].update(id="x"),
    "named and hidden": lambda one: one["selected"].insert(0, {"ticket": one["limit"]}),
    "left out": lambda one: one["selected"].pop(0),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_the_tickets_of_those_who_are_not_named_are_held_to_order_number_and_limit(what: str) -> None:
    files = of_the_house(vector("1"), NOT_NAMED)
    result = json.loads(files["result.json"])
    HIDDEN[what](result["lists"][0]["strata"]["B"])
    assert not verdict(files | {"result.json": encode(result)}).holds


Wrong = Callable[[Any], object]
WRONG: dict[str, Wrong] = {
    "k": lambda one: one.update(k=1),
    "wanted": lambda one: one.update(wanted=9),
    "n": lambda one: one.update(n=one["n"] + 1),
    "eligible": lambda one: one.update(eligible=one["n"] + 1),
    "order": lambda one: one["selected"].reverse(),
    "winner left out": lambda one: one["selected"].pop(),
    "half a character": lambda one: one["selected"].__setitem__(0, "\ud800"),
    "winner swapped": lambda one: one["selected"].__setitem__(0, "91330100MA00000000"),
    "reserve": lambda one: one["reserve"].pop(),
    "limit": lambda one: one.update(limit="f" * 64),
    "no limit": lambda one: one.update(limit=None),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_public_result_that_the_rules_or_the_tickets_do_not_give_is_refused(what: str) -> None:
    files = public(vector("1"))
    result = json.loads(files["result.json"])
    WRONG[what](result["lists"][0]["strata"]["B"])
    assert not verdict(files | {"result.json": encode(result)}).holds


@pytest.mark.parametrize("told", [None, [], {"n": 99}, {"n": True, "eligible": 1}, 7])
def test_a_public_stratum_that_is_none_is_refused_quietly(told: object) -> None:
    files = public(vector("1"))
    result = json.loads(files["result.json"])
    result["lists"][0]["strata"]["B"] = told
    result["lists"][0]["strata"]["A"]["n"] = 13
    assert not verdict(files | {"result.json": encode(result)}).holds


@pytest.mark.parametrize(
    "team", [["Z001"], ["Z001", "Z001"], ["Z001", 7], "Z001"], ids=["short", "one person twice", "no name", "no list"]
)
def test_a_public_team_of_another_size_or_with_somebody_twice_is_refused(team: object) -> None:
    files = public(vector("1"))
    result = json.loads(files["result.json"])
    result["lists"][0]["teams"]["91330100MA00006702"] = team
    assert not verdict(files | {"result.json": encode(result)}).holds


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[1:],
        lambda lines: [lines[0].replace(b"\\tA\\t", b"\\tB\\t"), *lines[1:]],
        lambda lines: [lines[0].replace(b'"index":', b'"index":1'), *lines[1:]],
        lambda lines: [lines[0].replace(b'"n":12', b'"n":13'), *lines[1:]],
        lambda lines: [lines[0].replace(b'"path":["', b'"path":["0'), *lines[1:]],
    ],
    ids=["left out", "class", "index", "n", "path"],
)
def test_a_drawn_row_that_was_not_in_the_frame_is_refused(change: Callable[[list[bytes]], list[bytes]]) -> None:
    files = public(vector("1"))
    lines = files["scjg.drawn.jsonl"].splitlines(keepends=True)
    assert change(lines) != lines
    assert not verdict(files | {"scjg.drawn.jsonl": b"".join(change(lines))}).holds


def test_two_rows_in_the_place_of_one_are_refused() -> None:
    files = public(vector("1"))
    first, *rest = files["scjg.drawn.jsonl"].splitlines(keepends=True)
    told = json.loads(first)
    twice = encode({**told, "line": f"{told['line']}\n{told['line']}"}) + b"\n"
    assert not verdict(files | {"scjg.drawn.jsonl": b"".join([twice, *rest])}).holds


@pytest.mark.needs("node")
@pytest.mark.slow
def test_the_strangers_verifiers_are_of_the_same_mind_about_public_bundles() -> None:
    bundles = [public(vector(name)) for name in ("1", "2", "3", "sm3")] + [public(random_bundle(number)) for number in range(40)]
    hidden = of_the_house(vector("1"), NOT_NAMED)
    result = [json.loads(hidden["result.json"]) for _ in HIDDEN]
    for change, one in zip(HIDDEN.values(), result, strict=True):
        change(one["lists"][0]["strata"]["B"])
    bundles += [of_the_house(one, *one.carry_out().lists[0].selected[::2]) for one in map(random_bundle, range(20))]
    bundles += [hidden, *(hidden | {"result.json": encode(one)} for one in result)]
    right = [0] * (len(bundles) - len(HIDDEN)) + [1] * len(HIDDEN)
    assert [minds.python(files) for files in bundles] == right
    assert list(minds.browser(bundles)) == right
