"""Credit levels that a platform delivers in files: whole or not at all, with their date, and only for what comes later."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.credit.delivered import DeliveredCredit
from connectors.credit.files import connect
from inspector.accounts import Role, plays
from inspector.daemon.schedules import outside_order, schedules
from inspector.domain.case import LevelReason, SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid
from inspector.domain.roster import RosterObject
from inspector.flows import levels
from inspector.flows.office import Office
from inspector.ports import PortError, Refused, Unavailable
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.testing import PURPOSE, caught
from tests.creditplatform import platform
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike

FIRMS = [f"TEST{number:014d}" for number in range(1, 4)]
WORDS = {"优": "A", "良": "B", "差": "D"}


class Side:
    """The platform's folder."""

    def __init__(self, at: Path) -> None:
        self.at = at
        (at / "in").mkdir()

    def deliver(self, rows: list[tuple[str, str]], day: str, count: int | None = None) -> None:
        text = "\n".join(["主体代码,信用等级", *(",".join(row) for row in rows)]) + "\n"
        file = self.at / "in" / f"levels-{day}.csv"
        file.write_text(text, encoding="gb18030")
        told = {"rows": len(rows) if count is None else count}
        (self.at / "in" / f"{file.name}.json").write_text(json.dumps(told), encoding="utf-8")

    def spoil(self, day: str, content: bytes | None) -> None:
        """Deliver something else in its place, or leave out the manifest (None)."""
        self.deliver([(FIRMS[0], "差")], day)
        file = self.at / "in" / f"levels-{day}.csv"
        if content is None:
            file.with_name(f"{file.name}.json").unlink()
        else:
            file.write_bytes(content)

    def connector(self, **more: object) -> DeliveredCredit:
        told = {
            "folder": str(self.at / "in"),
            "keep": str(self.at / "keep"),
            "files": "levels-{as_of}.csv",
            "encoding": "gb18030",
        }
        asked = {"code_column": "主体代码", "level_column": "信用等级", "levels": WORDS, "look_seconds": 3600, "least_share": 0.5}
        return connect("levels", {**told, **asked, **more})


@pytest.fixture
def side(tmp_path: Path) -> Side:
    return Side(tmp_path)


@pytest.fixture
def made(side: Side) -> Iterator[DeliveredCredit]:
    with closing(side.connector()) as held:
        yield held


def opened(store: Store, hand: Hand, platform: DeliveredCredit) -> Office:
    """An office with three firms in its register."""
    with store.begin() as tx:
        for code in FIRMS:
            row = RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code, original=code, name="", pool="bureau")
            tx.rosters.enrol(row)
    return open_office(store, hand, sources={"registers": Table(default="=")}, credit={"levels": platform})


def night(office: Office, hand: Hand) -> None:
    """The next slot."""
    hand.on(days=1)
    with office.store.begin() as tx:
        tx.work.order([outside_order(OrderKind.CREDIT_LEVELS, "levels", hand(), hand())], hand())
    settle(office)


def stated(store: Store) -> dict[str, str]:
    with store.read() as tx:
        found = {code: tx.credit.level(SubjectKind.FIRM, code) for code in [*FIRMS, "TEST-STRANGER"]}
    return {code: level[0] for code, level in found.items() if level is not None}


def test_a_delivery_states_the_levels_of_whom_the_registers_know_and_of_nobody_else(
    store: Store, hand: Hand, side: Side, made: DeliveredCredit
) -> None:
    side.deliver([(FIRMS[0], "优"), (FIRMS[1], "差"), ("TEST-STRANGER", "差")], "20260301")
    office = opened(store, hand, made)
    night(office, hand)
    assert stated(store) == {FIRMS[0]: "A", FIRMS[1]: "D"}
    night(office, hand)
    with store.read() as tx:
        told = [json.loads(row["body"])["facts"] for row in tx.ledger.about("credit:levels")]
        assert tx.attention.standing(levels.UNTAKEN) == []
        assert [(len(one.pop("digest")), one.pop("file")) for one in told] == [(64, "levels-20260301.csv")] * 2
        assert told == [{"by": "levels", "conflicts": 0, "kept": 2, "rows": 2, "unrated": 1}] * 2


def test_a_word_that_was_not_agreed_refuses_the_whole_delivery_and_a_person_hears_row_and_column(
    store: Store, hand: Hand, side: Side, made: DeliveredCredit
) -> None:
    side.deliver([(FIRMS[0], "优"), (FIRMS[1], "良")], "20260301")
    office = opened(store, hand, made)
    night(office, hand)
    side.deliver([(FIRMS[0], "差"), (FIRMS[1], "优秀")], "20260302")
    night(office, hand)
    assert stated(store) == {FIRMS[0]: "A", FIRMS[1]: "B"}, "nothing half-imported"
    with store.read() as tx:
        (told,) = tx.attention.standing(levels.UNTAKEN)
    named = {"file": "levels-20260302.csv", "row": 3, "column": "信用等级", "value": "优秀", "known": "优, 良, 差"}
    assert told == {"connector": "levels", "doubtful": 0, "conflicts": 0, "error": "delivery_word", **named}
    side.deliver([(FIRMS[0], "差"), (FIRMS[1], "优")], "20260303")
    night(office, hand)
    assert stated(store) == {FIRMS[0]: "D", FIRMS[1]: "A"}
    with store.read() as tx:
        assert tx.attention.standing(levels.UNTAKEN) == []
    side.deliver([(FIRMS[0], "优")], "20260304", count=2)
    night(office, hand)
    assert stated(store)[FIRMS[0]] == "D", "a delivery that is cut off is none"


def test_a_platform_that_delivers_nothing_takes_nobody_s_level_away(
    store: Store, hand: Hand, side: Side, made: DeliveredCredit
) -> None:
    side.deliver([(FIRMS[0], "优")], "20260301")
    office = opened(store, hand, made)
    night(office, hand)
    for file in (side.at / "in").iterdir():
        file.unlink()
    (side.at / "in").rmdir()
    night(office, hand)
    hand.on(days=1)
    settle(office)
    assert stated(store) == {FIRMS[0]: "A"}
    with store.read() as tx:
        (told,) = tx.attention.standing(levels.UNTAKEN)
    assert told == {"connector": "levels", "error": "unreachable"}


def test_a_changed_level_changes_only_what_comes_later(store: Store, hand: Hand, side: Side, made: DeliveredCredit) -> None:
    side.deliver([(FIRMS[0], "优"), (FIRMS[1], "差")], "20260301")
    office = opened(store, hand, made)
    first = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    side.deliver([(FIRMS[0], "差"), (FIRMS[1], "差")], "20260302")
    night(office, hand)
    second = post(office, application(1, "business-licence", LICENCE, reference="R-900001"))
    unknown = post(office, application(3, "business-licence", LICENCE))
    settle(office)
    with store.read() as tx:
        strategies = [tx.cases.get(case).strategy for case in (first, second, unknown)]
    found = [(held.level.level, held.level.reason) for held in strategies if held is not None]
    assert found == [("A", LevelReason.STATED), ("D", LevelReason.STATED), ("U", LevelReason.NOT_RATED)]


def test_entries_go_to_the_platform_that_takes_them_and_levels_come_from_the_one_that_tells_them(
    store: Store, hand: Hand, side: Side, made: DeliveredCredit
) -> None:
    from connectors.credit.http import connect as over_http

    with closing(over_http("platform", {"url": "http://127.0.0.1:9", "path_level": ""})) as entries:
        office = open_office(store, hand, credit={"platform": entries, "levels": made})
        lanes = [office.lane_of(kind, "") for kind in (OrderKind.RATE, OrderKind.CREDIT)]
        assert lanes == ["levels", "platform"]
        assert [plays(one, role) for one in (made, entries) for role in Role] == [True, False, False, True]
        told = schedules(Schedules(), {}, hand(), stating=["platform"], delivering=levels.delivered(office))
        assert {"credit:platform", "levels:levels"} <= told.keys()
    error = caught(lambda: made.record(None, key="k"))  # type: ignore[arg-type] # refused before anything is read
    assert isinstance(error, Refused)
    assert error.code == "entries_not_taken"


def test_settings_whose_words_no_pack_knows_or_that_leave_them_out_are_refused(side: Side, store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    flaws = [*levels.flaws(office.book, office.tree, {"levels": {"levels": {"优": "A", "特差": "Z"}}})]
    assert [(one.code, one.facts["word"], one.facts["level"]) for one in flaws] == [("credit_level_unknown", "特差", "Z")]
    wrongs: list[dict[str, object]] = [
        {"levels": {}},
        {"level_column": ""},
        {"facts": {"x": "y"}},
        {"words": {"信用等级": ["优"]}},
    ]
    for wrong in wrongs:
        with pytest.raises(Invalid, match=r"connector_key_(range|unknown)"):
            side.connector(**wrong)


def test_a_level_has_the_delivery_s_date_and_a_firm_that_is_not_in_it_has_none(side: Side, made: DeliveredCredit) -> None:
    side.deliver([(FIRMS[0], "优"), (FIRMS[1], "")], "20260301")
    found, empty, none = (made.level(SubjectKind.FIRM, code, key="k", case_id="", basis="") for code in FIRMS)
    assert (found.level, found.as_of) == ("A", datetime(2026, 2, 28, 16, tzinfo=UTC))
    assert (empty.level, none.level) == (None, None)
    assert found.as_of is not None
    assert found.as_of + timedelta(hours=8) == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_level_that_no_pack_knows_is_told_and_takes_the_place_of_none(store: Store, hand: Hand, tmp_path: Path) -> None:
    with platform(hand, tmp_path) as (outside, connector, _):
        office = open_office(store, hand, sources={"registers": Table(default="=")}, credit={"platform": connector})
        outside.levels[FIRMS[0]] = "特优"
        with store.begin() as tx:
            tx.credit.state(SubjectKind.FIRM, FIRMS[0], "A", hand() - timedelta(days=60), "platform")
        case = post(office, application(1, "business-licence", LICENCE))
        settle(office)
        with store.read() as tx:
            strategy, held = tx.cases.get(case).strategy, tx.credit.level(SubjectKind.FIRM, FIRMS[0])
            (told,) = tx.attention.standing("level_off_scale")
    assert strategy is not None
    assert (strategy.level.level, strategy.level.reason) == ("U", LevelReason.OFF_SCALE)
    assert held is not None
    assert held[0] == "A", "stale, and yet the last that anybody could read"
    assert (told["connector"], told["level"]) == ("platform", "特优")


WRONG: dict[str, Callable[[Side, str], object]] = {
    "too few": lambda side, day: side.deliver([(FIRMS[0], "差")], day, count=2),
    "a word of no agreement": lambda side, day: side.deliver([(FIRMS[0], "差"), (FIRMS[1], "优秀")], day),
    "two words about one": lambda side, day: side.deliver([(FIRMS[0], "差"), (FIRMS[0], "良")], day),
    "of a day to come": lambda side, day: side.deliver([(FIRMS[0], "差"), (FIRMS[1], "差")], f"2099{day[4:]}"),
    "another encoding": lambda side, day: side.spoil(day, f"主体代码,信用等级\n{FIRMS[0]},差\n".encode("utf-16")),
    "garbage": lambda side, day: side.spoil(day, b"\x00\xff" * 200),
    "nothing": lambda side, day: side.spoil(day, b""),
    "without its manifest": lambda side, day: side.spoil(day, None),
    "what was kept is gone": lambda side, _day: shutil.rmtree(side.at / "keep", ignore_errors=True),
}


@settings(max_examples=15, deadline=None)
@given(order=st.lists(st.sampled_from(sorted(WRONG)), min_size=1, max_size=5), good=st.booleans())
def test_no_fault_of_deliveries_in_any_order_is_a_level_of_anybody(order: list[str], good: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        side = Side(Path(folder))
        if good:
            side.deliver([(FIRMS[0], "优"), (FIRMS[1], "良")], "20260131")
        with closing(side.connector()) as made:
            for number, name in enumerate(order):
                WRONG[name](side, f"202602{number + 1:02d}")
                with suppress(Unavailable):  # who takes away what is kept takes the lock in it away, too: two may look at once
                    made.pick_up()
                assert level_of(made) in {"unavailable", "garbled"} | ({"A"} if good else set()), order[: number + 1]
        with closing(side.connector()) as anew:
            side.deliver([(FIRMS[0], "良"), (FIRMS[1], "良")], "20260301")
            anew.pick_up()
            assert level_of(anew) == "B", "a good one behind them all is believed"


def level_of(made: DeliveredCredit) -> str | None:
    try:
        return made.level(SubjectKind.FIRM, FIRMS[0], key="k-1", **PURPOSE).level
    except PortError as error:
        return error.family
