"""A source that answers in another form is one matter, however many ask it, until it has long kept to its form. On both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from inspector.domain.case import SubjectKind
from inspector.domain.evidence import Verdict
from inspector.flows.office import Office
from inspector.flows.stopped import CREDIT_STUCK
from inspector.flows.verify import ANSWER_GARBLED
from inspector.ports import CreditEntry, Garbled, Origin, Rating, Receipt, Refused
from inspector.store.room import Row
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_corrections import Platform
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


def matters(store: Store) -> list[Row]:
    with store.read() as tx:
        return [held for held in tx.attention.page(None) if held["kind"] == ANSWER_GARBLED]


def asked(office: Office, *numbers: int) -> str:
    """So many cases more; the last one of them."""
    *_, last = [post(office, application(number, "business-licence", LICENCE)) for number in numbers]
    settle(office)
    return last


def page(number: int, said: str = "") -> Garbled:
    return Garbled("not_json", digest=f"{number:064x}", sent="e" * 64, said=said)


def test_one_matter_counts_the_answers_and_their_bytes_and_is_over_in_form_behind_a_quiet_time(store: Store, hand: Hand) -> None:
    source = Table(default=page(0))
    office = open_office(store, hand, sources={"registers": source})
    asked(office, 1, 2, 3)
    source.default = page(1)
    last = asked(office, 4)
    (matter,) = matters(store)
    assert (matter["id"], matter["agency"]) == (f"{ANSWER_GARBLED}:registers:bureau", "bureau")
    digests = {f"{0:064x}": 3, f"{1:064x}": 1}
    told = {"source": "registers", "count": 4, "digests": digests, "codes": {}, "case": last, "last": hand().isoformat()}
    assert json.loads(matter["body"]) == told
    source.default = Refused("not_granted", origin=Origin.THEM)
    asked(office, 5)
    hand.on(hours=24)
    asked(office, 6)
    assert len(matters(store)) == 1, "who refuses has not answered in form"
    source.default = "="
    asked(office, 7)
    assert matters(store) == []
    source.default = page(2)
    last = asked(office, 8)
    (again,) = matters(store)
    told = {"source": "registers", "count": 1, "digests": {f"{2:064x}": 1}, "codes": {}, "case": last, "last": hand().isoformat()}
    assert json.loads(again["body"]) == told


def test_a_source_that_garbles_now_and_then_is_a_matter_that_its_good_answers_between_do_not_end(
    store: Store, hand: Hand
) -> None:
    """One answer in ten is an unknown code: a person hears of it, whatever the nine others say."""
    rows: dict[tuple[str, str], str | Exception] = {
        ("registration-status", f"TEST{n:014d}"): page(n, said="999") for n in (1, 11, 21)
    }
    office = open_office(store, hand, sources={"registers": Table(rows=rows, default="=")})
    for first in (1, 11, 21):
        asked(office, *range(first, first + 10))
        hand.on(hours=1)
    (matter,) = matters(store)
    told = json.loads(matter["body"])
    assert (told["count"], told["codes"]) == (3, {"999": 3})
    hand.on(hours=22)
    asked(office, 31)
    assert len(matters(store)) == 1, "not quiet for long enough"
    hand.on(hours=1)
    asked(office, 32)
    assert matters(store) == []


@pytest.mark.parametrize(("said", "kept"), [("999", "999"), ("E-9", "E-9"), ("13800000000", ""), ("张三", ""), ("zhangsan", "")])
def test_the_evidence_of_a_garbled_answer_keeps_its_digests_and_a_short_code_and_a_warning_is_logged(
    store: Store, hand: Hand, said: str, kept: str
) -> None:
    office = open_office(store, hand, sources={"registers": Table(default=page(5, said=said))})
    with capture_logs() as logs:
        case = asked(office, 1)
    with store.read() as tx:
        (piece,) = tx.cases.evidence(case)
    assert (piece.verdict, piece.note) == (Verdict.CANNOT_SAY, "not_json"), "a garbled answer speaks against nobody"
    assert (piece.request_digest, piece.reply_digest, piece.remark) == ("e" * 64, f"{5:064x}", kept)
    (line,) = [one for one in logs if one["event"] == "answer.garbled"]
    assert (line["log_level"], line["connector"], line["said"]) == ("warning", "registers", kept)


class Garbling(Platform):
    """A credit platform that sends garble, until it is `well`."""

    well = False

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        """A level, or none that can be read."""
        if not self.well:
            raise page(0)
        return super().level(kind, code, key=key, case_id=case_id, basis=basis)

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        """A receipt, or none that can be read."""
        if not self.well:
            raise page(1)
        return super().record(entry, key=key)


def test_a_credit_platform_that_sends_garble_is_one_matter_that_counts_and_not_one_for_each_case(
    store: Store, hand: Hand
) -> None:
    platform = Garbling(as_of=hand())
    office = open_office(store, hand, sources={"registers": Table(default="=")}, credit={"platform": platform})
    last = asked(office, 1, 2, 3)
    (levels,) = matters(store)
    assert (levels["about"], json.loads(levels["body"])["count"], levels["agency"]) == ("platform:bureau", 3, "bureau")
    with store.read() as tx:
        stuck = [held for held in tx.attention.page(None) if held["kind"] == CREDIT_STUCK]
        rows = [held["id"] for held in tx.work.page(state="quarantined") if held["kind"] == "credit"]
    assert [(held["about"], json.loads(held["body"])["count"]) for held in stuck] == [("platform:bureau", 3)], "one, not three"
    assert json.loads(stuck[0]["body"])["connector"] == "platform"
    platform.well = True
    hand.on(hours=24)
    for done, one in enumerate(rows, start=1):
        with store.begin() as tx:
            tx.work.retry(one, hand())
        settle(office)
        with store.read() as tx:
            left = [held for held in tx.attention.page(None) if held["kind"] == CREDIT_STUCK]
        assert len(left) == (1 if done < len(rows) else 0), "over with the last entry"
    assert (len(platform.entries), matters(store), last != "") == (3, [], True), "and it has answered in form"


def test_answers_that_differ_each_time_are_told_apart_to_the_newest_five(store: Store, hand: Hand) -> None:
    rows: dict[tuple[str, str], str | Exception] = {("registration-status", f"TEST{n:014d}"): page(n) for n in range(1, 8)}
    office = open_office(store, hand, sources={"registers": Table(rows=rows)})
    for n in range(1, 8):
        asked(office, n)
    (matter,) = matters(store)
    told = json.loads(matter["body"])
    assert (told["count"], [*told["digests"]]) == (7, [f"{n:064x}" for n in range(3, 8)])


def test_two_daemons_that_hear_it_at_once_lose_no_count(store: Store, hand: Hand) -> None:
    now = hand()

    def more(told: Mapping[str, int]) -> dict[str, int]:
        return {"count": told.get("count", 0) + 1}

    def tell(_daemon: int) -> None:
        for _ in range(5):
            with store.begin() as tx:
                tx.attention.add(ANSWER_GARBLED, "bureau", "registers:bureau", more, now)

    with ThreadPoolExecutor(4) as daemons:
        list(daemons.map(tell, range(4)))
    (matter,) = matters(store)
    assert json.loads(matter["body"]) == {"count": 20}
