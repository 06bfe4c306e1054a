"""The simulated outside world, as our own connectors and plain sockets meet it: what answers, what is scripted, what was seen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from connectors.credit.http import HttpCredit
from connectors.seeds.reveal import RevealSeed
from connectors.witness.http import HttpWitness
from inspector.demo.caller import call, fetch
from inspector.domain.case import SubjectKind
from inspector.ports import (
    CreditEntry,
    Garbled,
    Refused,
    Typed,
    Unavailable,
)
from inspector.testing import PURPOSE
from tests.outside import DAY, QUICK, Running, until, world


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    with world(*QUICK) as held:
        yield held


@pytest.fixture
def outside(shared: Running) -> Iterator[Running]:
    yield shared
    status, _ = fetch(f"{shared.url}/_rules", {}, method="DELETE")
    assert status == 200


@pytest.mark.parametrize(
    ("say", "heard"),
    [("match", "found:存续"), ("mismatch", "found:注销"), ("not_found", "not_found"), ("stale", "found:存续:stale")],
)
def test_a_source_says_what_a_test_wants_it_to_say(outside: Running, say: str, heard: str) -> None:
    outside.rule(peer="registers", say=say)
    assert outside.ask() == heard


@pytest.mark.slow
def test_a_source_says_the_same_of_a_subject_in_every_world_of_one_seed(outside: Running) -> None:
    codes = [f"91{number:04}" for number in range(60)]
    here = [outside.ask(code=code) for code in codes]
    with world(*QUICK) as other:
        assert [other.ask(code=code) for code in codes] == here
    assert {"found:存续", "found:注销", "not_found", "found:存续:stale"} == set(here)


@pytest.mark.slow
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
        outside.ask(patience=2.0 if mode == "hang" else 0)
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_lost_reply_has_had_its_effect() -> None:
    with world(*QUICK) as fresh:
        fresh.rule(peer="credit", mode="lost")
        credit = HttpCredit("credit", {**fresh.at("credit"), "path_statement": "/statement", "path_held": "/held"})
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
        told, none = credit.statement(key="s1"), credit.entry("credit:c9:1", key="s2", case_id="c9", basis="b")
        assert [(row.entry, row.receipt, row.told["outcome"]) for row in told.rows] == [
            (entry.entry_id, "CR-000001", entry.outcome)
        ]
        assert none.rows == ()
        credit.close()
        seen = fresh.seen()
    assert (seen["entries"], seen["peers"]["credit"]["repeats"]) == (1, 1)


def test_the_credit_platform_rates_most_firms_well_and_some_not_at_all(outside: Running) -> None:
    credit = HttpCredit("credit", outside.at("credit"))
    ratings = [credit.level(SubjectKind.FIRM, f"91{number:04}", key=f"level-{number}", **PURPOSE) for number in range(300)]
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


def test_a_party_reveals_for_the_first_figures_and_the_first_commitment_alone(outside: Running) -> None:
    seed = RevealSeed("justice", outside.at("justice"))
    promise = seed.promise("d-2", key="p")
    thrown, others = ((Typed(by="dice", figures=told),) for told in ("1 2 3", "4 5 6"))
    nonce = seed.reveal("d-2", promise, thrown, key="r", w="a" * 64)
    assert seed.reveal("d-2", promise, thrown, key="r", w="a" * 64) == nonce, "asked again, the same"
    for figures, w in ((others, "a" * 64), (thrown, "b" * 64), ((), "a" * 64)):
        with pytest.raises(Refused, match="http_409"):
            seed.reveal("d-2", promise, figures, key="r2", w=w)
    seed.close()


def test_the_notary_keeps_the_first_value_and_refuses_another(outside: Running) -> None:
    notary = HttpWitness("notary", outside.at("notary"))
    first = notary.lodge("d-1", "a" * 64, key="w1")
    assert notary.lodge("d-1", "a" * 64, key="w1").reference == first.reference
    with pytest.raises(Refused, match="http_409"):
        notary.lodge("d-1", "b" * 64, key="w2")
    notary.close()


@pytest.mark.slow
def test_nonsense_is_answered_as_the_senders_mistake(outside: Running) -> None:
    for path, body, status in (
        ("registers", b"{", 400),
        ("registers", b"[]", 400),
        ("registers", b"{}", 400),
        ("nobody", b"{}", 404),
    ):
        got, told = fetch(f"{outside.url}/{path}", {}, method="POST", body=body)
        assert (got, "error" in json.loads(told)) == (status, True)


@pytest.mark.slow
def test_what_an_officer_lets_lie_may_be_told_over_the_socket_and_only_as_a_share(outside: Running) -> None:
    assert call(f"{outside.url}/_leaves", {"share": 0}).data == {"share": 0.0}
    for wrong in ({}, {"share": 2}, {"share": "all"}):
        assert call(f"{outside.url}/_leaves", wrong).status == 400
