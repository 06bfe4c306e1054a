"""Credit levels, work, attention, metrics and health over HTTP, on both databases."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from inspector.daemon import sweeps
from inspector.demo.cast import person
from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.roster import RosterObject
from inspector.domain.scale import Axis, CombineRow, Scale
from inspector.flows import restating
from inspector.flows.entries import candidates
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Plan
from inspector.store.store import Store
from inspector.web import ops, server
from inspector.web.health import Health
from inspector.web.roles import Role
from tests.edge import WEB, Edge, a_case, serving
from tests.engine import lines, listening, until
from tests.house import Hand, closing, open_office, open_store

pytestmark = pytest.mark.alike

SOMEBODY = person(1)


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office without connectors."""
    with serving(open_office(store, hand)) as held:
        yield held


def level(code: str = "TEST00000000000001", grade: str = "A", as_of: str = "2026-03-01T08:00:00+08:00") -> dict[str, str]:
    """A statement."""
    return {"kind": "FIRM", "code": code, "level": grade, "as_of": as_of}


def test_a_batch_whose_only_level_is_wrong_is_told_that_and_not_that_it_is_empty(edge: Edge) -> None:
    with edge.as_("credit", "city", "platform") as platform:
        wrong = platform.post("/v1/credit/levels", json={"levels": [level(as_of="yesterday")]}).json()["error"]
        empty = platform.post("/v1/credit/levels", json={"levels": []}).json()["error"]
    assert [one["field"] for one in wrong["facts"]["problems"]] == ["body.levels.0.as_of"]
    assert [one["field"] for one in empty["facts"]["problems"]] == ["body.levels"]


def test_the_newest_level_pushed_decides_the_row_and_an_older_one_is_told(edge: Edge) -> None:
    with edge.as_("credit", "city", "platform") as platform, edge.as_("system") as client:
        new = platform.post("/v1/credit/levels", json={"levels": [level()]}).json()
        old = platform.post("/v1/credit/levels", json={"levels": [level(grade="D", as_of="2026-02-01T08:00:00Z")]}).json()
        future = platform.post("/v1/credit/levels", json={"levels": [level(as_of="2026-04-01T08:00:00Z")]})
        ahead = (edge.office.now() + timedelta(seconds=1)).isoformat()
        other = platform.post("/v1/credit/levels", json={"levels": [level("TEST00000000000002", as_of=ahead)]})
        case = client.post("/v1/cases", json=a_case()).json()
    with edge.office.store.read() as tx:
        told = [(row["rule"], json.loads(row["body"])["facts"]) for row in tx.ledger.about("credit:platform")]
        changed = [json.loads(row["body"])["facts"] for row in tx.ledger.about(restating.ABOUT)]
    assert [new, old] == [{"kept": kept, "older": 1 - kept, "conflicts": 0, "against": []} for kept in (1, 0)]
    assert future.json()["error"]["code"] == "as_of_out_of_range"
    assert other.json() == {"kept": 1, "older": 0, "conflicts": 0, "against": []}, "clocks differ a little"
    assert (case["strategy"]["row"], case["strategy"]["level"]) == ("normal-A", "A")
    digests = [facts.pop("digest") for _, facts in told]
    assert [(one["by"], one["changed"], one["digest"], one["levels"][0][3]) for one in changed] == [
        ("platform", 1, digests[0], "A"),
        ("platform", 1, digests[2], "A"),
    ], "an older one changes nothing"
    assert told == [("credit.push", {"by": "platform", "rows": 1, "kept": kept, "conflicts": 0}) for kept in (1, 0, 1)]


def test_of_two_levels_of_one_moment_the_first_stands_and_the_second_is_told_as_a_conflict(edge: Edge) -> None:
    batches = ([level(grade="D")], [level("TEST00000000000002"), level(grade="A")], [level(grade="D")])
    with edge.as_("credit", "city", "platform") as platform, edge.as_("system") as client:
        answers = [platform.post("/v1/credit/levels", json={"levels": given}).json() for given in batches]
        case = client.post("/v1/cases", json=a_case()).json()
    assert [(one["kept"], one["conflicts"], one["against"]) for one in answers] == [(1, 0, []), (1, 1, [1]), (1, 0, [])]
    assert case["strategy"]["level"] == "D", "a file sent again turns nothing back"


def test_the_same_levels_twice_count_once_without_a_message_id_and_a_later_day_counts_again(edge: Edge) -> None:
    given, later = {"levels": [level()]}, {"levels": [level(as_of="2026-03-02T08:00:00+08:00")]}
    with edge.as_("credit", "city", "platform") as platform, edge.as_("credit", "city", "second") as second:
        answers = [platform.post("/v1/credit/levels", json=one).json() for one in (given, given, later, given, later)]
        again = platform.post("/v1/credit/levels", json=given, headers={"Idempotency-Key": "m-1"}).json()
        other = second.post("/v1/credit/levels", json=given).json()
    with edge.office.store.read() as tx:
        kept = {who: [one["body"] for one in tx.ledger.about(f"credit:{who}")] for who in ("platform", "second")}
    assert answers == [{"kept": 1, "older": 0, "conflicts": 0, "against": []}] * 5, "a repetition is answered as before"
    assert (again, other) == ({"kept": 0, "older": 1, "conflicts": 0, "against": []},) * 2, (
        "a message of its own, and another sender's"
    )
    assert (len(kept["platform"]), len(kept["second"])) == (3, 1)


def test_a_batch_with_one_bad_row_keeps_none(edge: Edge) -> None:
    with edge.as_("credit", "city") as platform, edge.as_("system") as client:
        destroyed = platform.post("/v1/credit/levels", json={"levels": [level(), level("9.13301E+17")]})
        off_scale = platform.post("/v1/credit/levels", json={"levels": [level(), level(grade="ZZZ")]})
        case = client.post("/v1/cases", json=a_case()).json()
    assert destroyed.json()["error"]["code"] == "identity_destroyed_by_spreadsheet"
    assert (off_scale.status_code, off_scale.json()["error"]["code"]) == (422, "level_unknown")
    assert case["strategy"]["level"] == "U"


def test_a_level_of_a_natural_person_is_refused_with_its_rows_and_an_older_one_counts_for_nothing(
    edge: Edge, store: Store, hand: Hand
) -> None:
    mine = {**level(SOMEBODY.code, "D"), "kind": "PERSON"}
    with edge.as_("credit", "city") as platform:
        refused = platform.post("/v1/credit/levels", json={"levels": [level(), mine, mine]})
    told = refused.json()["error"]
    assert (refused.status_code, told["code"], told["facts"]["rows"]) == (422, "level_of_person", "1, 2")
    held = RosterObject(
        agency="bureau", kind=SubjectKind.PERSON, code=SOMEBODY.code, original="", name=SOMEBODY.name, pool="east"
    )
    with store.begin() as tx:
        assert tx.credit.level(SubjectKind.FIRM, "TEST00000000000001") is None, "nothing of the batch was kept"
        tx.rosters.enrol(held)
        tx.credit.state(SubjectKind.PERSON, held.code, "D", hand(), "an older release")
        assert tx.credit.level(SubjectKind.PERSON, held.code) is None
        assert [(one.row.code, one.told) for one in tx.rosters.rated("bureau")] == [(held.code, ())]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CREDIT])
def test_only_a_credit_platform_states_levels_and_it_reads_nothing(edge: Edge, role: Role) -> None:
    with edge.as_(role, "city") as other, edge.as_("credit", "city") as platform:
        assert other.post("/v1/credit/levels", json={"levels": [level()]}).status_code == 403
        assert {platform.get(f"/v1/{what}").status_code for what in ("cases", "events", "draws", "work", "attention")} == {403}


def test_a_platform_of_one_branch_rates_nobody_since_a_level_counts_for_all(edge: Edge) -> None:
    with edge.as_("credit", "other") as leaf, edge.as_("credit", "county") as middle, edge.as_("system") as client:
        refused = [one.post("/v1/credit/levels", json={"levels": [level(grade="D")]}) for one in (leaf, middle)]
        case = client.post("/v1/cases", json=a_case()).json()
    assert [(one.status_code, one.json()["error"]["code"]) for one in refused] == [(403, "token_not_for_all")] * 2
    assert refused[1].json()["error"]["facts"]["beyond"] == "city, houses, other"
    assert case["strategy"]["level"] == "U"


def test_what_is_counted_over_the_whole_house_is_for_tokens_above_all_agencies(edge: Edge) -> None:
    with edge.as_("ops", "other") as leaf, edge.as_("ops", "city") as root:
        assert (leaf.get("/metrics").status_code, root.get("/metrics").status_code) == (403, 200)
    for role in ("ops", "officer", "auditor"):
        for agency, expected in (("other", 403), ("city", 200)):
            with edge.client() as browser:
                browser.post("/login?next=/ops", data={"token": edge.token(role, agency)})
                assert browser.get("/ops").status_code == expected, (role, agency)
                if expected == 403:
                    assert browser.get("/ops/stream").status_code == 403


def test_work_is_shown_without_payload_and_only_of_ones_own_agencies(edge: Edge) -> None:
    with edge.as_("system") as client:
        client.post("/v1/cases", json=a_case())
    with edge.as_("ops", "city") as ops, edge.as_("ops", "other") as stranger, edge.as_("officer") as officer:
        rows = ops.get("/v1/work").json()["work"]
        none = stranger.get("/v1/work").json()["work"]
        assert officer.get("/v1/work").status_code == 403
    assert {row["kind"] for row in rows} == {"ask", "verify.due"}
    assert all("payload" not in row for row in rows)
    assert none == []


def test_work_that_has_lost_its_purpose_is_done_and_tells_no_error(edge: Edge) -> None:
    with edge.as_("system") as client, edge.as_("ops", "city") as ops:
        case = client.post("/v1/cases", json=a_case()).json()["id"]
        client.post(f"/v1/cases/{case}/withdraw", json={"reason": "改办"})
        rows = [row for row in ops.get("/v1/work?state=done").json()["work"] if row["case_id"] == case]
    assert rows
    assert {row["error"] for row in rows} == {None}


def test_a_matter_is_closed_once_by_an_officer_of_its_agency_and_the_ledger_keeps_who(edge: Edge, hand: Hand) -> None:
    with edge.office.store.begin() as tx:
        tx.attention.open("visit_overdue", "bureau", "v-1", {"due_at": "2026-03-01"}, hand())
    path = "/v1/attention/visit_overdue:v-1/close"
    with edge.as_("officer", "other") as stranger, edge.as_("officer", name="李四") as officer, edge.as_("auditor") as auditor:
        assert [row["facts"] for row in auditor.get("/v1/attention").json()["attention"]] == [{"due_at": "2026-03-01"}]
        wordless = [officer.post(path), officer.post(path, json={}), officer.post(path, json={"note": " \u200b"})]
        codes = [client.post(path, json={"note": "已补办"}).status_code for client in (stranger, auditor, officer, officer)]
        assert auditor.get("/v1/attention").json()["attention"] == []
    assert codes == [404, 403, 200, 404]
    assert [one.status_code for one in wordless] == [422, 422, 422]
    assert all("note" in str(one.json()["error"]) for one in wordless[1:])
    assert [one.json()["error"]["code"] for one in wordless[2:]] == ["reason_missing"]
    with edge.office.store.read() as tx:
        (row,) = tx.ledger.about("v-1")
    assert (row["rule"], "李四" in row["body"], "已补办" in row["body"]) == ("attention.close", True, True)


def test_metrics_are_for_ops_and_for_this_machine_but_not_through_a_proxy(edge: Edge) -> None:
    with edge.client() as local, edge.as_("ops", "city") as ops, edge.as_("officer") as officer:
        assert "inspector_build_info" in local.get("/metrics").text
        assert local.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401
        assert officer.get("/metrics").status_code == 403
        local.get("/v1/cases/nothing")
        text = ops.get("/metrics").text
    assert 'inspector_http_requests_total{method="GET",route="/v1/cases/{case_id}",status="4xx"}' in text
    assert "cases/nothing" not in text


@pytest.mark.parametrize(
    ("base_url", "host", "status"),
    [
        ("", "127.0.0.1:8321", 200),
        ("http://localhost:8321/", "localhost", 200),
        ("https://inspector.example", "127.0.0.1:8321", 401),  # what nginx says by itself: `proxy_pass` replaces the name
        ("https://inspector.example", "inspector.example", 401),
        ("", "inspector.example", 401),
        ("https://127.0.0.1.example", "127.0.0.1", 401),
    ],
)
def test_a_proxy_of_this_machine_that_adds_no_header_makes_no_metrics_public(
    tmp_path: Path, hand: Hand, base_url: str, host: str, status: int
) -> None:
    with (
        closing(open_store(f"sqlite:///{tmp_path / 'proxy.sqlite3'}")) as store,
        serving(open_office(store, hand), WEB.model_copy(update={"base_url": base_url})) as edge,
        edge.client(Host=host) as proxied,
        edge.as_("ops", "city") as ops,
    ):
        assert proxied.get("/metrics").status_code == status
        assert ops.get("/metrics", headers={"Host": host}).status_code == 200


def test_health_says_ready_or_why_not(edge: Edge) -> None:
    with edge.client() as client:
        assert client.get("/health/ready").json() == {"ready": True, "reasons": []}
        edge.health[0] = Health(reasons=("database", "a thing without a label"))
        held = client.get("/health/ready")
        assert client.get("/health/live").json() == {"live": True}
        edge.live[0] = False
        assert client.get("/health/live").status_code == 503
    assert held.status_code == 503
    assert [reason["message_zh"] for reason in held.json()["reasons"]] == ["数据库没有响应", "a thing without a label"]


def test_an_open_ops_page_does_not_hold_up_a_stop(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with serving(office, WEB.model_copy(update={"open_ops": True})) as edge:
        heard, ended = threading.Event(), threading.Event()

        def listen() -> None:
            with edge.client() as client, client.stream("GET", "/ops/stream") as stream:
                for line in stream.iter_lines():
                    if line.startswith("data:"):
                        heard.set()
            ended.set()

        listener = threading.Thread(target=listen)
        listener.start()
        assert heard.wait(60)
        edge.server.stop()
        listener.join(60)
    assert ended.is_set(), "the stream ends by itself, it is not torn"


def test_an_ops_page_that_is_still_being_read_at_the_end_is_given_up_without_a_fault_in_the_log(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_GRACE", 0.2)
    reading, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> str:
        reading.set()
        assert go_on.wait(60)
        return ""

    with listening() as said:
        with serving(open_office(store, hand), WEB.model_copy(update={"open_ops": True})) as edge, edge.client() as client:

            def follow() -> None:
                with client.stream("GET", "/ops/stream") as stream:
                    for _ in stream.iter_lines():
                        monkeypatch.setattr(ops, "_read", slow)
                        if reading.wait(3):
                            edge.server.stop(1)

            with pytest.raises(httpx.RemoteProtocolError):
                follow()
            go_on.set()
        until(lambda: not edge.server.running)
    told = [line for line in lines(said) if line["level"] != "info" or line["event"].startswith("web.")]
    assert [(line["event"], line.get("requests")) for line in told] == [("web.cut_off", 1)]


def test_however_many_have_the_ops_page_open_the_records_are_read_once_a_round(store: Store, hand: Hand) -> None:
    counted: list[float] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM case_file GROUP BY" in " ".join(statement.split()):
            counted.append(time.monotonic())

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        with serving(open_office(store, hand), WEB.model_copy(update={"open_ops": True})) as edge, ExitStack() as open_pages:
            began = time.monotonic()
            for _ in range(6):
                client = open_pages.enter_context(edge.client())
                page = open_pages.enter_context(client.stream("GET", "/ops/stream"))
                assert any(line.startswith("data:") for line in page.iter_lines())
            rounds = 1 + int((time.monotonic() - began) / 2.0)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
    assert 1 <= len(counted) <= rounds


def test_a_taken_address_is_said(edge: Edge) -> None:
    taken = WEB.model_copy(update={"port": edge.server.port})
    with pytest.raises(Invalid, match="address_unusable"):
        server.listen(taken)


@pytest.mark.slow
def test_every_answer_forbids_scripts_frames_and_referrers(edge: Edge) -> None:
    with edge.client() as client:
        answers = [client.get(path) for path in ("/", "/openapi.json", "/v1/cases", "/nowhere", "/static/house.css")]
    for answer in answers:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert answers[0].headers["cache-control"] == "no-store"


def test_two_ratings_that_a_pack_combines_are_pushed_in_one_line_and_their_row_explains_the_case(edge: Edge) -> None:
    axes = (Axis(code="grade", name="信用", values=("good", "poor")), Axis(code="risk", name="风险", values=("low", "high")))
    rows = (
        CombineRow(row="x-A", level="A", of={"grade": frozenset({"good"})}, basis="S0:7"),
        CombineRow(row="x-D", level="D", of={"grade": frozenset({"poor"})}, basis="S0:7"),
    )
    office = edge.office
    packs = tuple(replace(one, scale=Scale(axes=axes, rows=rows)) for one in office.book.packs)
    office = replace(office, book=replace(office.book, packs=packs))
    with serving(office) as held, held.as_("credit", "city", "platform") as platform, held.as_("system") as client:
        half = platform.post("/v1/credit/levels", json={"levels": [level(grade="grade=poor")]})
        told = platform.post("/v1/credit/levels", json={"levels": [level(grade="risk=high;grade=poor")]}).json()
        case = client.post("/v1/cases", json=a_case()).json()
    assert (half.status_code, half.json()["error"]["code"]) == (422, "level_unknown")
    assert "grade=good|poor;risk=low|high" in half.text, "how it is to be stated"
    assert (told, case["strategy"]["level"], case["strategy"]["level_reason"]) == (
        {"kept": 1, "older": 0, "conflicts": 0, "against": []},
        "D",
        "combined",
    )
    with office.store.begin() as tx:
        tx.rosters.enrol(
            RosterObject(
                agency="bureau", kind=SubjectKind.FIRM, code="TEST00000000000001", original="-", name="某某", pool="west"
            )
        )
        assert "row x-D of the pack makes one level of it" in render(explain(office, tx, case["id"]), "en")
        plan = Plan(name="weekly", agency="bureau", trigger="", pool=True)
        policy = office.policy("bureau", office.now().date())
        strata = {entry.stratum for _, found in candidates(office, tx, plan, policy, (), office.now()) for entry in found}
    assert "pool-D" in strata, "daily supervision goes by the same level"


def test_a_reader_whose_position_lies_beyond_the_end_of_the_feed_hears_where_it_ends(edge: Edge) -> None:
    with edge.as_("system") as client, edge.as_("auditor", "other") as auditor:
        client.post("/v1/cases", json=a_case())
        sweeps.seal(edge.office.store, edge.office)
        end = client.get("/v1/events").json()["next"]
        at_end = client.get("/v1/events", params={"after": end})
        beyond = client.get("/v1/events", params={"after": end + 1})
        theirs = auditor.get("/v1/events", params={"after": end})
    assert (end > 0, at_end.status_code, at_end.json()) == (True, 200, {"events": [], "next": end})
    assert (theirs.status_code, theirs.json()["next"]) == (200, end), "the feed is one, whoever may read how much of it"
    error = beyond.json()["error"]
    assert (beyond.status_code, error["code"]) == (409, "position_beyond_end"), (
        "silence would last for ever after a restored backup"
    )
    assert error["facts"] == {"after": end + 1, "end": end}
