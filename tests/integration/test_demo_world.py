"""The simulated outside world, as our own connectors and plain sockets meet it."""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.agencies.http import HttpAgency
from connectors.callbacks.webhook import WebhookCallback
from connectors.channels.webhook import WebhookChannel
from connectors.credit.http import HttpCredit
from connectors.seeds.reveal import RevealSeed
from connectors.sources.http import HttpSource
from connectors.witness.http import HttpWitness
from inspector.demo.caller import call, fetch
from inspector.demo.office import furnish
from inspector.demo.start import start_world
from inspector.domain.case import SubjectKind
from inspector.ports import (
    CreditEntry,
    Garbled,
    Letter,
    LetterKind,
    Message,
    Notice,
    Question,
    Refused,
    Unavailable,
)
from inspector.web.messages import AnswerIn, CaseIn, DeclineIn, FiguresIn, ResultIn, ReviewIn, SeatDeclineIn
from tests.peers import Heard, Peer, answer, peer

DAY = date(2025, 3, 3)
QUICK = ("--calm", "--day", "0.02")
PATIENT = 15.0
ONCE: Mapping[str, object] = {"tries": 1, "read_seconds": 2.0}


@dataclass(frozen=True)
class Running:
    """A world that listens."""

    url: str
    sources: dict[str, HttpSource] = field(default_factory=dict)

    def rule(self, **given: object) -> None:
        assert call(f"{self.url}/_rules", given).well

    def seen(self) -> Mapping[str, Any]:
        return call(f"{self.url}/_seen").data

    def ask(self, *, of: str = "registers", code: str = "91", key: str = "", claimed: str = "存续") -> str:
        """The status and value of an answer as one text."""
        question = Question(
            case_id="c1",
            basis="S0:7",
            fact="registration-status",
            subject_kind=SubjectKind.FIRM,
            subject_code=code,
            claimed=claimed,
            on=DAY,
        )
        told = self.sources[of].ask(question, key=key or secrets.token_hex(4))
        stale = told.provenance.as_of is not None and told.provenance.as_of.date() < DAY - timedelta(days=3_650)
        return f"{told.status}{':' if told.value else ''}{told.value or ''}{':stale' if stale else ''}"

    def at(self, peer_name: str, **more: object) -> Mapping[str, object]:
        return {"url": f"{self.url}/{peer_name}", **ONCE, **more}


@contextmanager
def world(*arguments: str) -> Iterator[Running]:
    process, port = start_world(0, *arguments)
    running = Running(f"http://127.0.0.1:{port}")
    for name in ("registers", "social"):
        running.sources[name] = HttpSource(name, running.at(name, permanent_codes=["E-106"], retry_codes=[-1]))
    try:
        yield running
    finally:
        for source in running.sources.values():
            source.close()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        assert process.wait(timeout=PATIENT) == 0, "a world ends by itself when whoever started it is gone"
        process.stdout.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    with world(*QUICK) as held:
        yield held


@pytest.fixture
def outside(shared: Running) -> Iterator[Running]:
    yield shared
    status, _ = fetch(f"{shared.url}/_rules", {}, method="DELETE")
    assert status == 200


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENT
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def paths(office: Peer) -> list[str]:
    return [f"{heard.method} {heard.path}" for heard in list(office.heard)]


def letter(office: Peer, kind: LetterKind = LetterKind.REQUEST) -> Letter:
    return Letter(
        kind=kind,
        request_id=office.url.rpartition(":")[2],
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
    receipt = agency.send(what, key=f"{what.kind}:{to}")
    agency.close()
    return receipt.reference


@pytest.mark.parametrize(
    ("say", "heard"),
    [("match", "found:存续"), ("mismatch", "found:注销"), ("not_found", "not_found"), ("stale", "found:存续:stale")],
)
def test_a_source_says_what_a_test_wants_it_to_say(outside: Running, say: str, heard: str) -> None:
    outside.rule(peer="registers", say=say)
    assert outside.ask() == heard


def test_a_source_says_the_same_of_a_subject_in_every_world_of_one_seed(outside: Running) -> None:
    codes = [f"91{number:04}" for number in range(60)]
    here = [outside.ask(code=code) for code in codes]
    with world(*QUICK) as other:
        assert [other.ask(code=code) for code in codes] == here
    assert {"found:存续", "found:注销", "not_found", "found:存续:stale"} == set(here)


def test_without_calm_some_subjects_stumble_first_and_some_are_never_granted() -> None:
    with world() as restless, ThreadPoolExecutor(16) as asking:
        outcomes = Counter(asking.map(lambda number: insisted(restless, number), range(150)))
    assert outcomes["source_busy, then found"] > 0
    assert outcomes["source_refused"] > 0
    assert outcomes["found"] > 75


def insisted(restless: Running, number: int) -> str:
    """What comes of one question, asked once more under the same key when the source is busy."""
    told = ""
    for _ in range(2):
        try:
            return told + restless.ask(code=f"91{number:04}", key=f"k{number}").partition(":")[0]
        except (Unavailable, Refused) as error:
            told = f"{error.code}, then "
    return told.removesuffix(", then ")


@pytest.mark.parametrize(
    ("mode", "error", "code"),
    [
        ("error", Unavailable, "http_500"),
        ("busy", Unavailable, "http_503"),
        ("reset", Unavailable, "broken_off"),
        ("hang", Unavailable, "timeout"),
        ("garbage", Garbled, "wrong_charset"),
    ],
)
def test_a_scripted_trouble_reaches_the_connector_as_its_own_error(
    outside: Running, mode: str, error: type[Exception], code: str
) -> None:
    outside.rule(peer="registers", mode=mode)
    with pytest.raises(error) as raised:
        outside.ask()
    assert getattr(raised.value, "code", None) == code
    assert outside.ask(of="social", code="91-0").startswith(("found", "not_found")), "only the scripted peer is in trouble"


def test_a_share_of_a_quarter_is_every_fourth_call(outside: Running) -> None:
    outside.rule(peer="registers", mode="error", share=0.25)
    well = []
    for number in range(12):
        try:
            outside.ask(code=f"s{number}")
            well.append(True)
        except Unavailable:
            well.append(False)
    assert well == [True, True, True, False] * 3


def test_a_world_that_refuses_connections_listens_again_on_the_same_port_afterwards(outside: Running) -> None:
    outside.rule(mode="refuse", **{"for": 0.5})
    until(lambda: fetch(f"{outside.url}/_health", {})[0] == 0)
    with pytest.raises(Unavailable, match="unreachable"):
        outside.ask()
    until(lambda: fetch(f"{outside.url}/_health", {})[0] == 200)


@pytest.mark.parametrize(
    "given", [{"mode": "funny"}, {"per": "registers"}, {"mode": "refuse"}, {"mode": "refuse", "peer": "social", "for": 1}]
)
def test_a_rule_that_means_nothing_is_refused(outside: Running, given: dict[str, object]) -> None:
    assert call(f"{outside.url}/_rules", given).status == 400


def test_a_key_that_comes_again_with_other_content_is_seen_as_a_conflict() -> None:
    with world(*QUICK) as fresh:
        fresh.ask(key="one")
        fresh.ask(key="one")
        fresh.ask(key="two")
        assert fresh.seen()["conflicts"] == 0
        fresh.ask(key="two", claimed="注销")
        seen = fresh.seen()
    counts = {"calls": 4, "keys": 2, "served": 2, "repeats": 2, "without_key": 0, "conflicts": ["two"]}
    assert seen["conflicts"] == 1
    assert seen["peers"]["registers"] == counts


def test_a_lost_reply_has_had_its_effect() -> None:
    with world(*QUICK) as fresh:
        fresh.rule(peer="credit", mode="lost")
        credit = HttpCredit("credit", fresh.at("credit"))
        entry = CreditEntry(
            entry_id="credit:c1:1",
            case_id="c1",
            subject_kind=SubjectKind.FIRM,
            subject_code="91",
            grade="kept",
            outcome="TRUE",
            basis="S0:8",
            decided_by="rule",
            decided_at=datetime(2025, 3, 3, tzinfo=UTC),
        )
        with pytest.raises(Unavailable):
            credit.record(entry, key="e1")
        assert fresh.seen()["entries"] == 1
        fresh.rule(peer="credit")
        assert credit.record(entry, key="e1").reference == "CR-000001"
        credit.close()
        seen = fresh.seen()
    assert (seen["entries"], seen["peers"]["credit"]["repeats"]) == (1, 1)


def test_the_credit_platform_rates_most_firms_well_and_some_not_at_all(outside: Running) -> None:
    credit = HttpCredit("credit", outside.at("credit"))
    ratings = [credit.level(SubjectKind.FIRM, f"91{number:04}", key=f"level-{number}") for number in range(300)]
    credit.close()
    levels = [rating.level for rating in ratings]
    assert set(levels) == {"A", "B", "C", "D", None}
    assert levels.count("A") > levels.count("B") > levels.count("C") > levels.count("D")
    assert {rating.as_of and rating.as_of.date() for rating in ratings} == {DAY - timedelta(days=3)}


def test_a_party_reveals_what_it_promised_and_each_party_something_else(outside: Running) -> None:
    nonces = set()
    for name in ("justice", "audit"):
        seed = RevealSeed(name, outside.at(name))
        promise = seed.promise("d-1", key=f"p-{name}")
        nonces.add(seed.reveal("d-1", promise, (), key=f"r-{name}")["nonce"])
        seed.close()
    assert len(nonces) == 2


def test_the_notary_keeps_the_first_value_and_refuses_another(outside: Running) -> None:
    notary = HttpWitness("notary", outside.at("notary"))
    first = notary.lodge("d-1", "a" * 64, key="w1")
    assert notary.lodge("d-1", "a" * 64, key="w1").reference == first.reference
    with pytest.raises(Refused, match="http_409"):
        notary.lodge("d-1", "b" * 64, key="w2")
    notary.close()


def test_an_agency_acknowledges_at_once_and_answers_later_through_the_link(outside: Running) -> None:
    outside.rule(peer="civil-affairs", say="answers")
    with peer() as office:
        assert send(outside, "civil-affairs", letter(office)).startswith("civil-affairs-")
        until(lambda: bool(office.heard))
        (heard,) = office.heard
    assert (heard.path, heard.headers["x-link-token"]) == ("/v1/assistance/c1.k1~0.0/answer", "tok-en")
    assert AnswerIn.model_validate(heard.json()).value


def test_an_agency_that_refuses_without_reasons_is_sent_back_and_gives_them(outside: Running) -> None:
    outside.rule(peer="housing", say="refuses_badly")
    with peer(answer(422, {"error": {"code": "reason_missing"}}), answer(200, {})) as office:
        send(outside, "housing", letter(office))
        until(lambda: len(office.heard) == 2)
        first, second = (DeclineIn.model_validate(heard.json()) for heard in office.heard)
    assert (first.reasons, bool(second.reasons)) == ("", True)
    assert office.heard[0].headers["idempotency-key"] != office.heard[1].headers["idempotency-key"]


def test_a_cancelled_request_is_never_answered(outside: Running) -> None:
    outside.rule(peer="housing", say="late")
    with peer() as office:
        send(outside, "housing", letter(office))
        send(outside, "housing", letter(office, LetterKind.CANCEL))
        time.sleep(0.2)  # ten days: the late answer would have come on the fifth
        assert office.heard == []


def test_an_answer_that_does_not_get_through_is_given_again_under_the_same_id(outside: Running) -> None:
    outside.rule(peer="civil-affairs", say="cannot_say")
    with peer(answer(503, {}), answer(200, {})) as office:
        send(outside, "civil-affairs", letter(office))
        until(lambda: len(office.heard) == 2)
        once, again = office.heard
    assert (once.body, once.headers["idempotency-key"]) == (again.body, again.headers["idempotency-key"])


def test_inspectors_accept_visit_and_enter_a_finding_for_every_doubt(tmp_path: Path) -> None:
    keys = furnish(tmp_path).keys
    doubts = [{"case_id": "a" * 32, "claim": f"c{number}", "fact": "office-in-use", "claimed": "是"} for number in (1, 2)]
    with world(*QUICK, "--keys", str(keys)) as held, peer(answer(200, {"visit": {"doubts": doubts}})) as office:
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
    assert paths(office).index("POST /v1/seats/v1%3A1%3A0/accept") >= 0


def test_a_forged_push_or_callback_is_refused_and_counted(tmp_path: Path) -> None:
    made = furnish(tmp_path)
    (tmp_path / "forged.secret").write_text("whsec_" + "QUJD" * 8)
    (tmp_path / "forged.secret").chmod(0o600)
    notice = Notice(event_id="e1", type="case.pooled", at=datetime(2025, 3, 5, tzinfo=UTC), case_id="c1", reference="r1", data={})
    with world(*QUICK, "--keys", str(made.keys)) as held:
        for name, error in (("forged", Refused), ("approving", None)):
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
    assert max(told.signed_on for told in cases) > DAY, "the outside hears what day the office has"


def untidy(heard: list[Heard]) -> bool:
    """Whether a case came twice, one was corrected and one withdrawn."""
    opened = [one.body for one in heard if (one.method, one.path) == ("POST", "/v1/cases")]
    corrected = any(one.method == "PUT" for one in heard)
    return len(set(opened)) < len(opened) and corrected and any(one.path.endswith("/withdraw") for one in heard)


def test_officer_and_clerks_act_on_what_waits_for_them(tmp_path: Path) -> None:
    made = furnish(tmp_path)
    waiting = {
        "cases": [{"id": "c" * 32}],
        "draws": [{"number": "approval-2025-00001", "state": "SEEDING"}, {"number": "approval-2025-00002", "state": "PREPARING"}],
        "review_reason": "CONTRADICTED",
        "explanation": {
            "heard": [
                {"id": "ask:1", "verdict": "mismatch", "fresh": True},
                {"id": "ask:2", "verdict": "not_found", "fresh": True},
            ]
        },
    }
    with peer(answer(200, waiting)) as office, world(*QUICK, "--office", office.url, "--keys", str(made.keys), "--cases", "0.1"):
        until(lambda: any(path.endswith("/review") for path in paths(office)))
        until(lambda: sum(path.endswith("/figures") for path in paths(office)) == 2)
        decided = ReviewIn.model_validate(_first(office, "/review").json())
        typed = [heard for heard in list(office.heard) if heard.path.endswith("/figures")]
    assert decided.evidence == ("ask:1",)
    assert {heard.path for heard in typed} == {"/v1/draws/approval-2025-00001/figures"}
    assert len({FiguresIn.model_validate(heard.json()).figures for heard in typed}) == 1, "both saw the same dice"
    assert {heard.headers["authorization"][7:] for heard in typed} == {made.token("clerk-1"), made.token("clerk-2")}


def test_nonsense_is_answered_as_the_senders_mistake(outside: Running) -> None:
    for path, body, status in (
        ("registers", b"{", 400),
        ("registers", b"[]", 400),
        ("registers", b"{}", 400),
        ("nobody", b"{}", 404),
    ):
        got, told = fetch(f"{outside.url}/{path}", {}, method="POST", body=body)
        assert (got, "error" in json.loads(told)) == (status, True)


def _first(office: Peer, end: str) -> Heard:
    return next(heard for heard in list(office.heard) if heard.path.endswith(end))
