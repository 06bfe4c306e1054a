"""A row of a register that is edited for a moment around a draw: written down, counted, and a matter for the head when it is put back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.challenge import Applicant
from inspector.domain.edits import Edit
from inspector.domain.errors import Forbidden
from inspector.domain.inspection import CheckType, Inspection
from inspector.domain.roster import StaffRole
from inspector.domain.visit import VisitState
from inspector.flows import edits, keyed, moved, recusing, relief
from inspector.flows.draw import prepare
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store.store import Store
from tests.house import Hand, application, closing, post, settle
from tests.integration.test_draw_leaves import drawn, only_a_head_closes
from tests.integration.test_draw_rivals import pooled
from tests.integration.test_draw_way import FACTS, announced, carried_out, drawing
from tests.integration.test_joint import drawn as joint
from tests.integration.test_joint import together, waiting
from tests.operator import Operator, on_both, one_database, operated, settled, table

pytestmark = pytest.mark.alike

SHOP = "TEST00000000000001"

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def edited(office: Office, hand: Hand, staff: str, by: str = "os:keeper", **changes: object) -> None:
    """The register says something else of an officer, and seats pass on by it."""
    with office.store.begin() as tx:
        before = tx.rosters.inspector("bureau", staff)
        after = replace(before, **changes)  # type: ignore[arg-type]
        tx.rosters.put_inspectors([after])
        edits.note(office, tx, "bureau", [(before, after)], by, hand())
        relief.look(office, tx, "bureau", hand())
    hand.on(minutes=1)


def matters(office: Office) -> list[Any]:
    with office.store.read() as tx:
        return [one for one in tx.attention.of_kind(edits.UNDONE) if one.open]


def counts(office: Office) -> moved.Moved:
    with office.store.read() as tx:
        return moved.between(tx, "bureau", None)


@on_both
@pytest.mark.slow
def test_a_certificate_taken_away_for_a_moment_moves_the_seat_and_is_told_to_the_head(store: Store, hand: Hand) -> None:
    office, held, staff = drawn(store, hand)
    hand.on(minutes=5)
    with store.read() as tx:
        until = tx.rosters.inspector("bureau", staff).certificate_until
    edited(office, hand, staff, certificate_until=hand().date() - timedelta(days=1))
    assert matters(office) == [], "a certificate may have been entered wrongly, and nobody looks"
    edited(office, hand, staff, by="os:other", certificate_until=until + timedelta(days=1))
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["count"], matter.facts["by"]) == (held.number, 1, ["os:keeper", "os:other"])
    assert counts(office) == moved.Moved(edited=2, edited_back=1)
    with store.read() as tx:
        made = report(office, tx, held.number)
    assert made.moves is None or made.moves.put_back == 1


@on_both
@pytest.mark.slow
def test_what_was_edited_before_the_freeze_and_is_put_back_behind_it_is_counted_committed_and_told(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    with store.read() as tx:
        first, second, *_ = tx.rosters.inspectors("bureau")
    edited(office, hand, first.id, role=StaffRole.EXPERT)
    edited(office, hand, second.id, cap=0)
    _, held = announced(office, hand)
    with store.read() as tx:
        told = json.loads(tx.draws.file(held.number, "commit.json"))["lists"][0]["derivation"]["moved"]
    assert (told["edited"], told["edited_back"]) == (2, 0)
    hand.on(minutes=5)
    edited(office, hand, first.id, role=StaffRole.OFFICER)
    edited(office, hand, second.id, cap=first.cap - 1)
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 2), "a cap that comes back as nearly what it was"
    carried_out(office, hand, held.number)
    with store.read() as tx:
        made = report(office, tx, held.number)
    assert made.moves is not None
    assert (made.moves.edited, made.moves.edited_back, made.moves.put_back) == (2, 0, 2)
    assert "| Put back behind it | 2 |" in markdown(tell(made, "en"))


@pytest.mark.slow
def test_a_certificate_renewed_in_time_or_late_is_no_matter(store: Store, hand: Hand) -> None:
    office, _, staff = drawn(store, hand)
    edited(office, hand, staff, certificate_until=hand().date() + timedelta(days=4000))
    assert (counts(office), matters(office)) == (moved.Moved(edited=1), []), "who is renewed may be dealt longer"
    with store.begin() as tx:  # it has run out by itself
        row = tx.rosters.inspector("bureau", staff)
        tx.rosters.put_inspectors([replace(row, certificate_until=hand().date() - timedelta(days=1))])
    edited(office, hand, staff, certificate_until=hand().date() + timedelta(days=4000))
    assert (counts(office), matters(office)) == (moved.Moved(edited=2), [])


@on_both
def test_a_certificate_that_holds_and_is_let_end_before_the_visits_for_one_frame_is_counted_and_a_matter(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    with store.read() as tx:
        first, *_ = tx.rosters.inspectors("bureau")
    edited(office, hand, first.id, certificate_until=hand().date() + timedelta(days=1))
    _, held = announced(office, hand)
    with store.read() as tx:
        frame = tx.draws.file(held.number, "inspectors.tsv").decode()
    assert next(line for line in frame.splitlines() if line.startswith(first.id)).split("\t")[4] == "uncertified"
    assert (counts(office), matters(office)) == (moved.Moved(edited=1), []), "it holds today"
    hand.on(minutes=5)
    edited(office, hand, first.id, by="os:other", certificate_until=first.certificate_until - timedelta(days=2))
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["count"], matter.facts["by"]) == (held.number, 1, ["os:keeper", "os:other"])
    assert counts(office) == moved.Moved(edited=2, edited_back=1)


@pytest.mark.slow
def test_an_edit_of_a_former_draw_that_is_put_back_much_later_calls_nobody(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    with store.read() as tx:
        first, *_ = tx.rosters.inspectors("bureau")
    edited(office, hand, first.id, cap=3)
    _, held = announced(office, hand)
    carried_out(office, hand, held.number)
    hand.on(days=7)
    _, following = announced(office, hand)
    hand.on(minutes=5)
    edited(office, hand, first.id, cap=9)
    assert [one.facts["draw"] for one in matters(office)] in ([], [held.number]), f"it was long before {following.number}"


@on_both
@pytest.mark.slow
def test_an_edit_from_before_the_former_frames_is_looked_for_no_more_and_one_behind_them_is(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    with store.read() as tx:
        first, second, *_ = tx.rosters.inspectors("bureau")
    edited(office, hand, first.id, cap=first.cap - 1)
    for turn in range(3):
        if turn == 2:
            edited(office, hand, second.id, cap=second.cap - 1)
        with store.begin() as tx:
            held = prepare(office, tx, "weekly", hand().isoformat(), hand(), by="clerk")
        assert held is not None
        settle(office)
        carried_out(office, hand, held.number)
        hand.on(days=7)
    with store.begin() as tx:  # the visits are over
        for number in tx.draws.newest("bureau"):
            for one in tx.visits.of_selection(number):
                tx.visits.put(replace(one, state=VisitState.CANCELLED))
    edited(office, hand, first.id, cap=first.cap)
    assert counts(office) == moved.Moved(edited=3), "two frames stood since"
    edited(office, hand, second.id, cap=second.cap)
    assert counts(office) == moved.Moved(edited=4, edited_back=1)


def test_only_a_head_without_a_hand_in_it_closes_it(store: Store, hand: Hand) -> None:
    office, held, staff = drawn(store, hand)
    edited(office, hand, staff, by="陈局长", role=StaffRole.EXPERT)
    edited(office, hand, staff, role=StaffRole.OFFICER)
    only_a_head_closes(office, hand, f"{edits.UNDONE}:{held.number}:bureau", "陈局长", "os:keeper", "李科员")
    assert matters(office) == []


@pytest.mark.slow
def test_an_import_writes_each_edit_down_by_pseudonym_and_by_staff_code(operator: Operator) -> None:
    def imports(what: str, name: str, heads: list[str], *rows: list[str]) -> None:
        file = operator.file(name, table(heads, *rows))
        said = operator.say("roster", "import", what, file, "--agency", "bureau", "--remove", "--yes", "--uncovered")
        assert said.code == 0, said.err

    heads = ["id", "name", "certificate", "certificate_until", "pools", "cap"]
    imports("inspectors", "a.csv", heads, ["X1", "钱某", "A1", "2027-01-01", "东区", "5"])
    imports("inspectors", "b.csv", heads, ["X1", "钱某某", "A2", "2027-01-01", "西区", "4"])
    shops = ["code", "name", "pool", "since"]
    imports("objects", "c.csv", shops, [SHOP, "某店", "东区", "2026-01-01"])
    imports("objects", "d.csv", shops, [SHOP, "某某店", "西区", "2026-01-01"])
    imports("objects", "e.csv", shops, [SHOP, "某店", "东区", "2026-03-01"])
    with closing(operator.store()) as store, store.read() as tx:
        told = [facts for _, facts in tx.ledger.facts((edits.RULE,), "roster:bureau")]
        assert [(one["edited"], one["edited_back"]) for one in told] == [(0, 0), (5, 0), (1, 0), (2, 1)]
        assert told[0]["officers_added"] == 1
        who = [["X1", "certificate", "A1", "A2"], ["X1", "name", "钱某", "钱某某"]]
        assert told[1]["edits"] == [
            ["X1", "cap", 5, 4],
            *who,
            ["X1", "pools:东区", True, False],
            ["X1", "pools:西区", False, True],
        ]
        assert SHOP not in json.dumps([one["edits"] for one in told])
        assert moved.between(tx, "bureau", None) == moved.Moved(added=1, officers_added=1, edited=8, edited_back=1)


def test_more_and_less_count_of_what_is_ordered_and_the_value_of_what_is_not() -> None:
    lowered, raised = Edit(who="X", aspect="cap", old=10, new=0), Edit(who="X", aspect="cap", old=0, new=9)
    assert raised.back_from(lowered)
    assert not Edit(who="X", aspect="cap", old=9, new=8).back_from(lowered)
    former, ends = (
        Edit(who="X", aspect="certified", old=True, new=False),
        Edit(who="X", aspect="certified", old="", new="2027-01-01"),
    )
    assert ends.back_from(former), "an entry of a former release"
    assert not ends.back_from(ends)
    assert not Edit(who="Y", aspect="cap", old=0, new=10).back_from(lowered)
    east = Edit(who="X", aspect="pool", old="east", new="west")
    assert Edit(who="X", aspect="pool", old="west", new="east").back_from(east)
    third = Edit(who="X", aspect="pool", old="west", new="north")
    assert not third.back_from(east)
    assert third.back_from(east, framed=True), "a frame stood upon it"
    since = Edit(who="X", aspect="since", old="", new=date(2026, 1, 1).isoformat())
    assert Edit(who="X", aspect="since", old="2026-01-01", new="2025-12-01").back_from(since)


def test_a_conflict_declared_before_the_freeze_and_ended_behind_it_is_counted_and_a_matter_of_the_head(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    with store.begin() as tx:
        first, *_ = tx.rosters.inspectors("bureau")
        for _ in range(2):  # said again it is the same one
            recusing.declare(
                office,
                tx,
                "bureau",
                SHOP,
                first.id,
                applicant=Applicant.INSPECTOR,
                by="os:keeper",
                reason="kin",
                evidence="声明书",
                now=hand(),
            )
    hand.on(minutes=1)
    _, held = announced(office, hand)
    assert (counts(office), matters(office)) == (moved.Moved(edited=1), [])
    hand.on(minutes=5)
    with store.begin() as tx:
        recusing.end(office, tx, "bureau", SHOP, first.id, by="os:other", now=hand())
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["by"]) == (held.number, ["os:keeper", "os:other"])
    assert counts(office) == moved.Moved(edited=2, edited_back=1)
    with store.read() as tx:
        assert SHOP not in json.dumps([facts for _, facts in tx.ledger.facts((edits.RULE,), "roster:bureau")]), (
            "a pseudonym alone"
        )


def test_a_past_inspection_that_is_told_for_one_frame_and_untold_behind_it_is_counted_and_a_matter(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    day = hand().date() - timedelta(days=20)
    made = Inspection(agency="bureau", kind=SubjectKind.FIRM, code=SHOP, on=day, check=CheckType.PLANNED)

    def tells(row: Inspection) -> None:
        with store.begin() as tx:
            edits.note_inspections(office, tx, "bureau", tx.inspections.of("bureau"), [row], "os:keeper", hand())
            tx.inspections.put([row], hand())
        hand.on(minutes=1)

    tells(made)
    _, held = announced(office, hand)
    hand.on(minutes=5)
    tells(made)
    assert (counts(office), matters(office)) == (moved.Moved(edited=1), []), "the same file again says nothing new"
    tells(replace(made, completed=False))
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 1)
    assert counts(office) == moved.Moved(edited=2, edited_back=1)


@pytest.mark.slow
def test_an_officer_whom_a_partner_lends_is_edited_and_put_back_and_the_joint_draw_says_so(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    waiting(office, "bureau")

    def lends(cap: int) -> None:
        with store.begin() as tx:
            row, *_ = tx.rosters.inspectors("other")
            after = replace(row, cap=cap)
            tx.rosters.put_inspectors([after])
            edits.note(office, tx, "other", [(row, after)], "os:keeper", hand())
        hand.on(minutes=1)

    lends(0)
    held, _ = joint(office, hand)
    lends(90)
    with store.read() as tx:
        derived = json.loads(tx.draws.file(held.number, "commit.json"))["lists"][0]["derivation"]
        made = report(office, tx, held.number).moves
    assert (derived["moved"]["edited"], derived["partners"]["other"]["moved"]["edited"]) == (0, 1), "each agency's by itself"
    assert made is not None
    assert (made.edited, made.edited_back, made.put_back) == (1, 0, 1)
    hand.on(days=7)
    post(office, replace(application(2, "dispatch-premises", FACTS), agency="bureau", reference="R-2"))
    settle(office)
    with store.begin() as tx:
        following = prepare(office, tx, "joint", hand().isoformat(), hand(), by="clerk")
    settle(office)
    assert following is not None
    with store.read() as tx:
        derived = json.loads(tx.draws.file(following.number, "commit.json"))["lists"][0]["derivation"]["partners"]
        moves = derived["other"]["moved"]
    assert (moves["since"], moves["edited"], moves["edited_back"]) == (held.number, 1, 1)


def test_a_head_finds_one_subject_in_frame_and_entries_by_its_keys_and_nobody_else_does(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    with store.begin() as tx:
        with pytest.raises(Forbidden, match="key_not_head"):
            keyed.keys(office, tx, "bureau", SubjectKind.PERSON, "11010519491231002X", "李科员")
        person = keyed.keys(office, tx, "bureau", SubjectKind.PERSON, "11010519491231002X", "王局长")
        firm = keyed.keys(office, tx, "bureau", SubjectKind.FIRM, SHOP, "王局长")
        first, *_ = tx.rosters.inspectors("bureau")
        edits.note_conflict(office, tx, "bureau", SHOP, first.id, "os:keeper", hand(), holds=True)
        ((_, facts),) = tx.ledger.facts((edits.RULE,), "roster:bureau")
    assert (person.frame, firm.frame) == (object_id(office.secret, SubjectKind.PERSON, "11010519491231002X"), SHOP)
    assert (len({person.frame, firm.entries, firm.conflicts}), person.entries) == (3, person.frame)
    assert facts["edits"][0][1] == f"conflict:{firm.conflicts}"


def test_who_asks_for_a_key_is_in_the_ledger_with_the_purpose_and_without_the_number(operator: Operator) -> None:
    who, ways = "11010519491231002X", ("--agency", "bureau", "--by", "王某")
    assert operator.say("roster", "key", who, *ways, "--note", " ").code != 0, "a purpose is owed"
    said = operator.well("roster", "key", "110105 19491231 002x", *ways, "--note", "答复申诉", "--json")
    with closing(operator.store()) as store:
        ((rule, facts),) = operated(store)
    assert (rule, facts["object"], facts["note"]) == ("operator.roster.key", said.json["frame"], "答复申诉")
    assert who not in json.dumps(facts) + said.out
    assert operator.well("roster", "key", who, *ways, "--note", "答复申诉", "--json").json == said.json
