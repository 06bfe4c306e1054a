"""Of what day data are, and what they can therefore decide (handbook scenario 13)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from inspector.domain.calendar import SHANGHAI, Term
from inspector.domain.case import Method, Outcome
from inspector.domain.errors import Invalid
from inspector.domain.evidence import AHEAD, BEFORE, TO_COME, TOLERANCE, Evidence, Verdict, carry, reading, stated, unfresh
from inspector.domain.policy import Compare

ON = date(2026, 3, 2)
ASKED = datetime(2026, 3, 3, 10, 0, tzinfo=SHANGHAI)
MONTH = Term.parse("30d")


def judged(verdict: Verdict, as_of: datetime | None, asked: datetime = ASKED) -> str:
    """What `unfresh` says of a claim about `ON` whose fact holds for a month."""
    return unfresh(verdict, as_of, ON, MONTH, asked)


def test_a_mismatch_of_before_the_day_in_question_is_a_lead_however_long_the_fact_holds() -> None:
    assert judged(Verdict.MISMATCH, datetime(2026, 3, 1, 23, 59, tzinfo=SHANGHAI)) == BEFORE
    assert judged(Verdict.MISMATCH, datetime(2026, 3, 2, 0, 0, tzinfo=SHANGHAI)) == ""


def test_a_match_of_before_that_day_holds_as_long_as_the_fact_does() -> None:
    assert judged(Verdict.MATCH, ASKED - timedelta(days=30)) == ""
    assert judged(Verdict.MATCH, ASKED - timedelta(days=31)) == BEFORE


def test_days_are_those_of_the_office_and_not_of_the_senders_offset() -> None:
    assert judged(Verdict.MISMATCH, datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == "", "midnight of the 2nd in China"
    assert judged(Verdict.MISMATCH, datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == BEFORE
    ahead = datetime.fromisoformat("2026-03-02T01:00:00+14:00")
    assert judged(Verdict.MISMATCH, ahead) == BEFORE, "the 1st in China, though the sender writes the 2nd"


@pytest.mark.parametrize("verdict", [Verdict.MATCH, Verdict.MISMATCH])
def test_data_dated_in_the_future_decide_nothing_but_clocks_may_differ_a_little(verdict: Verdict) -> None:
    assert judged(verdict, ASKED + TOLERANCE) == ""
    assert judged(verdict, ASKED + TOLERANCE + timedelta(seconds=1)) == AHEAD
    assert judged(verdict, datetime(2031, 1, 1, tzinfo=SHANGHAI)) == AHEAD


def test_undated_data_are_of_the_moment_of_asking_and_say_nothing_of_a_day_to_come() -> None:
    assert judged(Verdict.MISMATCH, None) == ""
    assert judged(Verdict.MISMATCH, None, ASKED - timedelta(days=5)) == TO_COME
    assert judged(Verdict.MATCH, None, ASKED - timedelta(days=5)) == TO_COME


def piece(verdict: Verdict, *, fresh: bool, method: Method = Method.ONLINE_QUERY, remark: str = "") -> Evidence:
    """A piece of evidence."""
    return Evidence(
        id=f"{verdict}:{fresh}",
        claim="c1",
        method=method,
        via="",
        verdict=verdict,
        fresh=fresh,
        asked_at=ASKED,
        as_of=None,
        remark=remark,
    )


@pytest.mark.parametrize("outcome", [Outcome.UNTRUE_CURABLE, Outcome.UNTRUE_INCURABLE, Outcome.FALSE_KNOWING])
def test_a_lead_alone_carries_no_untrue_outcome_and_beside_a_fresh_contradiction_it_may_stand(outcome: Outcome) -> None:
    lead = piece(Verdict.MISMATCH, fresh=False)
    with pytest.raises(Invalid, match="evidence_stale") as refused:
        carry(outcome, [lead, piece(Verdict.MATCH, fresh=True)], adverse=True)
    assert refused.value.facts["evidence"] == lead.id
    carry(outcome, [lead, piece(Verdict.MISMATCH, fresh=True)], adverse=True)


def test_a_lead_alone_marks_nobody_but_what_was_seen_on_the_spot_may() -> None:
    lead = piece(Verdict.MISMATCH, fresh=False)
    with pytest.raises(Invalid, match="evidence_stale"):
        carry(Outcome.REFUSED, [lead], adverse=True)
    carry(Outcome.REFUSED, [lead, piece(Verdict.CANNOT_SAY, fresh=True, method=Method.ON_SITE, remark="大门紧闭")], adverse=True)
    carry(Outcome.UNVERIFIABLE, [lead], adverse=False)


@pytest.mark.parametrize("verdict", [Verdict.MATCH, Verdict.MISMATCH, Verdict.NOT_FOUND, Verdict.CANNOT_SAY])
@pytest.mark.parametrize(
    ("rule", "claimed", "same", "other"),
    [
        (Compare.EXACT, "JS-8", "JS-8", "JS-1"),
        (Compare.NORMALISED, "ＡＢ 8", "ab8", "ab1"),
        (Compare.NOT_BEFORE, "2027-01-01", "2027-06-30", "2026-12-31"),
        (Compare.NOT_AFTER, "2019-07", "2018-03", "2019-08"),
        (Compare.NOT_AFTER, "2019-07-01", "2019-07-01", "2019-07-02"),
        (Compare.AT_LEAST, "9", "10", "8.5"),
        (Compare.WITHIN, "2026-03-02", "2024-01-01/2026-03-02", "2026-03-03/.."),
        (Compare.WITHIN, "2026-03-02", "../2026-03-02", "../2026-03-01"),
        (Compare.SET, "B2、B3", "b3；B1；B 2", "B1，B2"),
        (Compare.PREDICATE, "2026-03-02有效", "是", "FALSE"),
    ],
)
def test_a_verdict_and_a_value_that_disagree_are_refused_and_both_are_named(
    verdict: Verdict, rule: Compare, claimed: str, same: str, other: str
) -> None:
    wrong, right = (other, same) if verdict is Verdict.MATCH else (same, other)
    with pytest.raises(Invalid, match="match_contradicts" if verdict is Verdict.MATCH else "value_contradicts") as refused:
        stated(verdict, wrong, claimed, rule)
    told = refused.value.facts
    assert (told["value"], told["claimed"], told["field"]) == (wrong, claimed, "value")
    assert stated(verdict, right, claimed, rule) is verdict


def test_a_verdict_alone_stands_and_a_value_alone_is_compared() -> None:
    for verdict in (Verdict.MATCH, Verdict.NOT_FOUND):
        assert stated(verdict, " ", "8", Compare.EXACT) is verdict
    assert stated(None, "8", "8", Compare.EXACT) is Verdict.MATCH
    assert stated(None, "9", "8", Compare.EXACT) is Verdict.MISMATCH


@pytest.mark.parametrize(
    ("rule", "claimed", "found"),
    [
        (Compare.NOT_AFTER, "2019-07", "2019-07-15"),
        (Compare.NOT_AFTER, "2019-07-15", "2019-07"),
        (Compare.NOT_BEFORE, "2019-07", "2019-08-01"),
        (Compare.NOT_AFTER, "2019-07", "2019-13"),
        (Compare.NOT_AFTER, "2019", "2018"),
        (Compare.AT_LEAST, "5", "5年"),
        (Compare.WITHIN, "2026-03-02", "2026-03-02"),
        (Compare.WITHIN, "2026-03-02", "../.."),
        (Compare.WITHIN, "2026-03-02", "2026-03-03/2026-03-01"),
        (Compare.WITHIN, "2026-03", "2026-01-01/2026-12-31"),
        (Compare.SET, "乙级", "、；"),
        (Compare.SET, "、", "乙级"),
        (Compare.PREDICATE, "有效", "可能"),
        (Compare.PREDICATE, "有效", "2"),
        (Compare.AT_LEAST, "5", "-6"),
        (Compare.AT_LEAST, "5", "1e9"),
        (Compare.AT_LEAST, "5", "1,000"),
        (Compare.AT_LEAST, "5", "九"),
        (Compare.AT_LEAST, "五", "9"),
        (Compare.AT_LEAST, "5", "nan"),
    ],
)
def test_values_of_two_forms_have_no_order_and_speak_against_nobody(rule: Compare, claimed: str, found: str) -> None:
    assert stated(None, found, claimed, rule) is Verdict.CANNOT_SAY


def test_what_the_rule_cannot_compare_proves_nothing_by_itself() -> None:
    assert stated(None, "长期", "2027-01-01", Compare.NOT_BEFORE) is Verdict.CANNOT_SAY
    assert stated(Verdict.MISMATCH, "已注销", "2027-01-01", Compare.NOT_BEFORE) is Verdict.MISMATCH, "the words are its own"
    assert stated(Verdict.MATCH, "长期", "2027-01-01", Compare.NOT_BEFORE) is Verdict.CANNOT_SAY, "and a person reads it"
    with pytest.raises(Invalid, match="match_uncomparable"):
        reading(Verdict.MATCH, "长期", "2027-01-01", Compare.NOT_BEFORE)
