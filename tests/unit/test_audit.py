"""What is said of a draw's time, and aloud: who knew what when (draw-protocol 7.4, 7.9, rulings 12, 18, 19)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.domain.audit import Audit, House, Witness, timing
from inspector.domain.commitment import Listing, read
from inspector.domain.errors import Invalid
from inspector.domain.frame import freeze
from inspector.domain.seed import known_at, moment
from inspector.domain.verify import overstating, verify, verify_stopped
from inspector.labels import words
from inspector.verifier.verify_draw import opinion
from tests.bundles import Bundle, carried_out, committed, person, promise, reveal, rules, thing, vector
from tests.tampering import packed
from tests.unit.test_labels import argument, missing

ROUND = datetime.fromisoformat("2023-09-15T11:00:03Z")
"""When round 657413 of vector 1 became known (section 2)."""
QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
HOUR = timedelta(hours=1)


@pytest.fixture(params=["1", "2", "3", "sm3"])
def published(request: pytest.FixtureRequest) -> Bundle:
    return vector(request.param)


def seen(
    held: Bundle,
    at: datetime | None = None,
    seed_at: datetime | None = None,
    said: datetime | None = None,
    *,
    signed: bool = True,
) -> Audit:
    """The verdict on the time, from a witness who holds the right value; `signed`: the beacons' signatures were checked and hold."""
    made = held.commitment
    signatures = {place: None for place, one in enumerate(made.sources) if signed and one["kind"] in ("drand", "nist")}
    proven, problems, remarks = timing(made, Witness(value=made.w, at=at, seed_at=seed_at), House(seeded_at=said), signatures)
    return Audit(holds=not problems, time_proven=proven, problems=problems, remarks=remarks)


def codes(verdict: Audit) -> list[str]:
    return [one.code for one in verdict.remarks]


def test_without_a_witness_a_bundle_is_consistent_but_its_time_is_not_proven(published: Bundle) -> None:
    verdict = published.verdict(witness=None)
    assert (verdict.holds, verdict.holds_strictly, verdict.time_proven, verdict.problems) == (True, False, False, ())
    assert codes(verdict)[0] == "draw.no_witness"


def test_a_witness_with_another_value_proves_that_something_is_wrong() -> None:
    verdict = vector("1").verdict(witness=Witness(value="0" * 64, at=ROUND - HOUR))
    assert (verdict.holds, verdict.time_proven) == (False, False)
    assert [one.code for one in verdict.problems] == ["draw.witness_other"]


def test_a_value_without_a_date_proves_nothing(published: Bundle) -> None:
    verdict = published.verdict(Witness(value=published.expected["w"]))
    assert (verdict.holds, verdict.holds_strictly, verdict.time_proven) == (True, False, False)
    assert codes(verdict)[0] == "draw.witness_undated"


def test_a_value_in_outside_hands_before_the_beacons_time_proves_it() -> None:
    verdict = seen(vector("1"), ROUND - timedelta(minutes=10))
    assert (verdict.holds, verdict.time_proven, codes(verdict)) == (True, True, [])
    pulse = datetime.fromisoformat("2026-07-10T10:56:00Z")
    assert seen(vector("3"), pulse - timedelta(minutes=30)).time_proven


def test_a_beacons_value_that_nobody_checked_proves_no_time_whatever_its_round() -> None:
    """Else anybody could invent the value, and choose who is drawn, long after the witness took the commitment."""
    verdict = seen(vector("1"), ROUND - HOUR, signed=False)
    assert (verdict.time_proven, verdict.holds_strictly, codes(verdict)) == (False, False, ["draw.seed_unchecked"])
    held = vector("1").verdict(Witness(value=vector("1").commitment.w, at=ROUND - HOUR))
    assert (held.holds, held.time_proven) == (True, False)
    told = seen(vector("1"), ROUND - HOUR, seed_at=ROUND, signed=False)
    assert (told.time_proven, codes(told)) == (True, []), "whoever reads has looked it up"
    assert codes(seen(vector("1"), ROUND, seed_at=ROUND + HOUR, signed=False)) == ["draw.witness_late"], (
        "it still speaks against it"
    )


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=900)])
def test_a_value_witnessed_when_the_seed_was_known_proves_nothing(late: timedelta) -> None:
    verdict = seen(vector("1"), ROUND + late)
    assert (verdict.holds, verdict.time_proven, codes(verdict)) == (True, False, ["draw.witness_late"])
    assert not verdict.holds_strictly


def test_a_margin_of_less_than_ten_minutes_is_said_aloud() -> None:
    verdict = seen(vector("1"), ROUND - timedelta(minutes=10) + timedelta(microseconds=1))
    assert (verdict.time_proven, codes(verdict)) == (True, ["draw.witness_margin"])


def test_a_witness_who_held_the_value_before_it_was_made_proves_that_a_date_is_false_and_no_time() -> None:
    verdict = seen(vector("1"), ROUND - 2 * HOUR)
    assert (verdict.time_proven, verdict.holds_strictly, codes(verdict)) == (False, False, ["draw.witness_before_made"])


CEREMONY = datetime.fromisoformat("2026-01-06T09:00:00+08:00")


def test_a_ceremony_and_reveals_carry_no_time_so_the_minutes_must_give_it() -> None:
    held = vector("2")
    alone = seen(held, CEREMONY - HOUR)
    assert (alone.time_proven, codes(alone)) == (False, ["draw.seed_undated"])
    assert alone.remarks[0].facts["kinds"] == "reveal, text"
    assert not alone.holds_strictly
    told = seen(held, CEREMONY - HOUR, seed_at=CEREMONY)
    assert (told.time_proven, told.holds_strictly, codes(told)) == (True, True, [])
    assert codes(seen(held, CEREMONY, seed_at=CEREMONY)) == ["draw.witness_late"]


def test_the_houses_own_record_can_only_speak_against_it() -> None:
    held = vector("2")
    assert codes(seen(held, CEREMONY - HOUR, said=CEREMONY)) == ["draw.seed_undated"]
    late = seen(held, CEREMONY, seed_at=CEREMONY + HOUR, said=CEREMONY)
    assert (late.time_proven, codes(late)) == (False, ["draw.witness_late"])


def joined(**changes: object) -> Bundle:
    """A beacon joined with a reveal."""
    sources = [{"kind": "drand", "chain": QUICKNET, "round": 657413} | changes, promise("one")]
    made = committed(
        [Listing(name="x", frame=freeze([thing("a")], [person("Z")], []), rules=rules())],
        made="2023-09-15T09:00:00Z",
        sources=sources,
    )
    return Bundle(content=made.content, frames={}, parts=[], result={}, expected={})


def test_the_time_is_proven_only_where_that_of_every_part_is_shown() -> None:
    verdict = seen(joined(), ROUND - HOUR)
    assert (verdict.time_proven, verdict.holds_strictly, codes(verdict)) == (False, False, ["draw.parts_undated"])
    assert verdict.remarks[0].facts["kinds"] == "reveal"
    assert codes(seen(joined(), ROUND - HOUR, signed=False)) == ["draw.seed_unchecked", "draw.parts_undated"]
    assert seen(joined(), ROUND - HOUR, seed_at=ROUND).time_proven
    assert codes(seen(joined(), ROUND - HOUR, seed_at=ROUND - 2 * HOUR)) == ["draw.witness_late"], "the first part counts"


def test_a_beacon_that_is_not_pinned_carries_no_time() -> None:
    assert codes(seen(joined(chain="0" * 64), ROUND - HOUR)) == ["draw.seed_undated"]
    assert codes(seen(joined(round=10**30), ROUND - HOUR)) == ["draw.seed_undated"]


@pytest.mark.parametrize(
    ("source", "at"),
    [
        ({"kind": "drand", "chain": QUICKNET, "round": 1}, "2023-08-23T15:09:27+00:00"),
        ({"kind": "nist", "time": "2026-07-10T10:56:00.000Z"}, "2026-07-10T10:56:00+00:00"),
        ({"kind": "nist", "time": "soon"}, None),
        ({"kind": "reveal", "hash": "0" * 64}, None),
        ({"kind": "text", "what": "dice"}, None),
    ],
)
def test_a_source_becomes_known_when_the_commitment_says(source: Mapping[str, object], at: str | None) -> None:
    assert known_at(source) == (at and datetime.fromisoformat(at))


@pytest.mark.parametrize(
    "text", ["", "now", "2026-01-05", "2026-01-05T09:00:00", "2026-02-30T09:00:00Z", "2026-01-05T24:00:00Z", 7]
)
def test_a_time_without_its_offset_is_no_time(text: object) -> None:
    assert moment(text) is None


def test_a_commitment_made_when_its_seed_was_known_does_not_hold_and_is_not_made_at_all() -> None:
    held = vector("1")
    late = replace(held, content=held.content.replace(b"2023-09-15T18:00:00+08:00", b"2023-09-15T19:00:03+08:00"))
    assert "draw.made_after_seed" in [one.code for one in late.verdict().problems]
    sources = [{"kind": "drand", "chain": QUICKNET, "round": 657413}]
    with pytest.raises(Invalid, match="field='made'"):
        committed([Listing(name="x", frame=freeze([thing("a")], [], []), rules=rules())], made=ROUND.isoformat(), sources=sources)


def test_what_nobody_checked_here_is_said_aloud(published: Bundle) -> None:
    told = [
        one
        for one in codes(published.verdict())
        if one not in ("draw.no_witness", "draw.empty_seats", "draw.seats_lack", "draw.visits_unmanned")
    ]
    expected = {
        "330106-2026-001": ["draw.signature_unchecked"],
        "demo-2": ["draw.figures_typed", "draw.form_unstated"],
        "demo-3": ["draw.signature_unchecked", "draw.chain_unnamed"],
    }
    number = json.loads(published.content)["draw"]
    assert told == expected.get(number, ["draw.figures_typed", "draw.form_unstated"])


def test_figures_are_what_whoever_drew_has_typed_until_a_reader_states_those_of_the_minutes() -> None:
    """Who knows the secrets can try throws until the outcome pleases: only the signed minutes stand against it."""
    held = vector("2")
    thrown, w = str(held.parts[2]["text"]), held.commitment.w
    minutes = Witness(value=w, at=CEREMONY - HOUR, seed_at=CEREMONY)
    loud = held.verdict(minutes)
    assert (loud.holds, loud.holds_strictly, codes(loud)[0]) == (True, False, "draw.figures_typed")
    assert loud.remarks[0].facts["figures"] == thrown
    stated = held.verdict(replace(minutes, figures=(f" {thrown} ",)))
    assert (stated.holds_strictly, stated.time_proven) == (True, True)
    other = held.verdict(replace(minutes, figures=(thrown[:-1] + ("1" if thrown[-1] != "1" else "2"),)))
    assert (other.holds, [one.code for one in other.problems]) == (False, ["draw.figures_other"])
    assert other.problems[0].facts["stated"] != other.problems[0].facts["figures"] == thrown
    unseen = held.verdict(Witness(value=None, figures=(thrown,)))
    assert codes(unseen)[0] == "draw.no_witness", "figures can be compared without any witness"
    code, lines = opinion(packed(held), strict=True)
    assert (code, sum(line.startswith("!!") and line.endswith(thrown) for line in lines)) == (1, 1)


FORMS = {"dice": 26, "sides": 6}
THROWS = tuple(" ".join(one * 13) for one in ("12", "34"))


def twice() -> Bundle:
    """A draw with two ceremonies of one form."""
    frame = freeze([thing("a")], [person("Z")], [])
    sources = [{"kind": "text", "what": what, "bits": 67, "form": FORMS} for what in ("red", "blue")]
    made = committed([Listing(name="x", frame=frame, rules=rules(team=1))], sources=sources)
    return carried_out(made, {"x": frame}, [{"kind": "text", "text": one} for one in THROWS])


@pytest.mark.parametrize(
    ("stated", "wrong"),
    [
        (THROWS, []),
        (tuple(one.replace(" ", "  ").replace("1", "１") for one in THROWS), []),
        (THROWS[::-1], ["red", "blue"]),
        ((THROWS[0], THROWS[0]), ["blue"]),
    ],
    ids=["right", "typed otherwise", "exchanged", "one of them twice"],
)
def test_each_ceremony_is_held_to_what_is_stated_of_that_one(stated: tuple[str, ...], wrong: list[str]) -> None:
    found = twice().verdict(Witness(value=None, figures=stated)).problems
    assert [(one.code, one.facts["what"]) for one in found] == [("draw.figures_other", what) for what in wrong]


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ((THROWS[0].replace(" ", ","), THROWS[1]), "ceremony_figures_unfit"),
        ((THROWS[0], THROWS[1] + " 1"), "ceremony_figures_unfit"),
        (THROWS[:1], "figures_uneven"),
        ((*THROWS, "1 2 3"), "figures_uneven"),
    ],
    ids=["commas", "one die more", "one ceremony left out", "one too many"],
)
def test_figures_that_cannot_have_been_thrown_accuse_nobody(stated: tuple[str, ...], code: str) -> None:
    held, witness = twice(), Witness(value=None, figures=stated)
    with pytest.raises(Invalid, match=code):
        verify(held.commitment, {"x": held.frame("x")}, held.parts, held.result, witness)
    with pytest.raises(Invalid, match="figures_uneven"):
        verify_stopped(held.commitment, None, witness)


def test_a_draw_that_follows_another_says_that_the_chain_was_not_checked() -> None:
    frame = freeze([thing("a")], [person("Z")], [])
    made = committed([Listing(name="x", frame=frame, rules=rules(team=1))], prev="0" * 64)
    assert codes(carried_out(made, {"x": frame}, [reveal("one")]).verdict()) == [
        "draw.no_witness",
        "draw.seed_of_one",
        "draw.prev_unchecked",
    ]


def test_a_seed_that_may_be_one_partys_secret_is_a_failure_to_a_strict_reader_and_two_parties_are_not() -> None:
    frame = freeze([thing("a")], [person("Z")], [])

    def graves(*parties: str) -> list[str]:
        made = committed([Listing(name="x", frame=frame, rules=rules(team=1))], sources=[promise(one) for one in parties])
        bundle = carried_out(made, {"x": frame}, [reveal(one) for one in parties])
        told = [one.code for one in bundle.verdict().remarks if one.grave]
        stranger = [line for line in opinion(packed(bundle))[1] if line.startswith("!!")]
        assert any("ONE PARTY" in line for line in stranger) == ("draw.seed_of_one" in told)
        return told

    assert graves("one") == ["draw.no_witness", "draw.seed_of_one"]
    assert graves("one", "two") == ["draw.no_witness"]


def test_the_date_of_a_receipt_is_the_houses_word_and_a_late_one_speaks_against_it() -> None:
    made = vector("1").commitment
    assert [one.code for one in timing(made, None, House(witnessed_at=ROUND - HOUR))[2]] == [
        "draw.no_witness",
        "draw.house_says_witnessed",
    ]
    proven, problems, remarks = timing(made, Witness(value=made.w), House(witnessed_at=ROUND))
    assert (proven, problems) == (False, ())
    assert [(one.code, one.grave) for one in remarks] == [("draw.witness_undated", True), ("draw.house_says_late", True)]
    outside = timing(made, Witness(value=made.w, at=ROUND - HOUR), House(witnessed_at=ROUND), {0: None})
    assert outside == (True, (), ()), "what the witness itself says needs no house"


@pytest.mark.parametrize(("bits", "wrong"), [(67, []), (68, ["draw.bits_overstated"]), (200, ["draw.bits_overstated"])])
def test_a_text_that_declares_more_bits_than_its_figures_hold_does_not_hold(bits: int, wrong: list[str]) -> None:
    body = json.loads(vector("2").content)
    body["seed"][2] |= {"bits": bits, "form": {"dice": 26, "sides": 6}}
    assert [one.code for one in overstating(read(json.dumps(body).encode()))] == wrong


@pytest.mark.slow
def test_every_line_of_a_verdict_has_words_in_both_languages() -> None:
    written = argument("AuditLine", "code") | {"draw.empty_seats", "draw.bans_ignored", "draw.salts_guessable"}
    written |= {"draw.visits_unmanned", "draw.signature_unchecked", "draw.signature_incomplete", "draw.beacon_not_pinned"}
    assert missing(written) == []
    assert {key for key in words("en") if key.startswith("draw.")} == written
