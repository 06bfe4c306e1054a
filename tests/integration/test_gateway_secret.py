"""The secret that the exchange platform lends, and its clock: what is wrong with either keeps us out and costs no case its way."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path

import pytest

from connectors.reply import Reply
from connectors.signers.lent import Lent, Loan
from connectors.sources import gateway
from inspector import testing
from inspector.ports import AnswerStatus, Barred, Origin, Sighting, Unavailable
from inspector.testing import QUESTION, caught
from inspector.testing.faults import table
from inspector.testing.peer import answer, peer
from tests.gateway import APP_KEY, FOUND, LENDS, SPENT, UNKNOWN, Platform, key_file, reached, sealed, settings

REPLY = Reply(
    status=200, headers={}, body=b"{}", attempts=1, request_digest="", reply_digest="", asked_at=datetime(2026, 3, 2, tzinfo=UTC)
)


def test_a_spent_secret_is_renewed_once_and_the_question_asked_once_more(tmp_path: Path) -> None:
    with reached(tmp_path) as (made, platform, _):
        made.ask(QUESTION, key="k-1")
        platform.spend()
        found = made.ask(QUESTION, key="k-2")
    assert (found.status, found.provenance.attempts) == (AnswerStatus.FOUND, 2)
    assert platform.refused == [SPENT]
    assert [heard.headers["idempotency-key"] for heard in platform.asked] == ["k-1", "k-2"]


def test_a_401_means_so_too(tmp_path: Path) -> None:
    steps = [answer(200, FOUND), answer(401), answer(200, FOUND)]
    with reached(tmp_path, Platform(says=lambda _: steps.pop(0))) as (made, platform, _):
        assert [made.ask(QUESTION, key=f"k-{number}").provenance.attempts for number in range(2)] == [1, 2]
    assert len(platform.secrets) == 2


@pytest.mark.parametrize("ahead", [90, -90])
def test_a_401_means_so_too_where_the_clocks_differ(tmp_path: Path, ahead: int) -> None:
    spent = answer(401, {}, Date=formatdate(time.time() + ahead, usegmt=True))
    steps = [answer(200, FOUND), spent, answer(200, FOUND)]
    with reached(tmp_path, Platform(says=lambda _: steps.pop(0))) as (made, platform, _):
        assert [made.ask(QUESTION, key=f"k-{number}").provenance.attempts for number in range(2)] == [1, 2]
    assert len(platform.secrets) == 2


@pytest.mark.parametrize("told", [{"code": SPENT}, None], ids=["by-code", "by-401"])
def test_a_platform_that_takes_no_secret_is_asked_for_one_only_once_a_call(tmp_path: Path, told: object) -> None:
    refusing = answer(200, told) if told else answer(401)
    with reached(tmp_path, Platform(says=lambda _: refusing)) as (made, platform, _):
        lent = []
        for number in range(3):
            error = caught(lambda key=f"k-{number}": made.ask(QUESTION, key=key))  # type: ignore[misc]
            assert isinstance(error, Barred)
            assert error.code == ("secret_expired" if told else "unauthorised")
            lent.append(len(platform.secrets))
    assert lent == [1, 2, 3], "the first was new by this very call, the others were renewed"


@pytest.mark.parametrize(
    "told", [Barred("secret_expired"), Barred("unauthorised", detail="http_401; our clock is 90 s behind theirs")]
)
def test_a_secret_that_another_call_has_replaced_is_not_held_against_the_one_in_force(told: Barred) -> None:
    fetched: list[str] = []

    def fetch(_until: float) -> Loan:
        fetched.append(f"s-{len(fetched) + 1}")
        return Loan(secret=fetched[-1])

    lent, sent = Lent(fetch), list[str]()

    def send(held: str) -> Reply:
        sent.append(held)
        if len(sent) < 3:  # what it was sent with is spent by the time it arrives, for another call has another by now
            lent.renewed(held, time.monotonic() + 5)
            raise Barred(told.code, detail=told.detail, attempts=1)
        return REPLY

    assert lent.used(send, time.monotonic() + 5).attempts == 3
    assert (sent, fetched) == (["s-1", "s-2", "s-3"],) * 2


def test_a_secret_whose_time_is_over_is_renewed_before_it_is_refused() -> None:
    now, fetched = [0.0], []

    def fetch(_until: float) -> Loan:
        fetched.append(now[0])
        return Loan(secret=f"s-{len(fetched)}", lasts=900)

    lent = Lent(fetch, clock=lambda: now[0])
    assert [lent.current(20), lent.current(20)] == [("s-1", True), ("s-1", False)]
    now[0] = 899.9
    assert lent.current(920) == ("s-1", False)
    now[0] = 900
    assert lent.current(920) == ("s-2", True)
    assert lent.renewed("s-1", 920) == "s-2", "another thread has renewed it meanwhile"
    assert lent.renewed("s-2", 920) == "s-3"
    assert fetched == [0, 900, 900]


def test_who_waits_for_anothers_renewal_waits_no_longer_than_the_call_may_take() -> None:
    under_way, over = threading.Event(), threading.Event()

    def fetch(_until: float) -> Loan:
        under_way.set()
        over.wait(60)
        return Loan(secret="s-1")

    lent = Lent(fetch)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lent.current, time.monotonic() + 60)
        under_way.wait(60)
        error = caught(lambda: lent.current(time.monotonic()))
        over.set()
        assert first.result() == ("s-1", True)
    assert (type(error), error.code, error.origin, error.attempts) == (Unavailable, "busy", Origin.US, 0)


FAULTS = list(table({"code": "0", "data": {"secret": "x"}}, heeds=True, empty=False))


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_whatever_goes_wrong_while_a_secret_is_fetched_costs_no_case_its_way(tmp_path: Path, fault: testing.Fault) -> None:
    hasty = {"read_seconds": 0.1, "budget_seconds": 0.2} if fault.hasty else {}
    with peer(beside={LENDS: lambda _: fault.step}) as there:
        with closing(gateway.connect("registry", {"url": there.url, **settings(tmp_path, **hasty)})) as made:
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert isinstance(error, Unavailable), f"{error!r}: the question was never asked, so it was not answered"
        assert there.heard == []
    assert error.attempts == 1


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        ({"secret": sealed("another key", "s" * 32), "secretEndTime": "1"}, "field_type data.secret: aes-sha1prng, ValueError"),
        ({"secret": "", "secretEndTime": "1"}, "field_type data.secret: aes-sha1prng, ValueError"),
        ({"secretEndTime": "1"}, "field_missing data.secret"),
        ({"secret": sealed(APP_KEY, "s"), "secretEndTime": "soon"}, "field_type data.secretEndTime: no date"),
    ],
)
def test_a_secret_that_cannot_be_read_bars_the_source_and_is_in_no_error(
    tmp_path: Path, data: dict[str, str], detail: str
) -> None:
    lends = {LENDS: lambda _: answer(200, {"code": 0, "data": data})}
    with peer(beside=lends) as there, closing(gateway.connect("registry", {"url": there.url, **settings(tmp_path)})) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code, error.detail) == (Barred, "secret_unreadable", detail)


def test_a_key_that_was_exchanged_in_its_file_is_used_for_the_next_secret_without_a_restart(tmp_path: Path) -> None:
    with reached(tmp_path) as (made, platform, _):
        made.ask(QUESTION, key="k-1")
        platform.app_key = "another-key-of-ours"
        platform.spend()
        assert caught(lambda: made.ask(QUESTION, key="k-2")).code == "source_barred"
        file = Path(key_file(tmp_path, platform.app_key))
        assert made.ask(QUESTION, key="k-2").status is AnswerStatus.FOUND
        platform.spend()
        file.chmod(0o644)
        error = caught(lambda: made.ask(QUESTION, key="k-3"))
    assert (type(error), error.code, error.detail) == (Barred, "key_unreadable", "connector_secret_open")


# --- clocks


@pytest.mark.parametrize("ahead", [-200, 200])
def test_a_clock_far_from_ours_is_told_with_the_answer_and_changes_nothing_in_it(tmp_path: Path, ahead: float) -> None:
    platform = Platform(ahead=ahead)
    platform.says = lambda _: platform.told(FOUND)
    with reached(tmp_path) as (made, _, _):
        right = made.ask(QUESTION, key="k-1")
    with reached(tmp_path, platform) as (made, _, _):
        found, next_one = made.ask(QUESTION, key="k-1"), made.ask(QUESTION, key="k-2")
    assert found.clock is not None
    assert abs(found.clock.total_seconds() - ahead) < 5
    assert next_one.clock is None, "not at every answer"
    assert replace(found, clock=None, provenance=right.provenance) == replace(right, clock=None)
    assert right.clock is not None
    assert not right.clock, "they agree"


def test_who_is_refused_for_a_wrong_clock_says_so_in_words(tmp_path: Path) -> None:
    with reached(tmp_path, Platform(ahead=900)) as (made, platform, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert platform.asked == []
    assert isinstance(error, Barred)
    assert error.code == "clock_differs"
    assert re.fullmatch("code E-202; our clock is (899|900) s behind theirs", error.detail)


def test_a_secret_lasts_as_long_as_the_platform_meant_whatever_our_clock_says(tmp_path: Path) -> None:
    for ahead in (-250, 250):
        with reached(tmp_path, Platform(ahead=ahead, lasts=100)) as (made, _, _):
            (had, clock) = made.look()
        assert had.code == "secret_had"
        assert 90 <= int(str(had.facts["seconds"])) <= 102
        assert (clock.code, clock.fine) == ("clock_behind" if ahead > 0 else "clock_ahead", False)


# --- trying it out


def test_a_look_asks_for_a_secret_and_about_nobody(tmp_path: Path) -> None:
    with reached(tmp_path) as (made, platform, there):
        had, clock = made.look()
        assert (platform.asked, there.heard, len(platform.secrets)) == ([], [], 1)
    assert (had.code, clock) == ("secret_had", Sighting(code="clock_agrees"))
    with reached(tmp_path, path_secret="") as (made, platform, _):
        assert made.look() == ()


def test_a_look_says_what_keeps_us_out(tmp_path: Path) -> None:
    with reached(tmp_path, Platform(app_key="another")) as (made, _, _):
        error = caught(made.look)
    assert (type(error), error.code, error.detail) == (Barred, "source_barred", f"code {UNKNOWN}")
