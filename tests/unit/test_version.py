"""Notes of one team brought together: agreement, what lacks, and two words on one fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import LATER, FieldNote, Place, PlaceHow, Times, placed
from inspector.domain.finding import Doubt, Finding, Part, Seen
from inspector.domain.version import STANDS, Choice, gather

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKED = tuple(Doubt(agency="bureau", case_id="c", claim=claim, fact=claim, claimed="是") for claim in ("a", "b"))
STATIC = Path(__file__).resolve().parents[2] / "inspector" / "web" / "static"


def found(claim: str, verdict: Verdict = Verdict.MATCH, note: str = "") -> Finding:
    return Finding(case_id="c", claim=claim, verdict=verdict, note=note)


def note(number: int, inspector: str, *findings: Finding, seen: Seen | None = None, remarks: str = "") -> FieldNote:
    return FieldNote(
        id=f"n{number}",
        visit="v",
        seat=f"v:{inspector}:0",
        agency="bureau",
        inspector=inspector,
        findings=findings,
        seen=seen,
        remarks=remarks,
        on=date(2026, 3, number),
        place=Place(),
        times=Times(captured_at=None, sent_at=None, received_at=NOW + timedelta(hours=number)),
    )


AGAINST = found("a", Verdict.MISMATCH, "空置")


def test_two_phones_that_each_answer_a_part_make_one_whole_result_in_which_nobody_s_words_are_lost() -> None:
    first = note(1, "Z1", found("a", note="有人"), seen=Seen.NOTHING, remarks="上午")
    assert not gather(ASKED, [first]).whole
    assert gather(ASKED, [first]).missing == (("c", "b"),)
    both = gather(ASKED, [first, note(2, "Z2", found("a", note="三人"), found("b"), seen=Seen.FINDING, remarks="下午")])
    assert both.whole
    assert both.findings == (found("a", note="有人\n三人"), found("b"))
    assert (both.seen, both.remarks, both.on) == (Seen.FINDING, "上午\n下午", date(2026, 3, 2))


def test_different_words_on_one_fact_are_a_clash_with_both_versions_until_one_of_them_changes_or_the_lead_has_chosen() -> None:
    notes = [note(1, "Z1", found("a"), found("b")), note(2, "Z2", AGAINST)]
    (clash,) = gather(ASKED, notes).clashes
    assert [(one.inspector, one.finding.verdict.value) for one in clash.versions] == [("Z1", "match"), ("Z2", "mismatch")]
    assert gather(ASKED, [*notes, note(3, "Z2", found("a"))]).whole, "the same inspector's later word is that inspector's word"
    choice = Choice(
        id="k", visit="v", agency="bureau", case_id="c", claim="a", verdict=Verdict.MISMATCH, note="n2", over=("n1", "n2"), by="Z1",
        reasons="核对", at=NOW,
    )  # fmt: skip
    chosen = gather(ASKED, notes, [choice])
    assert chosen.whole
    assert chosen.findings[0] == AGAINST
    assert gather(ASKED, [*notes, note(3, "Z1", found("a"))], [choice]).clashes, "what came after the choice was not chosen about"


def test_a_note_that_says_otherwise_than_the_result_clashes_with_it_and_what_nobody_asks_stays_in_its_note() -> None:
    part = Part(agency="bureau", by="Z1", at=NOW)
    standing = (found("a"), found("b"))
    assert gather(ASKED, [note(1, "Z2", found("a"), found("gone"))], (), part, standing).clashes == ()
    (clash,) = gather(ASKED, [note(1, "Z2", AGAINST)], (), part, standing).clashes
    assert [one.note for one in clash.versions] == [STANDS, "n1"]


def test_how_long_a_note_lay_in_a_phone_is_known_although_its_clock_is_wrong() -> None:
    wrong = NOW + timedelta(days=400)
    times = Times(captured_at=wrong, sent_at=wrong + timedelta(days=2), received_at=NOW)
    assert times.lay == timedelta(days=2)
    assert times.off == timedelta(days=-402)
    assert replace(times, sent_at=NOW - timedelta(minutes=4)).off is None
    assert replace(times, captured_at=None).lay == timedelta()


def test_a_place_is_measured_or_typed_or_unsaid_and_half_of_one_is_refused() -> None:
    assert placed(" ", None, None, None) == Place()
    assert placed("东门", None, None, None).how is PlaceHow.TYPED
    measured = placed("东门", 31.2345678, 121.4, 12.7)
    assert (measured.how, measured.latitude, measured.within, measured.words) == (PlaceHow.MEASURED, 31.23457, 13, "东门")
    for halves in ((31.0, None, None), (91.0, 0.0, None), (float("nan"), 0.0, None)):
        with pytest.raises(Invalid):
            placed("", *halves)


def test_the_phone_waits_with_what_passes_by_itself_just_as_the_house_says_it() -> None:
    line = next(one for one in (STATIC / "outbox.js").read_text(encoding="utf-8").splitlines() if "const LATER" in one)
    assert {one.strip(' "') for one in line[line.index("[") + 1 : line.index("]")].split(",")} == {*LATER, "stale"}
