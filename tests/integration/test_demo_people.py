"""The people of the simulated outside world, who act by themselves: agencies, inspectors, approving system, officer, clerks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from connectors.agencies.http import HttpAgency
from connectors.callbacks.webhook import WebhookCallback
from connectors.channels.webhook import WebhookChannel
from inspector.demo.caller import call, fetch
from inspector.demo.habits import MANNERS, MENDED, Chance, Manner
from inspector.demo.office import furnish
from inspector.domain.case import SubjectKind
from inspector.domain.letter import LetterKind
from inspector.ports import Barred, Letter, Message, Notice
from inspector.testing.peer import Heard, Peer, Step, answer, peer
from inspector.web.links import SeatDeclineIn
from inspector.web.messages import AnswerIn, CaseIn, DeclineIn, FiguresIn, ResultIn, ReviewIn
from tests.outside import DAY, QUICK, Running, accepting, paths, push, until, world


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    with world(*QUICK) as held:
        yield held


@pytest.fixture
def outside(shared: Running) -> Iterator[Running]:
    yield shared
    status, _ = fetch(f"{shared.url}/_rules", {}, method="DELETE")
    assert status == 200


def letter(office: Peer, request: str, kind: LetterKind = LetterKind.REQUEST) -> Letter:
    return Letter(
        kind=kind,
        request_id=request,
        case_id="c1",
        basis="S0:7",
        ground="DATA_NOT_SHARED",
        fact="office-lease",
        subject_kind=SubjectKind.FIRM,
        subject_code="91",
        claimed="示例路1号",
        on=DAY,
        due_at=datetime(2025, 3, 10, tzinfo=UTC),
        reply_url=f"{office.url}/assist/c1.k1~0.0/tok-en",
    )


def send(held: Running, to: str, what: Letter) -> str:
    agency = HttpAgency(to, held.at(to))
    receipt = agency.send(what, key=f"{what.kind}:{what.request_id}:{to}")
    agency.close()
    return receipt.reference


def test_an_agency_acknowledges_at_once_and_answers_later_through_the_link(outside: Running) -> None:
    outside.rule(peer="civil-affairs", say="answers")
    with peer() as office:
        assert send(outside, "civil-affairs", letter(office, "r1")).startswith("civil-affairs-")
        until(lambda: bool(office.heard))
        (heard,) = office.heard
    assert (heard.path, heard.headers["x-link-token"]) == ("/v1/assistance/c1.k1~0.0/answer", "tok-en")
    assert AnswerIn.model_validate(heard.json()).value


def test_an_agency_that_refuses_without_reasons_is_sent_back_and_gives_them(outside: Running) -> None:
    outside.rule(peer="housing", say="refuses_badly")
    with peer(answer(422, {"error": {"code": "reason_missing"}}), answer(200, {})) as office:
        send(outside, "housing", letter(office, "r2"))
        until(lambda: len(office.heard) == 2)
        first, second = (DeclineIn.model_validate(heard.json()) for heard in office.heard)
    assert (first.reasons, bool(second.reasons)) == ("", True)
    assert office.heard[0].headers["idempotency-key"] != office.heard[1].headers["idempotency-key"]


@pytest.mark.slow
def test_a_cancelled_request_is_never_answered() -> None:
    with world(*QUICK, "--day", "0.8") as slower, peer() as office:  # a late answer comes on the fifth day: time enough to cancel
        slower.rule(peer="housing", say="late")
        send(slower, "housing", letter(office, "r3"))
        send(slower, "housing", letter(office, "r3", LetterKind.CANCEL))
        send(slower, "housing", replace(letter(office, "r5"), reply_url=f"{office.url}/assist/c2.k1~0.0/tok-en"))
        until(lambda: bool(office.heard))  # asked later, answered as late: the cancelled one would have come before it
        assert [heard.path for heard in office.heard] == ["/v1/assistance/c2.k1~0.0/answer"]


def test_a_silent_agency_sometimes_answers_when_the_common_superior_presses_it(outside: Running) -> None:
    outside.rule(peer="housing", say="silent")
    with peer() as office:
        for number in range(12):
            send(outside, "housing", letter(office, f"s{number}"))
        assert office.heard == []
        for number in range(12):
            send(outside, "county-office", letter(office, f"s{number}", LetterKind.ESCALATION))
        until(lambda: len(office.heard) >= 3)
        time.sleep(0.1)  # five days: whoever was pressed has answered by now
        assert len(office.heard) < 12
        assert all("housing" in AnswerIn.model_validate(heard.json()).signer for heard in office.heard)


@pytest.mark.slow
def test_of_each_start_s_letters_the_first_is_kept_silent_about_so_that_one_sees_where_silence_leads() -> None:
    habit = partial(Chance(seed="demo").pick, MANNERS["housing"], "manner", "housing")
    speaking = [request for request in (f"f{number}" for number in range(30)) if habit(request) is Manner.ANSWERS][:4]
    with world(*QUICK) as fresh, peer() as office:
        for request in speaking:
            send(fresh, "housing", replace(letter(office, request), reply_url=f"{office.url}/assist/{request}.k1~0.0/tok-en"))
        until(lambda: len(office.heard) == 3)
        time.sleep(0.1)  # five days: who is not silent has answered by now
        assert {heard.path.split("/")[3].partition(".")[0] for heard in office.heard} == set(speaking[1:])


def test_an_answer_that_does_not_get_through_is_given_again_under_the_same_id(outside: Running) -> None:
    outside.rule(peer="civil-affairs", say="cannot_say")
    with peer(answer(503, {}), answer(200, {})) as office:
        send(outside, "civil-affairs", letter(office, "r4"))
        until(lambda: len(office.heard) == 2)
        once, again = office.heard
    assert (once.body, once.headers["idempotency-key"]) == (again.body, again.headers["idempotency-key"])


@pytest.mark.slow
def test_inspectors_accept_visit_and_enter_a_finding_for_every_doubt(tmp_path: Path) -> None:
    keys = furnish(tmp_path).keys
    doubts = [{"case_id": "a" * 32, "claim": f"c{number}", "fact": "office-in-use", "claimed": "是"} for number in (1, 2)]
    # A busy machine may hold up thirty calls for longer than six tries of so quick a world last.
    quick = (*QUICK, "--tries", "60")
    with world(*quick, "--keys", str(keys)) as held, peer(answer(200, {"visit": {"doubts": doubts}})) as office:
        phones = WebhookChannel("phones", held.at("phones", secret_file=str(tmp_path / "phones.secret")))
        for number in range(30):
            link = f"{office.url}/seat/v1:{number}:0/tok"
            phones.push(Message(to="phone-1", title="核查任务", text="", link=link), key=f"push-{number}")
        phones.close()
        until(lambda: sum(path.endswith("/result") for path in paths(office)) >= 20)
        results = [heard for heard in list(office.heard) if heard.path.endswith("/result")]
        declines = [heard for heard in list(office.heard) if heard.path.endswith("/decline")]
    assert {(found.claim) for heard in results for found in ResultIn.model_validate(heard.json()).findings} == {"c1", "c2"}
    assert all(SeatDeclineIn.model_validate(heard.json()).reason for heard in declines)
    order = paths(office)
    for heard in results:
        assert order.index(f"POST {heard.path.removesuffix('/result')}/accept") < order.index(f"POST {heard.path}")


def test_what_comes_when_the_seat_has_passed_on_is_a_note_and_no_result() -> None:
    """Such as after an answer that was lost on a busy machine, while days passed: the office keeps it, and somebody else goes."""
    told = (("DONE", "result"), ("ACCEPTED", "result"), ("EXPIRED", "note"), ("CANCELLED", "note"))
    with peer() as office, world(*QUICK, "--office", office.url) as outside:
        for place, (state, _) in enumerate(told):
            office.plays(answer(200, {"state": state, "visit": {}}))
            push(outside, office, accepting(place), to="phone-1")
            until(lambda: outside.seen()["under_way"] == 0)
        kept = call(f"{outside.url}/_kept").data
    assert kept["seats"] == {accepting(place): {"accept": True, what: []} for place, (_, what) in enumerate(told)}


@pytest.mark.slow
def test_a_forged_push_or_callback_is_refused_and_counted(tmp_path: Path) -> None:
    made = furnish(tmp_path)
    (tmp_path / "forged.secret").write_text("whsec_" + "QUJD" * 8)
    (tmp_path / "forged.secret").chmod(0o600)
    notice = Notice(event_id="e1", type="case.pooled", at=datetime(2025, 3, 5, tzinfo=UTC), case_id="c1", reference="r1", data={})
    with world(*QUICK, "--keys", str(made.keys)) as held:
        for name, error in (("forged", Barred), ("approving", None)):
            callback = WebhookCallback("approving", held.at("approving", secret_file=str(tmp_path / f"{name}.secret")))
            if error:
                with pytest.raises(error, match="unauthorised"):
                    callback.tell(notice, key="e1")
            else:
                callback.tell(notice, key="e1")
                callback.tell(notice, key="e1")
            callback.close()
        seen = held.seen()
    assert (seen["forged"], seen["heard"]) == (1, {"case.pooled": 1})


@pytest.mark.slow
def test_the_approving_system_opens_cases_the_office_can_read_and_is_untidy(tmp_path: Path) -> None:
    made = furnish(tmp_path)
    acting = ("--office", "{}", "--keys", str(made.keys), "--cases", "400")
    case = {"id": "b" * 32, "opened_at": "2025-03-06T10:00:00+08:00"}
    with peer(answer(201, case)) as office:
        with world(*QUICK, *(word.format(office.url) for word in acting)):
            until(lambda: untidy(list(office.heard)) and len(office.heard) > 150)
        opened = [heard for heard in office.heard if (heard.method, heard.path) == ("POST", "/v1/cases")]
    cases = [CaseIn.model_validate(heard.json()).application() for heard in opened]
    assert {heard.headers["authorization"] for heard in opened} == {f"Bearer {made.token('approving')}"}
    assert len({told.item for told in cases}) >= 6
    assert len({(told.reference, told.digest()) for told in cases}) == len({told.reference for told in cases})
    assert max(told.signed_on for told in cases if told.signed_on) > DAY, "the outside hears what day the office has"


def untidy(heard: list[Heard]) -> bool:
    """Whether a case came twice, one was corrected and one withdrawn."""
    opened = [one.body for one in heard if (one.method, one.path) == ("POST", "/v1/cases")]
    corrected = any(one.method == "PUT" for one in heard)
    return len(set(opened)) < len(opened) and corrected and any(one.path.endswith("/withdraw") for one in heard)


@pytest.mark.slow
def test_officer_and_clerks_act_on_what_waits_for_them(tmp_path: Path) -> None:
    made = furnish(tmp_path)
    waiting = {
        "cases": [{"id": "c" * 32}],
        "draws": [
            {"number": "approval-2025-00001", "state": "SEEDING", "ceremonies": ["dice"]},
            {"number": "approval-2025-00002", "state": "PREPARING", "ceremonies": []},
        ],
        "review_reason": "CONTRADICTED",
        "claims": [{"key": "c1", "id": "c1~1", "revision": 1}],
        "explanation": {
            "heard": [
                {"id": "ask:1", "claim": "c1~1", "verdict": "mismatch", "fresh": True},
                {"id": "ask:2", "claim": "c1~1", "verdict": "not_found", "fresh": True},
                {"id": "ask:3", "claim": "c1", "verdict": "mismatch", "fresh": True},
            ],
            "acts": [{"row": f"act-{one}", "outcomes": [one]} for one in MENDED],
        },
    }
    with peer(answer(200, waiting)) as office, world(*QUICK, "--office", office.url, "--keys", str(made.keys), "--cases", "0.1"):
        until(lambda: any(path.endswith("/review") for path in paths(office)))
        until(lambda: sum(path.endswith("/figures") for path in paths(office)) >= 2)
        decided = ReviewIn.model_validate(_first(office, "/review").json())
        typed = [heard for heard in list(office.heard) if heard.path.endswith("/figures")]
    assert decided.evidence == ("ask:1",), "what was found about the former content carries no decision"
    assert decided.act == f"act-{decided.outcome}", "of the acts that the pack has, one that is found by this outcome"
    assert {heard.path for heard in typed} == {"/v1/draws/approval-2025-00001/figures"}
    assert len({FiguresIn.model_validate(heard.json()).figures for heard in typed}) == 1, "both saw the same dice"
    assert {heard.headers["authorization"][7:] for heard in typed} == {made.token("clerk-1"), made.token("clerk-2")}


@pytest.mark.slow
def test_who_orders_to_rectify_late_names_the_day_that_the_office_still_takes(tmp_path: Path) -> None:
    made, said = furnish(tmp_path), list[str]()
    row = {"id": "c-1", "stage": "DECIDE", "proposal": "ORDER_RECTIFY", "turn": 3, "due_at": "2025-04-10T17:30:00+08:00"}
    row |= {"statements": [{}]}

    def decide(heard: Heard) -> Step:
        said.append(str(heard.json()["until"]))
        facts = {"first": "2025-10-20", "last": "2025-11-28"}
        return answer(422, {"error": {"code": "rectify_out_of_range", "facts": facts}}) if len(said) % 2 else answer(200, {})

    waiting, beside = answer(200, {"consequences": [row]}), {"/v1/consequences/c-1/decision": decide}
    with peer(waiting, beside=beside) as office, world(*QUICK, "--office", office.url, "--keys", str(made.keys), "--cases", "0"):
        until(lambda: len(said) >= 2)
    assert said[:2] == ["2025-04-10", "2025-10-20"]


def _first(office: Peer, end: str) -> Heard:
    return next(heard for heard in list(office.heard) if heard.path.endswith(end))
