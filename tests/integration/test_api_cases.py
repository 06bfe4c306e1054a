"""Cases over HTTP, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inspector.daemon import sweeps
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.flows import dispatch
from inspector.policybook import Policybook
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import Edge, a_case, serving
from tests.house import Hand, Table, open_office, settle

pytestmark = pytest.mark.alike


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office whose one source contradicts every claim."""
    with serving(open_office(store, hand, sources={"registers": Table(default="吊销")})) as held:
        yield held


def code(answer: object) -> tuple[int, str]:
    """Status and error code of an answer."""
    return answer.status_code, answer.json()["error"]["code"]  # type: ignore[attr-defined]


def test_a_case_is_new_once_the_same_again_is_the_same_and_another_content_is_a_conflict(edge: Edge) -> None:
    with edge.as_("system") as client:
        first = client.post("/v1/cases", json=a_case())
        again = client.post("/v1/cases", json=a_case())
        other = client.post("/v1/cases", json=a_case(item="stable-jobs"))
        changed = a_case() | {"claims": [{"key": "c1", "fact": "registration-status", "value": "注销", "on": "2026-02-27"}]}
        conflict = client.post("/v1/cases", json=changed)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["strategy"]["row"] == "normal-U"
    assert code(conflict) == (409, "reference_reused")
    assert code(other) == (409, "reference_reused"), "whatever is wrong with it: the reference is taken"
    assert edge.announced == [f"ask:{first.json()['id']}:c1:0"]


def without(item: str, book: Policybook) -> Policybook:
    """The packs as they would be once none of them knows an item any more."""
    packs = (replace(pack, items={code: one for code, one in pack.items.items() if code != item}) for pack in book.packs)
    return replace(book, packs=tuple(packs))


def test_a_case_sent_again_after_its_item_was_given_up_is_still_the_same_case(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with serving(office) as edge, edge.as_("system") as client:
        first = client.post("/v1/cases", json=a_case())
    after = replace(office, book=without("business-licence", office.book))
    with serving(after) as edge, edge.as_("system") as client:
        again = client.post("/v1/cases", json=a_case())
        changed = client.post("/v1/cases", json=a_case(item="stable-jobs"))
        fresh = client.post("/v1/cases", json=a_case(2))
    assert (again.status_code, again.json()) == (200, first.json())
    assert code(changed) == (409, "reference_reused")
    assert code(fresh) == (422, "item_unknown")


def test_a_case_sent_again_after_its_pack_has_ended_is_still_the_same_case(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with serving(office) as edge, edge.as_("system") as client:
        first = client.post("/v1/cases", json=a_case()).json()
    after = replace(office, book=replace(office.book, packs=tuple(one for one in office.book.packs if one.id != "demo")))
    with serving(after) as edge, edge.as_("system") as client:
        assert client.post("/v1/cases", json=a_case()).json() == first
        assert client.post("/v1/cases", json=a_case(2)).status_code != 201


def test_what_is_wrong_with_a_case_is_said_in_both_languages_with_its_facts(edge: Edge) -> None:
    with edge.as_("system") as client:
        answer = client.post("/v1/cases", json=a_case(item="business-licences"))
    error = answer.json()["error"]
    assert code(answer) == (422, "item_unknown")
    assert error["facts"]["item"] == "business-licences"
    assert "business-licences" in error["message"]
    assert "没有事项" in error["message_zh"]


def test_a_fact_promised_by_a_day_to_come_is_taken_and_the_sender_is_told_to_look_at_the_day(edge: Edge) -> None:
    claims = [
        {"key": f"c{day[:4]}", "fact": "registration-status", "value": "存续", "on": day} for day in ("2026-03-02", "2030-01-01")
    ]
    claims.append({**claims[0], "key": "other", "value": "正常"})  # none of the values that the pack lists
    with edge.as_("system") as client:
        answer = client.post("/v1/cases", json=a_case(claims=claims))
        shown = client.get(f"/v1/cases/{answer.json()['id']}")
    for told, code in ((answer, 201), (shown, 200)):
        assert (told.status_code, [one["warnings"] for one in told.json()["claims"]]) == (code, [[], ["AHEAD"], ["UNLISTED"]])


def test_nothing_known_today_proves_a_promise_about_a_day_to_come(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    claims = [{"key": "c1", "fact": "registration-status", "value": "存续", "on": "2026-03-09"}]
    with serving(office) as edge, edge.as_("system") as client:
        first = client.post("/v1/cases", json=a_case(claims=claims)).json()["id"]
        settle(office)
        early = client.get(f"/v1/cases/{first}").json()
        hand.on(days=7)
        later = client.post("/v1/cases", json=a_case(2, claims=claims)).json()["id"]
        settle(office)
        assert client.get(f"/v1/cases/{later}").json()["outcome"] == "TRUE", "the day has come"
    assert (early["outcome"], early["claims"][0]["status"] == "PROVEN") == (None, False)
    with store.read() as tx:
        assert next((one.fresh, one.note) for one in tx.cases.evidence(first)) == (False, "day_to_come")


def test_who_brought_a_certificate_has_signed_no_letter_and_a_commitment_needs_one(edge: Edge) -> None:
    bare = {name: value for name, value in a_case(route="CERTIFICATE", claims=[]).items() if name != "letter"}
    with edge.as_("system") as client:
        taken = client.post("/v1/cases", json=bare)
        again = client.post("/v1/cases", json=bare | {"letter": None})
        refused = client.post("/v1/cases", json=bare | {"route": "COMMITMENT", "claims": a_case()["claims"], "reference": "R-9"})
    assert (taken.status_code, taken.json()["state"], again.json()["id"]) == (201, "POOLED", taken.json()["id"])
    assert (code(refused), refused.json()["error"]["facts"]["field"]) == ((422, "letter_missing"), "letter")


def test_a_conclusion_may_be_told_later_with_its_time_and_with_nothing_else(edge: Edge, hand: Hand) -> None:
    with edge.as_("system") as client:
        case = client.post("/v1/cases", json=a_case()).json()
        path = f"/v1/cases/{case['id']}/conclude"
        hand.on(days=2)
        at = (hand() - timedelta(days=1)).isoformat()
        wrong = [
            {"at": (hand() + timedelta(minutes=6)).isoformat()},
            {"at": (hand() - timedelta(days=4)).isoformat()},  # before the letter was signed
            {"at": "2026-03-03T09:00:00"},
            {"on": at},
            [],
        ]
        told = [client.post(path, json=one).status_code for one in wrong]
        unchanged = client.get(f"/v1/cases/{case['id']}").json()["concluded_at"]
        done = client.post(path, json={"at": at}).json()["concluded_at"]
        again = client.post(path).json()["concluded_at"]
    assert (told, unchanged) == ([422] * 5, None)
    assert datetime.fromisoformat(done) == datetime.fromisoformat(at)
    assert again == done, "the first word stands"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reference": " "}, "text_blank"),
        ({"reference": "\u200b"}, "text_blank"),
        ({"subject": {"kind": "FIRM", "code": "TEST00000000000001", "name": "\u200b"}}, "text_blank"),
        ({"letter": {"text": "x", "notice_version": "1", "signed_by": "\u3000", "signed_on": "2026-03-01"}}, "text_blank"),
        ({"claims": [{"key": "c1", "fact": "registration-status", "value": "", "on": "2026-02-27"}]}, "message_invalid"),
        ({"claims": [{"key": "c1", "fact": "registration-status", "value": "\u2800 ", "on": "2026-02-27"}]}, "text_blank"),
        ({"letter": {"text": "x", "notice_version": "1", "signed_by": "张三", "signed_on": "1800-01-01"}}, "signed_long_ago"),
        ({"letter": {"text": "x", "notice_version": "1", "signed_by": "张三", "signed_on": "2026-03-01"}}, "notice_unknown"),
    ],
)
def test_slips_that_look_like_content_are_refused(edge: Edge, changes: dict[str, Any], told: str) -> None:
    with edge.as_("system") as client:
        assert code(client.post("/v1/cases", json=a_case(**changes))) == (422, told)


def test_a_letter_signed_tomorrow_is_told_to_be_a_matter_of_clocks(edge: Edge) -> None:
    letter = {"text": "本单位承诺", "notice_version": "1", "signed_by": "张三", "signed_on": "2026-03-03"}
    with edge.as_("system") as client:
        answer = client.post("/v1/cases", json=a_case(letter=letter))
    assert code(answer) == (422, "signed_in_future")


@pytest.mark.parametrize(
    ("letter", "expected"),
    [({"text": ""}, "letter_missing"), ({"digest": "0" * 64}, "letter_digest_differs")],
)
def test_a_letter_needs_a_text_or_a_digest_that_is_its_own(edge: Edge, letter: dict[str, str], expected: str) -> None:
    whole = {"text": "本单位承诺", "notice_version": "1", "signed_by": "张三", "signed_on": "2026-03-01"} | letter
    with edge.as_("system") as client:
        assert code(client.post("/v1/cases", json=a_case(letter=whole))) == (422, expected)


def test_nobody_learns_of_a_case_of_another_agency_or_of_another_system_nor_hears_its_events(edge: Edge) -> None:
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=a_case()).json()["id"]
    assert sweeps.seal(edge.office.store, edge.office) > 0, "the daemon's tick puts events in their places"
    for role, agency, name, expected in (
        ("officer", "bureau", "", 200),
        ("officer", "county", "", 200),
        ("auditor", "city", "", 200),
        ("officer", "other", "", 404),
        ("system", "bureau", "another system", 404),
        ("ops", "city", "", 403),
    ):
        with edge.as_(role, agency, name) as client:
            answer = client.get(f"/v1/cases/{case_id}")
            listed = client.get("/v1/cases")
            feed = client.get("/v1/events")
        assert answer.status_code == expected, (role, agency)
        if expected == 403:
            assert feed.status_code == 403
            continue
        assert {event["case_id"] for event in feed.json()["events"]} == ({case_id} if expected == 200 else set()), (role, agency)
        if expected == 404:
            assert listed.json()["cases"] == []
            assert answer.json()["error"]["code"] == "case_unknown"


def test_a_system_hands_in_cases_of_its_own_agencies_only(edge: Edge) -> None:
    with edge.as_("system", "other") as client:
        assert code(client.post("/v1/cases", json=a_case())) == (404, "agency_not_yours")


def test_without_a_valid_token_nothing_is_told(edge: Edge) -> None:
    with edge.client() as client:
        missing = client.get("/v1/cases")
        wrong = client.get("/v1/cases", headers={"Authorization": "Bearer ins_nothing"})
    assert (code(missing), code(wrong)) == ((401, "token_needed"), (401, "token_invalid"))
    assert missing.headers["www-authenticate"].startswith("Bearer")


def test_pages_of_cases_follow_each_other_without_gap_and_end(edge: Edge) -> None:
    with edge.as_("system") as client:
        ids = [client.post("/v1/cases", json=a_case(number)).json()["id"] for number in range(1, 6)]
        seen: list[str] = []
        after = ""
        while True:
            page = client.get("/v1/cases", params={"limit": 2, **({"after": after} if after else {})}).json()
            seen += [case["id"] for case in page["cases"]]
            if page["next"] is None:
                break
            after = page["next"]
        none = client.get("/v1/cases", params={"state": "CLOSED"}).json()
        third = client.get("/v1/cases", params={"reference": "R-000003"}).json()["cases"]
    assert seen == sorted(ids)
    assert none == {"cases": [], "next": None}
    assert [(case["id"], case["reference"]) for case in third] == [(ids[2], "R-000003")]


def test_a_withdrawal_under_a_message_id_counts_once_and_is_answered_as_before(edge: Edge) -> None:
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=a_case()).json()["id"]
        headers = {"Idempotency-Key": "m-1"}
        first = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "不再申请"}, headers=headers)
        again = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "不再申请"}, headers=headers)
        other = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "别的理由"}, headers=headers)
        bare = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "不再申请"})
        why = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "另一个理由"})
        nobody = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "不再申请"}, headers={"Idempotency-Key": ""})
    assert (first.status_code, first.json()["state"]) == (200, "WITHDRAWN")
    assert (again.status_code, again.json()) == (200, first.json())
    assert code(other) == (409, "message_id_reused")
    assert "Idempotency-Key m-1" in other.json()["error"]["message"], "in the sender's own word for it"
    assert (bare.status_code, bare.json()) == (200, first.json()), "the same word again changes nothing, as with a conclusion"
    assert code(why) == (409, "already_withdrawn")
    assert code(nobody) == (422, "message_id_empty")
    with edge.office.store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(case_id)].count("commitment.withdraw") == 1


def test_after_the_matter_is_concluded_nothing_can_be_withdrawn_or_corrected(edge: Edge) -> None:
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=a_case()).json()["id"]
        concluded = client.post(f"/v1/cases/{case_id}/conclude")
        withdrawn = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "不再申请"})
        letter = {**a_case()["letter"], "text": "改正后的承诺"}  # type: ignore[dict-item]
        corrected = client.put(f"/v1/cases/{case_id}", json=a_case(letter=letter))
    assert concluded.json()["concluded_at"] is not None
    assert code(withdrawn) == (409, "already_concluded")
    assert code(corrected) == (409, "correction_after_conclusion"), "the case goes on: it has not ended"


def test_a_correction_begins_the_verification_anew(edge: Edge) -> None:
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=a_case()).json()["id"]
        claims = [{"key": "c1", "fact": "registration-status", "value": "在业", "on": "2026-02-27"}]
        answer = client.put(f"/v1/cases/{case_id}", json=a_case(claims=claims))
    assert answer.status_code == 200
    assert [(claim["value"], claim["status"]) for claim in answer.json()["claims"]] == [("在业", "OPEN")]


def test_a_correction_that_changes_nothing_is_answered_and_restarts_nothing(edge: Edge) -> None:
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=a_case()).json()["id"]
        settle(edge.office)
        before = client.get(f"/v1/cases/{case_id}").json()
        again = client.put(f"/v1/cases/{case_id}", json=a_case())
        after = client.get(f"/v1/cases/{case_id}").json()
    assert (again.status_code, again.json()["state"]) == (200, "REVIEW")
    assert after == before


def test_a_correction_to_another_firm_is_a_conflict_that_says_what_to_do(edge: Edge) -> None:
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=a_case()).json()["id"]
        other = client.put(f"/v1/cases/{case_id}", json=a_case(subject=a_case(2)["subject"]))
    assert code(other) == (409, "correction_of_subject")
    assert "open a new one" in other.json()["error"]["message"]


def test_an_officer_decides_in_his_own_name_and_the_system_reads_in_the_feed_that_an_officer_did(edge: Edge) -> None:
    with edge.as_("system", name="hall") as system, edge.as_("officer", name="李四") as officer:
        case_id = system.post("/v1/cases", json=a_case()).json()["id"]
        settle(edge.office)
        case = officer.get(f"/v1/cases/{case_id}").json()
        assert (case["state"], case["review_reason"]) == ("REVIEW", "CONTRADICTED")
        evidence = [held["id"] for held in case["explanation"]["heard"]]
        decision = {"outcome": "UNTRUE_CURABLE", "reasons": "登记状态为吊销", "evidence": evidence}
        forbidden = system.post(f"/v1/cases/{case_id}/review", json=decision)
        decided = officer.post(f"/v1/cases/{case_id}/review", json=decision)
        sweeps.seal(edge.office.store, edge.office)
        feed = system.get("/v1/events").json()
        rest = system.get("/v1/events", params={"after": feed["next"]}).json()
    assert code(forbidden) == (403, "role_missing")
    assert forbidden.json()["error"]["message_zh"] == "角色“审批系统”无权进行此操作；需要：复核人员"
    assert decided.json()["outcome"] == "UNTRUE_CURABLE"
    assert [event["type"] for event in feed["events"]][:2] == ["verification.started", "review.opened"]
    result = next(event for event in feed["events"] if event["type"] == "verification.result")
    assert (result["data"]["decided_by"], result["reference"]) == ("officer", "R-000001")
    assert rest == {"events": [], "next": feed["next"]}


@pytest.mark.parametrize(
    ("lang", "words"), [("zh-Hans", ("政策包 demo@1", "毛管办〔2021〕4号", "不一致")), ("en", ("demo@1", "Contradicts"))]
)
def test_the_explanation_names_row_article_answer_and_what_is_due(edge: Edge, lang: str, words: tuple[str, ...]) -> None:
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=a_case()).json()["id"]
        before = client.get(f"/v1/cases/{case_id}/explain", params={"lang": lang}).json()
        settle(edge.office)
        after = client.get(f"/v1/cases/{case_id}/explain", params={"lang": lang}).json()
    assert {one["kind"] for one in before["explanation"]["next"]} == {"ask", "verify.due"}
    why = before["explanation"]["why"]
    assert why["due_counted"]["last"] in before["text"]
    assert [why["due_counted"]["event"], *why["due_counted"]["versions"]] == ["CASE_OPENED", "2026/1"]
    assert [day["number"] for day in why["due_days"] if day["number"]] == list(range(1, 11))
    assert why["due_days"][-1]["day"] == why["due_counted"]["last"]
    assert {day["kind"] for day in why["due_days"]} == {"COUNTED", "WEEKEND"}
    assert all(word in after["text"] for word in words), after["text"]
    assert "explain." not in after["text"]
    assert "rule." not in after["text"]


@pytest.mark.differs
def test_the_same_message_through_eight_doors_at_once_counts_once(edge: Edge) -> None:
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=a_case()).json()["id"]

        def withdraw(_: int) -> tuple[int, object]:
            answer = client.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "不再申请"}, headers={"Idempotency-Key": "m"})
            return answer.status_code, answer.json()

        with ThreadPoolExecutor(8) as doors:
            answers = list(doors.map(withdraw, range(8)))
    assert answers == [answers[0]] * 8
    assert answers[0][0] == 200
    with edge.office.store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(case_id)].count("commitment.withdraw") == 1


@pytest.mark.differs
def test_the_same_case_through_eight_doors_at_once_is_one_case(edge: Edge) -> None:
    with edge.as_("system") as client, ThreadPoolExecutor(8) as doors:
        answers = list(doors.map(lambda _: client.post("/v1/cases", json=a_case()), range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert len(client.get("/v1/cases").json()["cases"]) == 1


def test_an_approving_system_hears_of_a_visit_only_when_it_has_been_made(store: Store, hand: Hand) -> None:
    """The applicant is near that system: who learns of a visit beforehand can put the premises in order (draw-protocol ruling 18)."""
    office, _, _ = drawing(store, hand)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (made,) = visits(office, held.number)
    with serving(office) as edge:

        def told(role: str) -> str:
            """All that a role reads of the case."""
            with edge.as_(role, "bureau", "hall") as client:
                paths = [f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/explain?lang=en", "/v1/events"]
                return "".join(client.get(path).text for path in paths)

        assert (held.number in told("system"), held.number in told("officer"), held.number in told("auditor")) == (
            False,
            True,
            True,
        )
        with store.begin() as tx:
            team = tx.visits.team(made.id)
            for seat in team:
                dispatch.accept(tx, dispatch.seat_name(seat), hand())
            findings = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in made.doubts]
            dispatch.report(office, tx, dispatch.seat_name(team[0]), findings, "", hand())
        assert held.number in told("system")
