"""A void is thrown together in one line by anybody: what its record must hold, and what nobody can rule out, say all three verifiers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from inspector.cli.bundle import judge
from inspector.domain.audit import Witness
from inspector.domain.seed import moment
from inspector.labels import LANGS, label
from inspector.verifier import verify_draw
from tests import minds
from tests.bundles import vector
from tests.mutations import voided
from tests.second import opinions
from tests.tampering import encode, packed

pytestmark = pytest.mark.needs("node")

RESULT = ("seed.json", "result.json")
BEACON, CEREMONY = "1", "2"
"""The vectors whose seed is a beacon's round, or two secrets and dice."""
OUTSIDE = Witness(value=vector(BEACON).commitment.w, at=moment("2023-09-15T10:40:00Z"), seed_at=moment("2023-09-15T11:00:03Z"))
"""What a witness of the first says, and the day on which its beacon spoke."""


def stopped(name: str) -> dict[str, bytes]:
    """A published vector without its result."""
    return {file: held for file, held in packed(vector(name)).items() if file not in RESULT}


def void(files: Mapping[str, bytes], *, rule: bool = False, **other: object) -> dict[str, bytes]:
    """The files with the record of a lawful void, or one that says something `other`; None: it does not say it."""
    told = voided(files, rule=rule) | other
    return {**files, minds.RECORD: encode({name: value for name, value in told.items() if value is not None})}


def alike(*bundles: Mapping[str, bytes]) -> list[set[str]]:
    """What is said of these voids: the same by all three, none of whom finds a difference."""
    told = minds.voids(bundles)
    assert [one for one, *others in told if any(one != other for other in others)] == []
    assert [(minds.house(one), minds.python(one)) for one in bundles] == [(0, 0)] * len(bundles)
    assert [*minds.browser(bundles)] == [0] * len(bundles)
    return [one for one, *_ in told]


@pytest.mark.slow
def test_one_line_that_anybody_writes_in_the_place_of_a_result_is_a_grave_matter_to_all_three() -> None:
    files = [{**stopped(name), minds.RECORD: encode({"void": "名录有误"})} for name in (BEACON, CEREMONY, "3", "sm3", "joint")]
    assert alike(*files) == [{"void_lacks", "stopped_unknown"}] * len(files)
    for one in files:
        (code, _), (strict, lines) = verify_draw.opinion(dict(one)), verify_draw.opinion(dict(one), strict=True)
        assert (code, strict) == (0, 1)
        assert any("draw, w, voided_at, signed" in line for line in lines)
    verdict = judge(minds.bundle(files[0]), OUTSIDE).verdict
    assert (verdict.holds, verdict.time_proven, verdict.holds_strictly) == (True, True, False), "no witness speaks of the void"


def test_a_lawful_void_by_two_persons_lacks_nothing_and_its_time_before_a_beacon_is_told_as_the_houses_word() -> None:
    assert alike(void(stopped(BEACON)), void(stopped(CEREMONY))) == [{"stopped_dated"}, {"stopped_unknown"}]
    outside = Witness(
        value=vector(BEACON).commitment.w, at=moment("2023-09-15T10:40:00Z"), seed_at=moment("2023-09-15T11:00:03Z")
    )
    verdict = judge(minds.bundle(void(stopped(BEACON))), outside).verdict
    assert (verdict.holds, verdict.time_proven, verdict.holds_strictly) == (True, True, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("other", "lacks"),
    [
        ({"draw": None}, "draw"),
        ({"w": None}, "w"),
        ({"voided_at": None}, "voided_at"),
        ({"voided_at": "yesterday"}, "voided_at"),
        ({"voided_at": "2023-09-15T17:59:59+08:00"}, "voided_at"),  # the commitment was not made yet
        ({"signed": None}, "signed"),
        ({"signed": ["李科长"]}, "signed"),
        ({"signed": ["Li Kezhang", "LI  kezhang"]}, "signed"),  # one person, typed otherwise
        ({"signed": ["李科长", "王主任", "赵"]}, "signed"),
        ({"signed": ["李科长", ""]}, "signed"),
        ({"signed": "李科长, 王主任"}, "signed"),
        ({"signed": None, "lacked": [9]}, "signed"),  # no source stands there
        ({"signed": None, "lacked": [True]}, "signed"),
        ({"signed": None, "lacked": ["audit"]}, "signed"),
    ],
)
def test_each_thing_that_a_lawful_record_holds_is_missed_by_name(other: Mapping[str, Any], lacks: str) -> None:
    one = void(stopped(BEACON), **other)
    assert "void_lacks" in alike(one)[0]
    told = {line.code: line.facts for line in judge(minds.bundle(one), None).verdict.remarks}
    assert told["draw.void_lacks"] == {"lacks": lacks}
    _, lines = verify_draw.opinion(dict(one))
    assert any(f"LACKS 作废记录缺少 {lacks}:" in line for line in lines)


@pytest.mark.slow
def test_a_draw_that_was_stopped_when_its_seed_could_be_known_is_told_so_by_its_own_dates() -> None:
    spoken, before = "2023-09-15T11:00:03Z", "2023-09-15T11:00:02.999999Z"
    made = vector(CEREMONY).commitment.made
    cases = [
        (void(stopped(BEACON), voided_at=spoken), "stopped_late"),
        (void(stopped(BEACON), voided_at=before), "stopped_dated"),
        (void(stopped(BEACON), voided_at=before, seeded_at=before), "stopped_late"),
        (void(stopped(CEREMONY), seeded_at=made), "stopped_late"),
        (void(stopped(CEREMONY), seeded_at="9999-12-31T00:00:00Z"), "stopped_unknown"),  # the house's word speaks only against it
    ]
    assert alike(*(one for one, _ in cases)) == [{code} for _, code in cases]


def test_where_a_part_lacked_the_rule_makes_it_void_and_the_party_is_named_who_may_have_known_the_outcome() -> None:
    one, late = void(stopped(CEREMONY), rule=True), void(stopped(BEACON), rule=True, voided_at="2030-01-01T00:00:00Z")
    assert alike(one, late) == [{"stopped_withheld"}] * 2
    told = {line.code: line.facts for line in judge(minds.bundle(one), None).verdict.remarks}
    source = vector(CEREMONY).commitment.sources[0]
    assert told["draw.stopped_withheld"] == {"parties": source.get("party", source["kind"])}


@pytest.mark.slow
def test_a_draw_with_its_result_is_made_void_by_two_persons_alone_and_no_rule() -> None:
    whole = packed(vector(BEACON))
    after = "2023-10-01T00:00:00Z"
    cases: list[tuple[dict[str, bytes], set[str]]] = [
        (void(whole, voided_at=after), set()),
        (void(whole, rule=True), {"void_lacks"}),
        ({**whole, minds.RECORD: encode({"void": "why"})}, {"void_lacks"}),
        ({**whole, minds.RECORD: encode({"void": None, "signed": []})}, set()),
    ]
    assert alike(*(one for one, _ in cases)) == [codes for _, codes in cases]


@pytest.mark.slow
def test_what_the_reader_states_of_the_seeds_day_settles_what_no_file_dates() -> None:
    files, w = stopped(CEREMONY), vector(CEREMONY).commitment.w
    made = moment(vector(CEREMONY).commitment.made)
    assert made is not None
    at = made.isoformat().replace("+00:00", "Z")
    one = void(files, voided_at="2026-03-02T12:00:00Z")
    cases = [("2026-03-02T11:59:59Z", "stopped_late"), ("2026-03-02T12:00:01Z", "stopped_dated")]
    for seed_at, code in cases:
        verdict = judge(minds.bundle(one), Witness(value=w, at=made, seed_at=moment(seed_at))).verdict
        assert f"draw.{code}" in [line.code for line in verdict.remarks]
        (told,) = opinions([{**one, "witness": f"{w} {at} {seed_at}".encode(), "stop": b"1"}])
        assert told == code


@pytest.mark.slow
def test_no_record_however_odd_parts_the_three() -> None:
    times = (None, "2023-09-15T18:00:00+08:00", "2030-01-01T00:00:00Z", 7)
    signed = (None, ["a", "b"], ["a", "a"], [1, 2], [None, "b"], {"a": 1}, [["a"], "b"])
    lacked: tuple[object, ...] = (None, [], [0], [0, 0], [1], [-1], [0, "x"], {"0": 1})
    bare = {"commit.json": stopped(BEACON)["commit.json"]}
    odd = product(times, (None, 0, times[2]), signed, lacked)
    made = [void(bare, voided_at=at, seeded_at=seeded, signed=names, lacked=places) for at, seeded, names, places in odd]
    told = minds.voids(made)
    assert [one for one, *others in told if any(one != other for other in others)] == []
    assert {frozenset(one) for one, *_ in told} == {
        *(
            frozenset({stop, *more})
            for stop in ("stopped_late", "stopped_unknown", "stopped_withheld")
            for more in ([], ["void_lacks"])
        ),
        *(frozenset({"stopped_dated", *more}) for more in ([], ["void_lacks"])),
    } - {frozenset({"stopped_unknown"})}, "without a time it lacks that"


@pytest.mark.parametrize("lang", LANGS)
def test_what_cannot_be_ruled_out_is_said_in_both_languages_by_all(lang: str) -> None:
    words = {"en": "ruled out", "zh-Hans": "不能排除"}[lang]
    for code in ("stopped_withheld", "stopped_late", "stopped_unknown"):
        assert words in label(f"draw.{code}", lang, parties="x", at="x", known="x")  # type: ignore[arg-type]
