"""Whatever comes back, in whatever order: nothing but a fresh contradiction that a person cites goes against anybody.

Words, dates and faults as sources and agencies send them are made evidence as the engine makes it, and drive the rules of a case.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.domain import late, review, verification
from inspector.domain.case import Case, CaseState, Claim, ClaimStatus, Method, Outcome, Route
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import UNTRUE, Evidence, Verdict, blank, stated
from inspector.domain.grading import EXAMPLE
from inspector.domain.policy import Compare
from inspector.domain.supposed import case_of, level_of
from inspector.domain.value import wordless
from inspector.flows.judge import judge
from inspector.ports import Answer, AnswerStatus, Provenance
from tests.facts import REGISTERED
from tests.house import START
from tests.unit.test_conduct import CALENDAR, MAOJI, facts

NOW = START + timedelta(days=3)
VALUES = [
    "",
    " ",
    "-",
    "N/A",
    "无",
    "查无此人",
    "无法核实",
    "系统维护中",
    "系统正在维护，请稍后再试",
    "Service Unavailable",
    "张*",
    "存续",
    "吊销",
    "4",
    "2026-03-02",
    "是",
    "否",
    "ERR-500",
    "\u200b",
]
COMPARES = st.sampled_from(list(Compare))
VERDICTS = st.sampled_from([None, Verdict.MATCH, Verdict.MISMATCH, Verdict.NOT_FOUND, Verdict.CANNOT_SAY])


@given(
    rule=COMPARES,
    claimed=st.sampled_from(["存续", "4", "2026-03-02", "有效", "无"]),
    value=st.sampled_from([None, *VALUES]),
    status=st.sampled_from(list(AnswerStatus)),
    age=st.sampled_from([None, -2, 0, 1, 400]),
    live=st.booleans(),
    by=st.sampled_from([Method.ONLINE_QUERY, Method.OTHER_RESULT]),
    values=st.sampled_from([(), REGISTERED.values]),
)
def test_only_a_value_that_was_found_understood_and_dated_is_a_fresh_contradiction(
    rule: Compare,
    claimed: str,
    value: str | None,
    status: AnswerStatus,
    age: int | None,
    live: bool,
    by: Method,
    values: tuple[str, ...],
) -> None:
    as_of = None if age is None else NOW - timedelta(days=age)
    where = Provenance(
        source="registry",
        owner="",
        asked_at=datetime.now(UTC),
        as_of=as_of,
        source_version="",
        request_digest="0" * 64,
        reply_digest="0" * 64,
        attempts=1,
        live=live,
    )
    claim = Claim(key="c1", fact="registered", value=claimed, on=START.date())
    found = judge(
        "k",
        claim,
        replace(REGISTERED, compare=rule, values=values),
        Answer(status=status, value=value, provenance=where),
        NOW,
        by,
    )
    if found.verdict is Verdict.MISMATCH:
        assert status is AnswerStatus.FOUND
        assert value is not None
        assert not blank(value)
        assert value in ("吊销", "4", "2026-03-02", "是", "否", "无"), "what the list has, or what has the promise's form"
        assert not wordless(value) or (claimed, value) == ("有", "无")
        if found.fresh:
            assert live if as_of is None else START.date() <= as_of.date() and as_of <= NOW + timedelta(minutes=5)


@given(
    verdict=VERDICTS, value=st.sampled_from(VALUES) | st.text(max_size=12), claimed=st.sampled_from(["存续", "4"]), rule=COMPARES
)
def test_an_agency_contradicts_by_its_own_verdict_or_by_a_value_of_the_promises_form(
    verdict: Verdict | None, value: str, claimed: str, rule: Compare
) -> None:
    try:
        said = stated(verdict, value, claimed, rule)
    except Invalid:
        return
    if said is Verdict.MISMATCH:
        assert verdict is Verdict.MISMATCH or (not wordless(value) and any(sign.isalnum() for sign in value))
        assert blank(value) or not wordless(value), "no record and no knowledge contradict nobody, whatever verdict stands beside"


PIECE = st.tuples(
    st.sampled_from(["weigh", "late", "overdue"]),
    st.sampled_from([Method.ONLINE_QUERY, Method.ASSISTANCE, Method.ON_SITE]),
    st.sampled_from(list(Verdict)),
    st.booleans(),
    st.sampled_from(["", "大门紧闭"]),
)


def started() -> Case:
    """A licence whose verification is under way."""
    told = facts()
    return verification.begin(case_of(MAOJI, told), MAOJI, level_of(MAOJI, told), START, CALENDAR).state


@settings(max_examples=150)
@example(
    pieces=[
        ("overdue", Method.ASSISTANCE, Verdict.NO_ANSWER, False, ""),
        ("late", Method.ASSISTANCE, Verdict.MATCH, True, ""),
        ("late", Method.ASSISTANCE, Verdict.MISMATCH, True, ""),
    ],
    outcome=Outcome.REFUSED,
    cites=[False, True] + [False] * 6,
)
@given(
    pieces=st.lists(PIECE, max_size=8),
    outcome=st.sampled_from(list(Outcome)),
    cites=st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_no_order_of_evidence_ends_a_case_against_anybody_and_no_decision_does_without_ground(
    pieces: list[tuple[str, Method, Verdict, bool, str]], outcome: Outcome, cites: list[bool]
) -> None:
    case, heard = started(), list[Evidence]()
    (held,) = case.claims
    for number, (how, method, verdict, fresh, remark) in enumerate(pieces):
        via = held.steps[0].via if method is Method.ONLINE_QUERY else "civil-affairs"
        piece = Evidence(
            id=f"e{number}",
            claim=held.claim.key,
            method=method,
            via=via,
            verdict=verdict,
            fresh=fresh,
            asked_at=NOW,
            as_of=None,
            remark=remark,
        )
        if how == "overdue":
            case = verification.overdue(case, MAOJI, NOW, CALENDAR).state
        else:
            heard.append(piece)
            waits = how == "weigh" and case.state is not CaseState.CLOSED  # what comes to a case that is over is late
            step = verification.weigh(case, piece, MAOJI, NOW, CALENDAR) if waits else None
            case = (step or late.late(case, piece, held.claim, MAOJI, NOW, CALENDAR)).state
        (now,) = case.claims
        matches = [one for one in heard if one.verdict is Verdict.MATCH and one.fresh]
        against = [one for one in heard if one.verdict is Verdict.MISMATCH and one.fresh]
        if case.state is CaseState.CLOSED:
            assert (case.outcome, now.status) == (Outcome.TRUE, ClaimStatus.PROVEN)
            assert matches
            assert not against
        if now.status is ClaimStatus.CONTRADICTED:
            assert against
        if matches and against:  # two sources in conflict, in whatever order, by whatever door, after whatever status
            assert (case.state, now.status) == (CaseState.REVIEW, ClaimStatus.CONFLICT)
        if now.status is ClaimStatus.CONFLICT:
            assert case.state is CaseState.REVIEW
            assert matches
            assert against
    cited = tuple(one for one, wanted in zip(heard, cites, strict=False) if wanted)
    act = next((one.row for one in MAOJI.acts if outcome in one.outcomes), "")  # without it no outcome that discredits is taken
    try:
        decided = review.review(
            case, outcome, "李四", "已核对", cited, MAOJI, NOW, CALENDAR, act=act, beside=heard, grading=EXAMPLE
        )
    except (Invalid, Refusal):
        return
    against = [one for one in cited if one.verdict is Verdict.MISMATCH and one.fresh]
    if (
        review.adverse(MAOJI.outcomes[outcome]) and outcome is not Outcome.UNREACHABLE
    ):  # which rests on attempts (`flows.attempts`)
        assert against or any(one.method is Method.ON_SITE and one.remark for one in cited)
        torn = any(one.verdict is Verdict.MATCH and one.fresh for one in heard)
        assert not (against and torn) or any(one.verdict is Verdict.MATCH and one.fresh for one in cited)
    if outcome in UNTRUE:
        assert against
    assert decided.because.facts["adverse"] is review.adverse(MAOJI.outcomes[outcome])
    assert case.route is Route.COMMITMENT
