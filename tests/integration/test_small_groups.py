"""Lines that name nobody come into the register together or are only counted: in a small group somebody could be recognised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Seen
from inspector.domain.gazette import Fallen
from inspector.domain.publicationduty import PublicationState
from inspector.flows import gazette, publication
from inspector.flows.office import Office
from tests.house import Hand
from tests.integration.test_gazette import built, over
from tests.integration.test_publications import look, office

__all__ = ["office"]

PERSONS = ("张三", "李小四", "王五五", "赵六六", "钱七七", "孙八八")


def persons(office: Office, count: int, *, undecided: int = 0) -> None:
    """So many visits of one draw to natural persons; about `undecided` of them nobody has decided yet."""
    with office.store.begin() as tx:
        (made,) = (one for one in tx.visits.of_draw("bureau-2026-00001") if one.done_at is not None)
        tx.visits.put(replace(made, kind=SubjectKind.PERSON, code="110105194912310021", name="周原"))
        for number in range(1, count):
            (part,) = made.parts
            lead = number <= undecided
            told = replace(part, seen=Seen.FINDING if lead else Seen.NOTHING, remarks="有问题" if lead else "")
            findings = () if lead else made.findings
            one = replace(made, id=f"{made.id}-{number}", case_ids=(), parts=(told,), findings=findings, version=0)
            name, code = PERSONS[number % len(PERSONS)], f"11010519491231{number:04d}"
            tx.visits.add(replace(one, kind=SubjectKind.PERSON, code=code, name=name))


def texts(folder: Path) -> str:
    """Everything that is public."""
    return "".join(path.read_text(encoding="utf-8-sig") for path in folder.rglob("*") if path.is_file())


def states(office: Office) -> list[PublicationState]:
    """Where the duties stand."""
    with office.store.read() as tx:
        return [one.state for one in tx.publications.page(("bureau",), None, "", 50)]


@pytest.mark.slow
def test_a_few_results_that_name_nobody_are_counted_and_many_are_listed_without_day_code_or_name(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    persons(office, 4)
    look(office, hand)
    over(office)
    held, _ = built(office, tmp_path / "few", post=True)
    assert (held.lines, held.counted, len(held.fresh), held.withheld) == ((), 4, 4, 0)
    assert states(office) == [PublicationState.PUBLISHED] * 4, "to be counted is how the duty to publish them is fulfilled"
    assert "bureau-2026-00001" not in texts(tmp_path / "few"), "nothing is told of the draw"
    assert "4 件只计数" in texts(tmp_path / "few")
    again, _ = built(office, tmp_path / "few", post=False)
    assert (again.lines, again.counted) == ((), 4)


@pytest.mark.slow
def test_five_results_that_name_nobody_stand_together(office: Office, hand: Hand, tmp_path: Path) -> None:
    persons(office, 5)
    look(office, hand)
    over(office)
    held, _ = built(office, tmp_path / "site", post=True)
    assert (len(held.lines), held.counted) == (5, 0)
    assert {(one.name, one.code, one.formed_on, one.codes) for one in held.lines} == {("", "", None, ())}
    everything = texts(tmp_path / "site")
    assert not [one for one in (*PERSONS, "周原", "11010519491231") if one in everything]


@pytest.mark.slow
def test_a_group_that_has_become_too_small_since_others_were_taken_back_is_only_counted(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    persons(office, 5)
    duties = look(office, hand)
    over(office)
    held, _ = built(office, tmp_path / "site", post=True)
    assert (len(held.lines), held.counted) == (5, 0)
    with office.store.begin() as tx:
        for one in duties[:2]:
            publication.recall(office, tx, one.id, Fallen.MISTAKE, "", "", "李四", hand())
    hand.on(days=1)
    for post in (True, False):
        held, _ = built(office, tmp_path / "site", post=post)
        assert ([one.removed for one in held.lines], held.counted) == ([Fallen.MISTAKE] * 2, 3), "three alone could be recognised"
    assert not [one.id for one in duties[2:] if one.id in texts(tmp_path / "site")]


@pytest.mark.slow
def test_a_small_group_waits_for_those_who_are_still_undecided_until_its_date_is_near(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    persons(office, 6, undecided=2)
    (*_, last) = look(office, hand)
    over(office)
    held, _ = built(office, tmp_path / "site", post=True)
    assert (held.lines, len(held.fresh), held.counted, held.withheld) == ((), 0, 6, 0), "one number, whoever waits"
    hand.now = office.calendar.opening(office.calendar.add_working_days(office.calendar.local_date(last.formed_at), 18))
    held, _ = built(office, tmp_path / "site", post=True)
    assert (held.lines, len(held.fresh), held.counted, held.withheld) == ((), 4, 6, 0), (
        "a duty is kept, and four are only counted"
    )


@pytest.mark.slow
def test_a_group_in_which_something_was_found_about_everybody_is_not_listed(office: Office, hand: Hand) -> None:
    persons(office, 5)
    with office.store.begin() as tx:
        for one in tx.visits.of_draw("bureau-2026-00001"):
            unseen = tuple(replace(seen, verdict=Verdict.CANNOT_SAY) for seen in one.findings)
            tx.visits.put(replace(one, findings=unseen, parts=tuple(replace(part, seen=None) for part in one.parts)))
    look(office, hand)
    over(office)
    held = gazette.gather(office, hand(), post=True)
    assert (held.lines, held.counted) == ((), 5)
