"""What was entered with a credit platform is held against what it says it has: over a real socket, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from connectors.credit.http import HttpCredit
from inspector.daemon import sweeps
from inspector.daemon.schedules import outside_order
from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.statement import BookState, Step
from inspector.flows import annulling, books, review
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.web.roles import Role
from tests.creditplatform import CreditPlatform, platform
from tests.edge import serving
from tests.forgetting import forget_done
from tests.house import Hand, Table, application, carry_out, claim, open_office, post, settle
from tests.integration.test_way import LICENCE
from tests.proceedings import recorded

pytestmark = pytest.mark.alike


@dataclass
class Town:
    """An office, the platform outside, and a hand on both."""

    office: Office
    outside: CreditPlatform
    hand: Hand
    made: HttpCredit
    number: int = 0

    def kept(self) -> str:
        """A promise that was kept and is entered; its entry."""
        self.number += 1
        given = application(self.number, "business-licence", LICENCE)
        with self.office.store.begin() as tx:
            tx.credit.state(given.subject_kind, given.subject_code, "A", self.hand(), "platform")
        case_id = post(self.office, given)
        settle(self.office)
        return self.entry(case_id)

    def broken(self) -> str:
        """One that was found untrue by an officer; its entry, to the subject's discredit."""
        self.number += 1
        given = application(self.number, "business-licence", {**LICENCE, "registration-status": "注销"})
        with self.office.store.begin() as tx:
            tx.credit.state(given.subject_kind, given.subject_code, "A", self.hand(), "platform")
        case_id = post(self.office, given)
        settle(self.office)
        with self.office.store.begin() as tx:
            cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
            review.decide(self.office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记已注销", cited, self.hand())
        recorded(self.office, self.hand, case_id)
        settle(self.office)
        return self.entry(case_id)

    def entry(self, case_id: str) -> str:
        with self.office.store.read() as tx:
            held = tx.cases.get(case_id).entry
        assert held is not None
        return held

    def withdraw(self, entry: str) -> None:
        with self.office.store.begin() as tx:
            review.withdraw(self.office, tx, entry.split(":")[1], "改为提交证明", "hall", self.hand())
        settle(self.office)

    def annul(self, entry: str) -> None:
        """An entry to somebody's discredit is taken back by no withdrawal, but by whoever may annul it."""
        with self.office.store.begin() as tx:
            annulling.entry(self.office, tx, entry, Annulled.COURT, "行初1号", "王五", self.hand())
        settle(self.office)

    def compare(self, hours: float = 24) -> None:
        """The next slot's comparison, and what it orders."""
        self.hand.on(hours=hours)
        with self.office.store.begin() as tx:
            tx.work.order([outside_order(OrderKind.CREDIT_COMPARE, "platform", self.hand(), self.hand())], self.hand())
        settle(self.office)

    def differences(self) -> list[tuple[str, str]]:
        with self.office.store.read() as tx:
            return [(row["kind"], row["entry"]) for row in tx.books.differences("platform")]

    def matters(self) -> dict[str, dict[str, Any]]:
        with self.office.store.read() as tx:
            return {
                kind: dict(tx.attention.standing(kind)[0])
                for kind in (books.DIFFERS, books.UNCOMPARED)
                if tx.attention.standing(kind)
            }


@contextmanager
def town(store: Store, hand: Hand, folder: Path, **config: object) -> Iterator[Town]:
    with platform(hand, folder, **config) as (outside, made, _):
        registers = Table(rows={("registration-status", f"TEST{number:014d}"): "存续" for number in range(30)}, default="=")
        office = open_office(store, hand, sources={"registers": registers}, credit={"platform": made})
        yield Town(office=office, outside=outside, hand=hand, made=made)


def test_both_sides_are_alike_after_a_promise_kept_one_broken_and_one_withdrawn(store: Store, hand: Hand, tmp_path: Path) -> None:
    with town(store, hand, tmp_path) as here:
        kept, broken, withdrawn = here.kept(), here.broken(), here.kept()
        here.withdraw(withdrawn)
        here.compare()
        assert here.outside.entries.keys() == {kept, broken}
        assert (here.differences(), here.matters(), here.outside.refused) == ([], {}, [])
        with store.read() as tx:
            (told,) = tx.books.statements()
            assert (told["alike"], told["moving"], told["error"]) == (3, 0, "")
            held = tx.books.get(withdrawn)
        assert held is not None
        assert held.state is BookState.RETRACTED


def test_who_is_asked_about_one_by_one_is_on_record_with_the_case_and_the_basis(store: Store, hand: Hand, tmp_path: Path) -> None:
    with town(store, hand, tmp_path, path_statement="") as here:
        kept, lost = here.kept(), here.kept()
        del here.outside.entries[lost]
        here.compare()
        with store.read() as tx:
            held = {entry: tx.inquiries.of_case(entry.split(":")[1]) for entry in (kept, lost)}
            basis = {
                entry: str(booked.body["basis"]).partition(";")[0]
                for entry in held
                if (booked := tx.books.get(entry)) is not None
            }
    asked = {entry: [one for one in found if one.key.startswith(OrderKind.CREDIT_COMPARE.value)] for entry, found in held.items()}
    told = {entry: (one.connector, one.basis, one.outcome, one.attempts) for entry, (one,) in asked.items()}
    assert told == {kept: ("platform", basis[kept], "found", 1), lost: ("platform", basis[lost], "not_found", 1)}


def test_one_that_was_asked_about_in_vain_is_on_record_and_one_of_no_known_case_is_not_asked_about(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with town(store, hand, tmp_path) as here:
        kept = here.kept()
        here.outside.entries["credit:nobody:1"] = {**here.outside.entries[kept], "id": "credit:nobody:1", "case": "nobody"}
        here.compare()
        assert here.differences() == [("STRANGE", "credit:nobody:1")]
        assert [heard for heard in here.outside.taken if heard.path == "/held"] == []
    (tmp_path / "other").mkdir()
    with town(store, hand, tmp_path / "other", path_statement="") as here:
        here.outside.mode = "away"
        here.compare()
        with store.read() as tx:
            (told,) = (one for one in tx.inquiries.of_case(kept.split(":")[1]) if one.key.endswith(kept))
    assert (told.outcome, told.attempts > 0) == ("no_answer", True)


def test_a_kept_promise_that_was_lost_there_is_sent_again_under_its_key_and_once(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with town(store, hand, tmp_path) as here:
        entry = here.kept()
        del here.outside.entries[entry]
        here.compare()
        assert here.outside.entries.keys() == {entry}
        assert here.differences() == [("MISSING", entry)], "told until the next comparison shows it"
        assert here.matters()[books.DIFFERS]["missing"] == 1
        here.compare()
        assert (here.differences(), here.matters()) == ([], {})
        assert here.outside.made[entry] == 2, "once before it was lost, once after"
        with store.read() as tx:
            rules = [row["rule"] for row in tx.ledger.about(entry.split(":")[1])]
        assert rules.count("credit.again") == 1


def test_what_discredits_somebody_and_is_gone_there_waits_for_a_person_who_decides(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with town(store, hand, tmp_path) as here:
        entry = here.broken()
        del here.outside.entries[entry]
        here.compare()
        assert here.outside.entries == {}, "it may have been repaired there"
        assert here.matters()[books.DIFFERS] == {
            "connector": "platform",
            "entries": entry,
            "missing": 1,
            "waiting": 1,
            "standing": 0,
            "different": 0,
            "strange": 0,
            "twice": 0,
            "unamended": 0,
        }
        with store.begin() as tx:
            books.decide(tx, here.office, entry, Step.SEND, "李四", "平台误删，已电话核实", hand())
        settle(here.office)
        here.compare()
        assert here.outside.entries.keys() == {entry}
        assert (here.differences(), here.matters()) == ([], {})


def test_what_was_taken_back_and_stands_there_again_is_taken_back_again(store: Store, hand: Hand, tmp_path: Path) -> None:
    with town(store, hand, tmp_path) as here:
        entry = here.broken()
        before = dict(here.outside.entries)
        here.annul(entry)
        here.outside.entries, here.outside.gone = before, {}  # a copy of before was put back there
        here.compare()
        assert (here.outside.entries, here.differences()) == ({}, [("STANDING", entry)])
        here.compare()
        assert (here.differences(), here.matters()) == ([], {})


def test_what_says_something_else_there_and_what_we_never_sent_are_matters_and_no_order(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with town(store, hand, tmp_path) as here:
        entry = here.kept()
        here.outside.entries[entry]["grade"] = "serious"
        here.outside.entries["credit:of-nobody:1"] = {
            **here.outside.entries[entry],
            "id": "credit:of-nobody:1",
            "case": "of-nobody",
        }
        here.compare()
        assert here.differences() == [("DIFFERENT", entry), ("STRANGE", "credit:of-nobody:1")] or here.differences() == [
            ("STRANGE", "credit:of-nobody:1"),
            ("DIFFERENT", entry),
        ]
        with store.read() as tx:
            told = {row["entry"]: (row["agency"], row["says"]) for row in tx.books.differences("platform")}
        assert told == {entry: ("bureau", {"grade": ["kept", "serious"]}), "credit:of-nobody:1": ("city", {})}
        with store.begin() as tx, pytest.raises(Refusal, match="credit_step_speak"):
            books.decide(tx, here.office, "credit:of-nobody:1", Step.RETRACT, "李四", "x", hand())
        assert here.outside.entries[entry]["grade"] == "serious"


def test_an_outage_garbage_or_a_statement_that_is_cut_off_never_counts_as_missing(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with town(store, hand, tmp_path) as here:
        entries = {here.kept() for _ in range(5)}
        for mode, cut in (("garbage", 0), ("ok", 1), ("ok", 3)):
            here.outside.mode, here.outside.cut = mode, cut
            here.compare()
            assert here.differences() == []
            assert here.outside.entries.keys() == entries
            assert books.DIFFERS not in here.matters()
        assert here.matters()[books.UNCOMPARED] == {"connector": "platform", "error": "statement_truncated"}
        here.outside.mode, here.outside.cut = "away", 0
        here.compare()
        here.hand.on(hours=21)
        here.outside.mode = "ok"
        settle(here.office)
        here.compare()
        assert (here.differences(), here.matters()) == ([], {})
        assert set(here.outside.made.values()) == {1}


def test_a_statement_that_lacks_nearly_everything_is_not_believed_until_a_person_says_so(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with town(store, hand, tmp_path, path_held="") as here:
        entries = [here.kept() for _ in range(7)]
        here.outside.entries.clear()
        here.compare()
        assert (here.differences(), here.matters()[books.UNCOMPARED]["error"]) == ([], books.SHORT)
        found = books.look(here.office, "platform", here.made, "by-hand", accept=True)
        assert len(found.compared.differences) == 7
        with store.begin() as tx:
            books.conclude(tx, here.office, "platform", found, hand())
        settle(here.office)
        assert sorted(here.outside.entries) == sorted(entries)


def test_a_platform_without_a_statement_is_asked_about_entries_one_by_one_those_unasked_longest_first(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with town(store, hand, tmp_path, path_statement="") as here:
        here.office = replace(here.office, accounts=replace(here.office.accounts, most_steps=2))
        entries = sorted(here.kept() for _ in range(3))
        for entry in entries:
            del here.outside.entries[entry]
        here.compare()
        assert [entry for _, entry in here.differences()] == entries[:2]
        here.compare()
        assert here.outside.entries.keys() == set(entries)
        here.compare()
        here.compare()
        assert here.differences() == []


def test_what_is_right_as_it_is_is_told_no_more_until_it_is_another_difference(store: Store, hand: Hand, tmp_path: Path) -> None:
    with town(store, hand, tmp_path) as here:
        repaired, graded = here.broken(), here.kept()
        row = here.outside.entries.pop(repaired)
        here.outside.entries[graded]["grade"] = "good"
        here.compare()
        for entry, why in ((repaired, "平台已按修复决定撤下"), (graded, "平台另行分级")):
            with store.begin() as tx:
                books.decide(tx, here.office, entry, Step.LEAVE, "李四", why, hand())
        assert (here.differences(), here.matters()) == ([], {})
        here.compare()
        assert (here.differences(), here.matters(), repaired in here.outside.entries) == ([], {}, False)
        here.outside.entries[graded]["grade"] = "serious"
        here.annul(repaired)
        here.outside.entries[repaired] = row
        here.compare()
        assert {entry: kind for kind, entry in here.differences()} == {graded: "DIFFERENT", repaired: "STANDING"}
        with store.read() as tx:
            rules = [one["rule"] for one in tx.ledger.about(repaired.split(":")[1])]
    assert "credit.leave" in rules


def test_what_was_to_be_sent_once_more_and_never_left_is_taken_back_all_the_same(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    """Its first order is forgotten, and the platform had it all the time: a mark of a withdrawn case would stay there."""
    with town(store, hand, tmp_path) as here:
        entry = here.kept()
        stays = here.outside.entries.pop(entry)
        here.hand.on(days=9)
        with store.begin() as tx:
            forget_done(tx, hand())
            tx.work.order([outside_order(OrderKind.CREDIT_COMPARE, "platform", hand(), hand())], hand())
        (comparing,) = claim(here.office)
        carry_out(here.office, comparing)
        here.outside.entries[entry] = stays
        here.withdraw(entry)
        assert here.outside.entries == {}
        here.compare()
        assert here.differences() == []


def test_the_gauges_tell_what_differs_and_since_when_nothing_was_compared(store: Store, hand: Hand, tmp_path: Path) -> None:
    with town(store, hand, tmp_path) as here:
        entry = here.broken()
        del here.outside.entries[entry]
        here.compare()
        hand.on(hours=2)
        metrics = Metrics()
        sweeps.snapshot(here.office, metrics)
        shown = metrics.render().decode()
        assert 'inspector_credit_differences{connector="platform",kind="MISSING"} 1.0' in shown
        assert 'inspector_credit_differences{connector="platform",kind="STANDING"} 0.0' in shown
        assert 'inspector_credit_compared_seconds{connector="platform"} 7200.0' in shown


def test_whoever_signs_with_another_key_is_not_let_in_and_nothing_is_concluded(store: Store, hand: Hand, tmp_path: Path) -> None:
    with town(store, hand, tmp_path, key_id="somebody-else") as here:
        here.hand.on(hours=1)
        with store.begin() as tx:
            tx.work.order([outside_order(OrderKind.CREDIT_COMPARE, "platform", hand(), hand())], hand())
        settle(here.office)
        hand.on(hours=21)
        settle(here.office)
        assert set(here.outside.refused) == {"unsigned"}
        assert (here.differences(), here.matters()[books.UNCOMPARED]["error"]) == ([], "unauthorised")


def test_an_officer_sees_what_differs_in_his_agencies_over_http_and_decides_the_step(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with town(store, hand, tmp_path) as here:
        entry = here.broken()
        del here.outside.entries[entry]
        here.compare()
        with serving(here.office) as edge, edge.as_(Role.OFFICER, "bureau") as officer:
            told = officer.get("/v1/credit/differences").json()
            assert [(row["entry"], row["kind"], row["step"], row["says"]) for row in told["differences"]] == [
                (entry, "MISSING", "SEND", {})
            ]
            assert [(row["lane"], row["error"], row["alike"]) for row in told["platforms"]] == [("platform", "", 0)]
            path = f"/v1/credit/entries/{entry}/decision"
            given = {"step": "SEND", "reason": "平台误删，已电话核实"}
            with edge.as_(Role.OFFICER, "other") as stranger:
                assert stranger.get("/v1/credit/differences").json()["differences"] == []
                assert stranger.post(path, json=given).status_code == 404
            assert officer.post(path, json={**given, "step": "RETRACT"}).json()["error"]["code"] == "credit_entry_stands"
            assert officer.post(path, json=given).json() == {"entry": entry, "step": "SEND"}
            assert officer.post(path, json=given).json()["error"]["code"] == "credit_step_under_way"
        settle(here.office)
        assert here.outside.entries.keys() == {entry}
