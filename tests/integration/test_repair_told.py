"""A repair asked for by the link keeps its files and has a date; its subject hears what lacks, and what was decided and why."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from inspector.domain.case import Outcome
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.creditrecord import RecordState
from inspector.domain.docket import DocketKind
from inspector.domain.serving import NoticeKind, SubjectNotice, SubjectWord
from inspector.flows import repairs, spoken
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_creditrecords import NAMES, PAPERS, Place, place
from tests.integration.test_forms import hidden, logged_in

pytestmark = pytest.mark.alike
PAPER = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def asked(here: Place) -> str:
    """A record whose minimum is over, and whose subject has asked for its repair by the link, with a file."""
    entry = here.found(1)
    here.hand.on(days=96)
    settle(here.office)
    with here.office.store.begin() as tx:
        files = (spoken.take(PAPER),)
        spoken.say(here.office, tx, f"{entry}:repairable", SubjectWord.REPAIR, "已改正，见附件", files, here.hand())
    return entry


def told(here: Place, entry: str, kind: NoticeKind) -> list[SubjectNotice]:
    with here.office.store.read() as tx:
        return [one for one in tx.servings.of_case(here.record(entry).case_id) if one.kind is kind]


def test_what_the_subject_sends_with_its_wish_is_on_the_record_and_our_clock_runs_from_the_asking(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path) as here:
        entry = asked(here)
        repair, digest = here.record(entry).repair, hashlib.sha256(PAPER).hexdigest()
        assert repair is not None
        assert repair.files == (digest,)
        assert repair.due_at is not None
        assert repair.missing == tuple(RepairPaper), "what a file shows an officer says, never the link"
        with here.office.store.read() as tx:
            rows = tx.docket.page(["bureau"], None, 50)
        assert [(one.id, one.due_at) for one in rows if one.kind is DocketKind.REPAIR] == [(entry, repair.due_at)]
        with serving(here.office) as edge, edge.client() as browser:
            logged_in(edge, browser)
            shown = browser.get(f"/credit/records/{entry}").text
            link = f"/notices/{entry}:repairable/materials/{digest}"
            assert link in shown
            assert browser.get(link).content == PAPER


def test_what_is_late_stays_so_when_one_more_paper_comes(store: Store, hand: Hand, tmp_path: Path) -> None:
    with place(store, hand, tmp_path) as here:
        entry = here.found(1)
        hand.on(days=100)

        def ask(papers: tuple[tuple[RepairPaper, str], ...]) -> tuple[object, object]:
            with here.office.store.begin() as tx:
                repairs.ask(here.office, tx, entry, "请修复", papers, "hall", hand())
                matter = tx.attention.get(f"credit_repair_due:{entry}")
            assert matter is not None
            told = json.loads(matter["body"])
            return told["overdue"], told["due_at"]

        overdue, due_at = ask(PAPERS[:1])
        assert overdue is False
        hand.on(days=20)
        settle(here.office)
        assert ask(PAPERS[1:]) == (True, due_at)


def test_the_subject_hears_once_which_papers_lack_and_by_when_it_is_decided(store: Store, hand: Hand, tmp_path: Path) -> None:
    with place(store, hand, tmp_path) as here:
        entry = asked(here)
        (lacks,) = told(here, entry, NoticeKind.REPAIR)
        repair = here.record(entry).repair
        assert repair is not None
        assert repair.due_at is not None
        assert any("信用承诺" in fact for fact in lacks.facts)
        assert any(here.office.calendar.local_date(repair.due_at).isoformat() in fact for fact in lacks.facts)
        with here.office.store.begin() as tx:
            spoken.say(here.office, tx, lacks.id, SubjectWord.REPAIR, "再补一份", (spoken.take(PAPER + b"\n"),), here.hand())
        assert len(told(here, entry, NoticeKind.REPAIR)) == 1, "the same lacks, and is not said again"
        kept = here.record(entry).repair
        assert kept is not None
        assert (len(kept.files), kept.due_at) == (2, repair.due_at)


def test_who_is_refused_a_repair_reads_why_and_what_is_open_against_it(store: Store, hand: Hand, tmp_path: Path) -> None:
    with place(store, hand, tmp_path) as here:
        entry = asked(here)
        before = {one.id for one in told(here, entry, NoticeKind.REPAIR)}
        with here.office.store.begin() as tx:
            repairs.decide(here.office, tx, entry, "王五", "整改材料与现场情况不符", here.hand(), grant=False)
        (refused,) = [one for one in told(here, entry, NoticeKind.REPAIR) if one.id not in before]
        assert refused.reasons == "整改材料与现场情况不符"
        assert any("行政复议" in right for right in refused.rights), "the remedy, its address and its term"
        with here.office.store.begin() as tx:
            spoken.say(here.office, tx, refused.id, SubjectWord.REPAIR, "已经整改到位", (), here.hand())
        assert here.record(entry).repair is not None, "it may be asked for again, by the same link"


def test_whose_record_is_repaired_hears_so_with_the_reasons(store: Store, hand: Hand, tmp_path: Path) -> None:
    with place(store, hand, tmp_path) as here:
        entry = asked(here)
        with here.office.store.begin() as tx:
            repairs.ask(here.office, tx, entry, "", PAPERS, "窗口", here.hand(), names=NAMES)
            repairs.decide(here.office, tx, entry, "王五", "符合修复条件", here.hand(), grant=True)
        (granted,) = told(here, entry, NoticeKind.REPAIRED)
        assert here.record(entry).state is RecordState.REPAIRED
        assert granted.reasons == "符合修复条件"
        assert any(here.hand().date().isoformat() in fact for fact in granted.facts)


def test_who_has_a_minor_entry_hears_at_once_that_it_may_be_repaired_and_asks_by_that_link(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    """An entry without a minimum is repaired at once (handbook 1.7.1)."""
    with place(store, hand, tmp_path) as here:
        entry = here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
        assert here.record(entry).least_until is None
        (open_,) = told(here, entry, NoticeKind.REPAIRABLE)
        assert "没有最短公示期" in open_.reasons
        (decision,) = (one for one in told(here, entry, NoticeKind.DECISION) if any(entry in fact for fact in one.facts))
        assert "现在即可申请信用修复" in decision.facts[-1]
        with here.office.store.begin() as tx:
            spoken.say(here.office, tx, open_.id, SubjectWord.REPAIR, "已改正", (spoken.take(PAPER),), here.hand())
        assert here.record(entry).repair is not None


def test_the_officer_says_beside_the_subjects_file_what_it_shows_and_the_wish_stays_the_subjects(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path) as here:
        entry, digest = asked(here), hashlib.sha256(PAPER).hexdigest()
        path, before = f"/credit/records/{entry}", here.record(entry).repair
        assert before is not None
        with serving(here.office) as edge, edge.client() as browser:
            logged_in(edge, browser, name="王五")
            page = browser.get(path).text
            form = page[page.index('id="way-count"') : page.index('value="count"')]
            assert f"/notices/{entry}:repairable/materials/{digest}" in form, "the file lies beside what is said of it"
            given = {"guard": hidden(page, "guard"), "message": hidden(page), "do": "count"}
            bare = browser.post(path, data=given)
            assert (bare.status_code, "请至少认定一个文件" in bare.text) == (422, True)
            assert browser.post(path, data=given | {f"shows:{digest}": "CORRECTED"}).status_code == 303
            after = browser.get(path).text
        assert "way-count" not in after, "every file is read"
        assert "已改正，见附件" in after
        repair = here.record(entry).repair
        assert repair is not None
        assert (repair.papers, repair.unread) == (((RepairPaper.CORRECTED, digest),), ())
        assert (repair.by, repair.words, repair.due_at) == (before.by, before.words, before.due_at)
        with here.office.store.read() as tx:
            said = tx.ledger.facts(["credit.repair_asked"], here.record(entry).case_id)
        assert said[-1][1]["by"] == "王五", "the ledger holds who said so"
