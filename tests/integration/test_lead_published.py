"""What a check for cause came to is public in the pack's days, too: of no draw, and without a word of who told (handbook 1.2.25)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain.errors import Refusal
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.leadcheck import Report
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.flows import gazette, leads, printed, publication
from inspector.flows.office import Office
from inspector.gazette import counts
from inspector.store.store import Store
from tests.house import Hand, open_office
from tests.integration.test_disclosure import texts
from tests.integration.test_gazette import built
from tests.integration.test_leads import CODE, NAME, matters, tip
from tests.integration.test_publications import look

pytestmark = pytest.mark.alike


def made(office: Office, hand: Hand, *, found: bool) -> PublicationDuty:
    """A lead check was made and entered; the duty about it."""
    with office.store.begin() as tx:
        held = leads.propose(office, tx, tip(office, tx, hand), "现场是否经营", "线索具体", "李四", hand())
        leads.decide(office, tx, held.id, "王局长", "批〔2026〕1号", hand(), approved=True)
        told = Report(inspectors=("A-1", "A-2"), on=hand().date(), found=found, words="门店已关闭", by="李四")
        leads.report(office, tx, held.id, told, hand())
    with office.store.read() as tx:
        (duty,) = tx.publications.page(("bureau",), None, "", 9)
    return duty


def test_nothing_found_is_owed_for_twenty_working_days_and_public_with_its_proof(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, site = open_office(store, hand), tmp_path / "site"
    duty = made(office, hand, found=False)
    formed = office.calendar.local_date(hand())
    assert office.calendar.local_date(duty.due_at) == office.calendar.add_working_days(formed, 20)
    assert (duty.state, duty.basis) == (PublicationState.OWED, "P:1.2.25")
    held, _ = built(office, site, post=True)
    assert [(line.found, line.code, line.draw) for line in held.lines] == [(CheckResult.NOTHING, CODE, "")]
    (count,) = held.draws
    assert (count.draw, count.drawn, count.made, dict(count.results)) == ("", 1, 1, {CheckResult.NOTHING: 1})
    with store.read() as tx:
        posted = tx.publications.get(duty.id).posted
    assert posted is not None
    assert posted.reference.endswith(f"#{duty.id}")
    everything = texts(site)
    assert "线索检查" in everything
    for one in (NAME, "实际并未经营", "现场是否经营", "门店已关闭", "A-1"):
        assert one not in everything, "neither who told, nor what for, nor a word of those who went"
    with store.begin() as tx:
        publication.recall(office, tx, duty.id, Fallen.MISTAKE, "", "", "李四", hand())
    held, _ = built(office, site, post=True)
    assert [line.removed for line in held.lines] == [Fallen.MISTAKE]
    assert CODE not in texts(site)


def test_what_was_found_is_a_lead_until_an_officer_has_said_what_it_came_to(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, site = open_office(store, hand), tmp_path / "site"
    duty = made(office, hand, found=True)
    held, _ = built(office, site, post=True)
    assert (held.lines, held.withheld) == ((), 1)
    with store.begin() as tx, pytest.raises(Refusal, match="publication_undecided"):
        publication.publish(office, tx, duty.id, hand().date(), "公告栏", "李四", hand())
    with store.begin() as tx:
        publication.rule(office, tx, duty.id, CheckResult.PROBLEM, "现场已关闭，另行立案", "李四", hand())
    assert leads.FOUND not in matters(store)
    held, _ = built(office, site, post=True)
    assert [line.found for line in held.lines] == [CheckResult.PROBLEM]
    (count,) = held.draws
    value = json.loads(dict(counts.files("云溪区", held.draws))[counts.FILE])
    assert (value["results"], value["waiting"], count.waiting) == ({"PROBLEM": 1}, 0, 0)
    assert "另行立案" not in texts(site)


def test_of_nothing_found_nobody_rules_and_a_pack_without_a_term_owes_nothing(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    duty = made(office, hand, found=False)
    with store.begin() as tx, pytest.raises(Refusal, match="publication_nothing_to_rule"):
        publication.rule(office, tx, duty.id, CheckResult.NOTHING, "无", "李四", hand())
    with store.begin() as tx:
        done = publication.publish(office, tx, duty.id, hand().date(), "公告栏", "李四", hand())
    assert done.state is PublicationState.PUBLISHED
    packs = tuple(replace(pack, publish=replace(pack.publish, within=None)) for pack in office.book.packs)
    office = replace(office, book=replace(office.book, packs=packs))
    with store.begin() as tx:
        held = leads.propose(office, tx, tip(office, tx, hand), "现场是否经营", "线索具体", "李四", hand())
        leads.decide(office, tx, held.id, "王局长", "批〔2026〕2号", hand(), approved=True)
        told = Report(inspectors=("A-1", "A-2"), on=hand().date(), found=False, words="", by="李四")
        leads.report(office, tx, held.id, told, hand())
        assert len(tx.publications.leads("", 9)) == 1
    assert gazette.gather(office, hand(), post=False).withheld == 0


def test_what_was_taken_back_for_a_slip_is_owed_anew_and_public_again(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, site = open_office(store, hand), tmp_path / "site"
    duty = made(office, hand, found=False)
    built(office, site, post=True)
    with store.begin() as tx:
        publication.recall(office, tx, duty.id, Fallen.MISTAKE, "", "", "李四", hand())
    again = {one.id: one for one in look(office, hand)}
    assert again.keys() == {duty.id, f"{duty.id}.2"}
    assert (again[duty.id].renewed, again[f"{duty.id}.2"].state) == (True, PublicationState.OWED)
    assert {one.id for one in look(office, hand)} == again.keys(), "twice is once"
    held, _ = built(office, site, post=True)
    assert [(line.id, line.removed) for line in held.lines] == [(duty.id, Fallen.MISTAKE), (f"{duty.id}.2", None)]
    assert printed.look(store) == []


def test_what_an_officer_says_otherwise_while_files_are_posted_is_owed_anew_as_it_was_said(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    duty = made(office, hand, found=True)
    ruled(office, hand, duty.id, CheckResult.PROBLEM)
    underway = gazette.gather(office, hand(), post=True)
    ruled(office, hand, duty.id, CheckResult.NOTHING)
    gazette.say(office, underway, "https://example.org", "李四", hand())
    with store.read() as tx:
        fell = tx.publications.get(duty.id)
    assert (fell.state, fell.why) == (PublicationState.TO_REMOVE, Fallen.REOPENED)
    (anew,) = (one for one in look(office, hand) if one.id != duty.id)
    assert (anew.state, anew.turn, anew.ruled) == (PublicationState.OWED, 2, fell.ruled)
    now = gazette.gather(office, hand(), post=True)
    assert [line.found for line in now.fresh.values()] == [CheckResult.NOTHING]
    assert printed.look(store) == []


def test_a_slip_in_what_was_found_is_for_an_officer_to_say_anew(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    duty = made(office, hand, found=True)
    ruled(office, hand, duty.id, CheckResult.PROBLEM)
    assert leads.FOUND not in matters(store)
    with store.begin() as tx:
        publication.publish(office, tx, duty.id, hand().date(), "公告栏", "李四", hand())
        publication.recall(office, tx, duty.id, Fallen.CHANGED, "", "", "李四", hand())
    look(office, hand)
    assert leads.FOUND in matters(store)
    with store.begin() as tx, pytest.raises(Refusal, match="publication_undecided"):
        publication.publish(office, tx, f"{duty.id}.2", hand().date(), "公告栏", "李四", hand())


def ruled(office: Office, hand: Hand, duty: str, found: CheckResult) -> None:
    with office.store.begin() as tx:
        publication.rule(office, tx, duty, found, "现场复核", "李四", hand())
