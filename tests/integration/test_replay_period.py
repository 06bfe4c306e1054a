"""`policy replay`: a small period counted by hand here, and what a replay must never do: gloss over, name anybody, write."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.domain import backtest
from inspector.domain.case import MatterKind, Route, SubjectKind
from inspector.domain.plan import DrawState
from inspector.flows import backtestwords
from inspector.flows.backtest import Period, replay
from inspector.flows.draw import announce_now
from inspector.flows.intake import Application
from inspector.flows.office import Office
from inspector.policybook import Policybook
from inspector.store.codec import dump
from inspector.store.drawtables import draw_file
from inspector.store.tables import case_file, event, ledger, work
from tests.house import ROOT, START, Hand, Table, application, closing, post, settle
from tests.integration.test_broken_off import AT
from tests.integration.test_draw_way import carried_out, drawing
from tests.integration.test_explanation import Agency
from tests.offline import at_a_terminal
from tests.operator import Operator, Said, on_both, one_database, settled
from tests.packs import after, edited, write

pytestmark = [pytest.mark.alike, pytest.mark.slow]
database_url = one_database

PERIOD = ("--from", "2026-03-02", "--to", "2026-03-02")
PREMISES = {"registered-address": "某路1号", "office-in-use": "是"}


@dataclass(frozen=True)
class Past:
    """An operator whose office has a past: the ids of its cases by number, and its draw."""

    operator: Operator
    ids: dict[int, str]
    draw: str

    def replay(self, *words: str) -> Said:
        """What the command answers."""
        return self.operator.say("policy", "replay", *words, *PERIOD)


def office_of(operator: Operator, hand: Hand) -> Office:
    """The office of the operator's database: registers that agree, but for one household, and five inspectors."""
    office, _, _ = drawing(operator.store(), hand)
    known: dict[tuple[str, str], Any] = {("household", f"TEST{13:014d}"): None}
    sources = {"registers": Table(rows=known, default="="), "social": Table(default="=")}
    agencies = {"civil-affairs": Agency()}
    return replace(office, connectors=replace(office.connectors, sources=sources, agencies=agencies))


def person(number: int, item: str, claims: dict[str, str], matter: MatterKind) -> Application:
    held = application(number, item, claims)
    return replace(held, subject_kind=SubjectKind.PERSON, matter=matter, subject_name="张三")


def cases() -> list[Application]:
    """1–4: premises, level C. 5, 6: licence, C; 7–9: licence, A. 10: exempt. 11: by certificate. 12: exam. 13: a household."""
    licence = {"registration-status": "存续"}
    aid = person(10, "legal-aid", {"relief-status": "是"}, MatterKind.BENEFIT)
    brought = replace(application(11, "business-licence", {}), route=Route.CERTIFICATE, signed_on=None, letter_text="")
    return [
        *(application(number, "dispatch-premises", PREMISES) for number in range(1, 5)),
        *(application(number, "business-licence", licence) for number in range(5, 10)),
        aid,
        replace(brought, letter_digest="", notice_version="", signed_by=""),
        person(12, "exam-work-years", {"degree": "本科"}, MatterKind.CONFIRMATION),
        person(13, "relief-household", {"household": "三口"}, MatterKind.BENEFIT),
    ]


def lived(operator: Operator) -> Past:
    """A day of cases, and the draw that they stood in."""
    hand = Hand()
    office = office_of(operator, hand)
    with closing(office.store):
        with office.store.begin() as tx:
            for number in range(1, 10):
                tx.credit.state(SubjectKind.FIRM, f"TEST{number:014d}", "C" if number < 7 else "A", START, "credit")
        ids = {number: post(office, given) for number, given in enumerate(cases(), 1)}
        settle(office)
        with office.store.begin() as tx:
            held = announce_now(office, tx, "weekly", "clerk", hand())
        assert held is not None
        settle(office)
        assert carried_out(office, hand, held.number).state is DrawState.DRAWN
    return Past(operator, ids, held.number)


@pytest.fixture
def past(database_url: str, tmp_path: Path) -> Past:
    return lived(settled(database_url, tmp_path))


def candidate(folder: Path) -> Path:
    """demo@2: licences in 8 days, level A before the decision, another name for C's row, fewer of C drawn by more, an item gone."""
    text = (ROOT / "policies" / "demo" / "pack.toml").read_text(encoding="utf-8")
    text = edited(('version = "1"', 'version = "2"'), ("effective_from = 2025-01-01", "effective_from = 2025-06-01"), text=text)
    text = edited(("team = 2", "team = 3"), ('code = "exam-work-years"', 'code = "exam-work-life"'), text=text)
    text = edited(('id = "normal-C"', 'id = "normal-C2"'), text=text)
    text = after('code = "business-licence"', 'verify = "10wd"', 'verify = "8wd"', text)
    text = after('id = "normal-A"', "before_decision = false", "before_decision = true", text)
    text = after('id = "sample-normal-C"', 'ratio = "60%"', 'ratio = "20%"', text)
    text = after('id = "sample-normal-C"', "minimum = 5", "minimum = 1", text)
    folder.mkdir(exist_ok=True)
    write(folder, text, pack="demo")
    return folder


def written(operator: Operator) -> list[int]:
    """How many rows there are of what anybody does."""
    with closing(operator.store()) as store, store.read() as tx:
        return [
            tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in (ledger, work, event)
        ]


def spoil(past: Past, number: int, body: str | None = None, **fields: object) -> None:
    """Somebody has written into the database by hand."""
    mine = case_file.c.id == past.ids[number]
    with closing(past.operator.store()) as store, store.begin() as tx:
        held = json.loads(tx.connection.execute(sa.select(case_file.c.body).where(mine)).scalar_one())
        for name, value in fields.items():
            at, _, key = name.partition("__")
            held[at] = {**held[at], key: value} if key else value
        tx.connection.execute(sa.update(case_file).where(mine).values(body=json.dumps(held) if body is None else body))


@on_both
def test_an_unchanged_pack_changes_nothing_to_the_byte_and_nothing_is_written(past: Past) -> None:
    before = written(past.operator)
    told = past.replay("demo@1", "--json")
    assert told.code == 0, told.err
    assert (told.json["judged"], told.json["unchanged"], told.json["faults"], told.json["cases"]) == (13, 13, {}, [])
    assert told.json["before"] == told.json["after"]
    (odds,) = told.json["draws"]
    assert (odds["fault"], odds["sizes_before"]) == (False, odds["sizes_after"])
    assert written(past.operator) == before
    office = office_of(past.operator, Hand())
    with closing(office.store), office.store.read() as tx:
        for case in (tx.cases.get(one) for one in past.ids.values()):
            policy = office.book.get(case.pack)
            again = backtest.ruled(backtest.afresh(case), policy, backtest.level_of(case, policy, policy), office.calendar)
            assert dump(again) == dump(backtest.recorded(case))


@on_both
def test_a_changed_pack_is_told_as_it_is_counted_by_hand(past: Past, tmp_path: Path) -> None:
    folder = candidate(tmp_path / "drafts")
    told = past.replay("demo@2", "--folder", str(folder), "--json")
    assert told.code == 0, told.err
    said, ids = told.json, past.ids
    # 10 is exempt, 11 came by certificate, 13 a person's by a row that stays: 3 of 13 are as before.
    assert (said["read"], said["judged"], said["unchanged"], said["changed"]) == (13, 13, 3, 10)
    moves = {(one["before"], one["after"]): one for one in said["moves"]}
    assert {pair: (one["cases"], one["in"]) for pair, one in moves.items()} == {
        ("normal-C", "normal-C2"): (6, {"ROW": 6, "DUE": 2}),
        ("normal-A", "normal-A"): (3, {"WHEN": 3, "DUE": 3}),
        ("normal-U", "REFUSED:item_unknown"): (1, {"COURSE": 1, "METHODS": 1, "STRATUM": 1, "DUE": 1}),
    }
    assert moves["normal-U", "REFUSED:item_unknown"]["ids"] == [ids[12]]
    assert (said["earlier"]["ids"], said["later"]["count"]) == ([ids[number] for number in range(5, 10)], 0)
    assert {one["case"] for one in said["cases"]} == {ids[number] for number in (*range(1, 10), 12)}
    (licence,) = (one for one in said["cases"] if one["case"] == ids[7])
    # Monday 2 March 2026; ten working days end on Monday the 16th, eight on Thursday the 12th.
    assert (licence["due_before"], licence["due_after"]) == ("2026-03-16T17:30:00+08:00", "2026-03-12T17:30:00+08:00")
    # Registers: 4 addresses, 5 licences, the exam, the household; without the exam one less. The household's "not found" goes on.
    for side, registers, seats in (("before", 11, 8), ("after", 10, 12)):
        asked = {(one["method"], one["via"]): (one["sure"], one["most"]) for one in said[side]["requests"]}
        assert asked == {("ONLINE_QUERY", "registers"): (registers,) * 2, ("ASSISTANCE", "civil-affairs"): (1, 1)}
        assert said[side]["cases_with_visit"] == {"sure": 4, "most": 4}
        assert said[side]["inspector_visits"] == {"sure": seats, "most": seats}  # 4 visits of two, then of three
        assert said[side]["person_days"] == {"sure": str(seats // 2), "most": str(seats // 2)}  # half a day of each
    # C: both of 2 by the minimum, then one of 2. A: one of 3. U: one of 2; without the exam the one that is left.
    (odds,) = said["draws"]
    assert {one["stratum"]: (one["becomes"], one["objects"], one["before"], one["after"]) for one in odds["classes"][1:3]} == {
        "normal-A": ("normal-A", 3, "1/3", "1/3"),
        "normal-C": ("normal-C", 2, "1", "1/2"),
    }
    assert [(one["becomes"], one["objects"], one["before"], one["after"]) for one in odds["classes"][3:]] == [
        ("", 1, "1/2", None),
        ("normal-U", 1, "1/2", "1"),
    ]
    assert (odds["drawn"], odds["would"], odds["seats"], odds["would_seats"], odds["fault"]) == (4, 3, 8, 9, False)
    assert (odds["days"], odds["would_days"]) == ("4", "9/2")
    # Firms 1–4 one visit each, 5 and 6 one and then a half, 7–9 a third.
    assert said["burden"] == {"before": {"1": 9}, "after": {"1": 9}, "most_before": "1", "most_after": "1", "more": 0, "less": 2}


def test_an_item_that_a_number_would_be_owed_of_is_told_with_the_stratum_that_its_cases_would_have(
    past: Past, tmp_path: Path
) -> None:
    """Three firms of level A, of which one was drawn: they would be a stratum of their own, of which one is owed."""
    text = (ROOT / "policies" / "demo" / "pack.toml").read_text(encoding="utf-8")
    text = edited(('version = "1"', 'version = "2"'), ("effective_from = 2025-01-01", "effective_from = 2025-06-01"), text=text)
    text = edited(('S8 = "', 'S8 = { heavier = ["22"], title = "'), ('——仅供参照，不是本事项的依据"\n', '" }\n'), text=text)
    row = 'id = "x"\nitems = ["business-licence"]\nlevels = ["A"]\nleast = 1\nper = "draw"\nbasis = "S8:22"\n'
    (tmp_path / "drafts").mkdir()
    write(tmp_path / "drafts", f"{text}\n[[minimum]]\n{row}", pack="demo")
    told = past.replay("demo@2", "--folder", str(tmp_path / "drafts"), "--json")
    assert told.code == 0, told.err
    changed = [(one["case"], one["changes"]) for one in told.json["cases"]]
    assert changed == [(past.ids[number], ["STRATUM"]) for number in (7, 8, 9)]
    (odds,) = told.json["draws"]
    moved = [one for one in odds["classes"] if one["stratum"] != one["becomes"]]
    assert [(one["stratum"], one["becomes"], one["objects"], one["before"], one["after"]) for one in moved] == [
        ("normal-A", "normal-A/business-licence", 3, "1/3", "1/3")
    ]


def test_what_people_read_names_cases_and_classes_but_no_subject(past: Past, tmp_path: Path) -> None:
    folder = candidate(tmp_path / "drafts")
    told = past.replay("demo@2", "--folder", str(folder))
    assert "row normal-C → row normal-C2: 6" in told.out
    assert f"refused: item_unknown: 1 ({past.ids[12]})" in told.out
    assert "probability 1 → 1/2" in told.out
    office = office_of(past.operator, Hand())
    with closing(office.store):
        pack = Policybook.load(folder).get("demo@2")
        period = Period(first=START.date(), last=START.date(), of="demo")
        made = replay(office, pack, period, lambda _: None, lambda _at, _of: None)
    chinese = backtestwords.render(made, "zh-Hans")
    assert "概率 1 → 1/2" in chinese
    assert "backtest." not in chinese + told.out
    everything = told.out + chinese + past.replay("demo@2", "--folder", str(folder), "--json").out
    assert not any(name in everything for name in ("TEST0", "某某", "张三", "Z001"))


def test_a_record_that_is_not_what_its_own_pack_makes_of_it_is_a_fault_and_never_glossed_over(past: Past) -> None:
    spoil(past, 1, strategy__row="normal-B")
    spoil(past, 2, verify_term__due_at="2026-03-17T17:30:00+08:00")
    spoil(past, 3, claims=[])
    told = past.replay("demo@1", "--json")
    assert told.code == 1
    faults = {name: one["ids"] for name, one in told.json["faults"].items()}
    assert faults == {"ROW": [past.ids[1]], "DUE": [past.ids[2]], "COURSE,STRATUM,DUE": [past.ids[3]]}
    assert {one["case"] for one in told.json["cases"] if one.get("deviation") == "FAULT"} == {past.ids[n] for n in (1, 2, 3)}
    assert "FAULT" in past.replay("demo@1").out


def test_a_draw_whose_recorded_sizes_its_own_pack_does_not_give_is_a_fault(past: Past) -> None:
    with closing(past.operator.store()) as store, store.begin() as tx:
        rules = json.loads(tx.draws.file(past.draw, "rules.json"))
        rules["derivation"]["quota"]["normal-A"][3] = 2
        mine = (draw_file.c.number == past.draw) & (draw_file.c.name == "rules.json")
        tx.connection.execute(sa.update(draw_file).where(mine).values(bytes=json.dumps(rules).encode()))
    told = past.replay("demo@1", "--json")
    assert (told.code, told.json["draws"][0]["fault"]) == (1, True)


def test_facts_that_are_gone_are_counted_and_what_cannot_be_read_is_a_fault(past: Past) -> None:
    spoil(past, 1, body="")
    spoil(past, 2, body="{}")
    with closing(past.operator.store()) as store, store.begin() as tx:
        tx.connection.execute(sa.delete(case_file).where(case_file.c.id == past.ids[3]))
    told = past.replay("demo@1", "--json")
    said = told.json
    assert (told.code, said["read"], said["judged"], said["gone"]) == (1, 12, 10, 2)
    assert said["unreadable"] == {"count": 1, "ids": [past.ids[2]]}


def test_cases_of_other_packs_and_days_are_left_out_and_a_wrong_period_is_refused(past: Past) -> None:
    told = past.replay("maoji@2026.1", "--json").json
    assert (told["read"], told["judged"], told["other_packs"], told["draws"], told["draws_left_out"]) == (
        13,
        0,
        13,
        [],
        {"OTHER_PACK": 1},
    )
    over = past.replay("maoji@2026.1", "--of", "demo", "--json")
    assert (over.code, over.json["judged"]) == (0, 13)
    day = past.operator.well("policy", "replay", "demo", "--from", "2026-03-03", "--to", "2026-03-31", "--json").json
    assert (day["read"], day["draws"]) == (0, [])
    turned = past.operator.say("policy", "replay", "demo@1", "--from", "2026-03-03", "--to", "2026-03-02")
    assert (turned.code, "before it begins" in turned.err) == (2, True)
    assert past.replay("demo@9").code == 3


@pytest.mark.slow
def test_a_replay_that_is_broken_off_ends_with_130_and_leaves_nothing(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = past.operator.folder / "spool"
    spool.mkdir()
    monkeypatch.setenv("TMPDIR", str(spool))  # where what does not fit into memory is laid by, in files without a name
    words = ("policy", "replay", "demo@1", *PERIOD, "--config", str(past.operator.config))
    code, screen = at_a_terminal(past.operator, [], *words, program=("-c", AT, "after", "open", "spool"))
    assert (code, screen.count("broken off")) == (130, 1), screen
    assert list(spool.iterdir()) == []
    assert past.replay("demo@1").code == 0


@pytest.mark.slow
def test_a_replay_shows_how_far_it_is_to_people_at_a_terminal(past: Past) -> None:
    words = ("policy", "replay", "demo@1", *PERIOD, "--config", str(past.operator.config))
    code, screen = at_a_terminal(past.operator, [], *words)
    assert (code, "judging recorded cases again" in screen, "Cases read: 13" in screen) == (0, True, True), screen
