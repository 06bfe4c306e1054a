"""A letter on paper lies in this house until somebody says that it was posted: nobody is silent to whom it did not go (decision 171)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.agencies import paper
from inspector.domain.assistance import AssistanceState, Quarrel
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.inquiry import Asked
from inspector.domain.letter import LetterKind
from inspector.domain.said import Said, Saying
from inspector.flows import assist, attention, posted, transcription, wording
from inspector.flows.office import Office
from inspector.flows.scoreboard import recent_days, scoreboard
from inspector.flows.transcription import Paper
from inspector.labels import LANGS
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_digest import NEXT, digesting
from tests.integration.test_letters import Desk, an_office, climbing, opened, request_of, withdraw

pytestmark = pytest.mark.alike

YES = Said(do=Saying.ANSWER, signer="王五", verdict=Verdict.MATCH)


def by_post(store: Store, hand: Hand, folder: Path, *, above: bool = False) -> tuple[Office, Desk, str]:
    """An office with a request whose agency gets its letters by post, or (`above`) whose common superior does; and the other one."""
    other = Desk("civil-affairs" if above else "county-office")
    name = "county-office" if above else "civil-affairs"
    office = climbing(an_office(store, hand, {name: paper.connect(name, {"folder": str(folder)}), other.name: other}))
    return office, other, opened(office)


def to_post(office: Office) -> list[str]:
    with office.store.read() as tx:
        return [str(row["id"]) for row in tx.attention.page(None) if row["kind"] == "letter_to_post"]


def held_up(office: Office) -> list[tuple[str, list[str]]]:
    """Requests past their date of which a person hears that they stand still for our own post room, and for which letters."""
    with office.store.read() as tx:
        told = [row for row in tx.attention.page(None) if row["kind"] == "letter_holds"]
    return [(str(row["about"]), json.loads(row["body"])["letters"]) for row in told]


def post(office: Office, kind: LetterKind) -> None:
    """A person posts the letter of a kind that lies here, and says so."""
    (matter,) = [one for one in to_post(office) if f":{kind.value}:" in one]
    with office.store.begin() as tx:
        posted.seen_to(office, tx, matter, "李四", office.now(), note="已挂号寄出")


def rules(store: Store, case_id: str) -> list[str]:
    return [one.rule.removeprefix("assistance.") for one in request_of(store, case_id).history]


def climb(office: Office, hand: Hand, times: int, days: int = 1) -> None:
    for _ in range(times):
        hand.on(days=days)
        settle(office)


def until_held_up(office: Office, hand: Hand) -> None:
    """Days pass until a person hears that a request stands still for our own post room."""
    while not held_up(office):
        climb(office, hand, 1)


@pytest.mark.slow
def test_reminders_that_nobody_posted_are_no_reminders_and_nobody_above_hears_of_a_silence(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, county, case_id = by_post(store, hand, tmp_path)
    settle(office)
    post(office, LetterKind.REQUEST)
    until_held_up(office, hand)
    held = request_of(store, case_id)
    assert (held.state.open, held.escalated_to, county.kinds) == (True, None, [])
    assert [one.split(":")[3] for one in to_post(office)] == ["reminder"], "of the dates that have passed nobody need be told"
    assert held_up(office) == [(held.id, ["reminder"])], "a person hears that the request stands still, apart from the tray"
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
    assert (score.open, score.unanswered, score.escalated) == (1, 0, 0)
    post(office, LetterKind.REMINDER)
    assert held_up(office) == []
    hand.on(hours=2)
    settle(office)
    assert "liaison" not in rules(store, case_id), "the step after it has its time from the posting"
    for kind in (LetterKind.LIAISON, LetterKind.HEAD):
        until_held_up(office, hand)
        assert county.kinds == []
        assert held_up(office) == [(held.id, [kind.value])]
        post(office, kind)
    climb(office, hand, 4, days=2)
    assert held_up(office) == []
    assert county.kinds[:1] == [LetterKind.ESCALATION]
    told = county.letters[0].text
    for line in ("函件已寄出（区民政局）：协助核查函", "函件已寄出（区民政局）：提醒函", "函件已寄出（区民政局）：致负责人函"):
        assert line in told
    assert told.index("提醒：函件无人收到（区民政局）：未寄出") < told.index("函件已寄出（区民政局）：提醒函")


def test_a_reminder_that_nobody_ever_posts_is_told_to_the_head_and_then_ends_the_request_and_is_no_silence_of_the_agencys(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, county, case_id = by_post(store, hand, tmp_path)
    settle(office)
    post(office, LetterKind.REQUEST)
    heads, days, tray = list[str](), 0, list[str]()
    while request_of(store, case_id).state.open and days < 60:
        climb(office, hand, 1)
        days += 1
        tray += to_post(office) if not heads else []
        with store.read() as tx:
            holds = [json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == "letter_holds"]
        heads += [one.get("heads", "") for one in holds]
    held = request_of(store, case_id)
    assert (rules(store, case_id)[-1], held.escalated_to, county.kinds) == ("unposted", None, [])
    assert (set(heads), bool(tray)) == ({"陈局长, 王局长, head"}, True), "the officer's tray first, and then the heads"
    assert ([one for one in to_post(office) if ":cancel:" not in one], held_up(office)) == ([], []), (
        "nobody is asked for it any more"
    )
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        told = [row for row in tx.ledger.about(case_id) if row["rule"] == "assistance.unposted"]
    assert (score.unheeded, score.unanswered, score.unreached) == (1, 0, 0)
    assert len(told) == 1


@pytest.mark.parametrize("goes", [False, True])
def test_a_superior_to_whom_nobody_posted_the_dispute_has_let_no_date_pass(
    store: Store, hand: Hand, tmp_path: Path, goes: bool
) -> None:
    office, _, case_id = by_post(store, hand, tmp_path, above=True)
    settle(office)
    with store.begin() as tx:
        assist.contest(office, tx, request_of(store, case_id).id, Quarrel.COMPETENCE, "不属于本局职权", "王五", office.now())
    settle(office)
    asked = request_of(store, case_id).dispute
    assert asked is not None
    assert "county-office" not in request_of(store, case_id).told
    hand.now = asked.due_at - timedelta(hours=2)
    if goes:
        post(office, LetterKind.DISPUTE)
        begun = request_of(store, case_id).dispute
        assert begun is not None
        assert begun.due_at > asked.due_at, "its time begins where its letter left"
        hand.now = begun.due_at - timedelta(hours=1)
        settle(office)
        assert request_of(store, case_id).state is AssistanceState.DISPUTED
    climb(office, hand, 3)
    held = request_of(store, case_id)
    assert held.state is AssistanceState.UNANSWERED
    assert rules(store, case_id)[-1] == ("undecided" if goes else "unjudged")
    assert ("dispute_stayed" in rules(store, case_id)) is not goes
    assert to_post(office) == ([one for one in to_post(office) if ":cancel:" in one] if goes else [])


@pytest.mark.slow
@pytest.mark.parametrize("goes", [False, True])
def test_a_superior_to_whom_nobody_posted_the_escalation_was_not_told(
    store: Store, hand: Hand, tmp_path: Path, goes: bool
) -> None:
    office, civil, case_id = by_post(store, hand, tmp_path, above=True)
    settle(office)
    while request_of(store, case_id).state is not AssistanceState.ESCALATED:
        climb(office, hand, 1)
    end = request_of(store, case_id).end_at
    assert end is not None
    hand.now = end - timedelta(hours=2)
    with store.begin() as tx:
        assist.accept(office, tx, request_of(store, case_id).id, "王五", office.now())
    if goes:
        post(office, LetterKind.ESCALATION)
        begun = request_of(store, case_id).end_at
        assert begun is not None
        assert begun > end
        hand.now = begun - timedelta(hours=2)
    climb(office, hand, 3)
    held = request_of(store, case_id)
    assert (held.state, held.escalated_to) == (AssistanceState.UNANSWERED, "county-office" if goes else None)
    assert rules(store, case_id)[-2:] == (["posted", "silent"] if goes else ["escalate_stayed", "silent"])
    assert len(list(tmp_path.glob("*-cancel-*"))) == goes, "whoever was not told need not hear of the end"
    assert LetterKind.CANCEL in civil.kinds


def test_of_a_letter_that_nobody_posted_no_notice_follows_that_it_is_over(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _, case_id = by_post(store, hand, tmp_path)
    settle(office)
    withdraw(office, case_id)
    settle(office)
    assert (len(list(tmp_path.glob("*.html"))), to_post(office)) == (1, [])


@pytest.mark.parametrize("told", [True, False])
def test_days_for_which_a_letter_lay_in_our_tray_are_not_the_agencys_though_its_answer_is_entered_first(
    store: Store, hand: Hand, tmp_path: Path, told: bool
) -> None:
    office, _, case_id = by_post(store, hand, tmp_path)
    settle(office)
    hand.now += timedelta(days=9)  # a Wednesday; it was posted on Monday
    day = hand.now.date()
    with store.begin() as tx:
        paper_of = Paper(written="一致", scan="0" * 64, came=day, posted=day - timedelta(days=2) if told else None)
        transcription.transcribe(office, tx, request_of(store, case_id).id, YES, paper_of, "李四", hand())
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        days = recent_days(office, tx, hand())
    assert (score.answered, score.heard_days, score.answer_days, score.punctual) == ((1, [2], [2], 1) if told else (1, [], [], 0))
    assert [one[2] for one in days] == ([2] if told else [])
    assert to_post(office) == []
    assert rules(store, case_id) == ["open", "laid", *(["posted"] if told else []), "answer"]


def test_a_day_of_posting_is_asked_for_only_while_nobody_knows_it_and_is_one_that_can_be(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _, case_id = by_post(store, hand, tmp_path)
    settle(office)
    request, day = request_of(store, case_id).id, hand().date()
    hand.on(days=3)
    for posted_on, came in ((day - timedelta(days=1), None), (day + timedelta(days=2), day + timedelta(days=1))):
        with pytest.raises(Invalid, match="posted_day"), store.begin() as tx:
            transcription.transcribe(
                office, tx, request, YES, Paper(written="一致", scan="0" * 64, came=came, posted=posted_on), "李四", hand()
            )
    with serving(office) as edge, edge.client() as desk:
        desk.post("/login", data={"token": edge.token("officer", name="李四")})
        assert 'id="posted"' in desk.get(f"/requests/{request}").text
        post(office, LetterKind.REQUEST)
        assert 'id="posted"' not in desk.get(f"/requests/{request}").text
    with pytest.raises(Invalid, match="posted_known"), store.begin() as tx:
        transcription.transcribe(office, tx, request, YES, Paper(written="一致", scan="0" * 64, posted=day), "李四", hand())


def asked(store: Store, case_id: str) -> list[tuple[str, str, datetime]]:
    """Which agencies the record says were asked, by what, and when."""
    with store.read() as tx:
        return [(one.connector, one.outcome, one.at) for one in tx.inquiries.of_case(case_id) if one.port is Asked.AGENCY]


def test_an_agency_counts_as_asked_when_its_letter_was_posted(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _, case_id = by_post(store, hand, tmp_path)
    withdrawn = opened(office, 2)
    settle(office)
    assert len(list(tmp_path.glob("*.html"))) == 2
    assert asked(store, case_id) == asked(store, withdrawn) == [], "they lie here"
    withdraw(office, withdrawn)
    settle(office)
    hand.on(days=1)
    post(office, LetterKind.REQUEST)
    assert asked(store, case_id) == [("civil-affairs", "request", hand())]
    assert asked(store, withdrawn) == [], "nobody asked anybody about that subject"


@pytest.mark.parametrize("speaks", ["answer", "forward"])
def test_an_agency_that_speaks_was_asked_though_its_letter_lies_here_as_far_as_anybody_has_said(
    store: Store, hand: Hand, tmp_path: Path, speaks: str
) -> None:
    office, _, case_id = by_post(store, hand, tmp_path)
    settle(office)
    with store.begin() as tx:
        if speaks == "answer":
            assist.answer(office, tx, request_of(store, case_id).id, Verdict.MATCH, "", "王五", hand())
        else:
            assist.forward(office, tx, request_of(store, case_id).id, "houses", "不属本局职权", "王五", hand())
    assert asked(store, case_id) == [("civil-affairs", "request", hand())]
    assert to_post(office) == []


def test_a_superior_is_on_record_when_its_letter_was_posted(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _, case_id = by_post(store, hand, tmp_path, above=True)
    settle(office)
    with store.begin() as tx:
        assist.contest(office, tx, request_of(store, case_id).id, Quarrel.COMPETENCE, "不属本局职权", "王五", hand())
    settle(office)
    assert [via for via, _, _ in asked(store, case_id)] == ["civil-affairs"]
    hand.on(days=1)
    post(office, LetterKind.DISPUTE)
    assert asked(store, case_id)[1:] == [("county-office", "dispute", hand())]


def test_each_letter_of_a_digest_on_paper_is_on_record_when_it_was_posted(store: Store, hand: Hand, tmp_path: Path) -> None:
    office = digesting(store, hand, paper.connect("civil-affairs", {"folder": str(tmp_path)}))
    cases = [opened(office, number) for number in (1, 2)]
    settle(office)
    hand.now = NEXT
    settle(office)
    assert [asked(store, case_id) for case_id in cases] == [[], []]
    (matter,) = [one for one in to_post(office) if request_of(store, cases[0]).id in one]
    with store.begin() as tx:
        posted.seen_to(office, tx, matter, "李四", hand(), note="已寄出")
    assert [asked(store, case_id) for case_id in cases] == [[("civil-affairs", "request", hand())], []]


@pytest.mark.parametrize("together", [False, True])
def test_a_letter_that_could_not_be_laid_down_has_asked_nobody(store: Store, hand: Hand, tmp_path: Path, together: bool) -> None:
    (tmp_path / "tray").mkdir()
    made = paper.connect("civil-affairs", {"folder": str(tmp_path / "tray")})
    office = digesting(store, hand, made) if together else by_post(store, hand, tmp_path / "tray")[0]
    case_id = opened(office, 3)
    (tmp_path / "tray").rmdir()
    hand.now = NEXT
    settle(office)
    assert asked(store, case_id) == []


def test_a_letter_that_is_posted_late_says_itself_how_its_date_is_counted_and_whoever_posts_it_reads_both_dates(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _, case_id = by_post(store, hand, tmp_path)
    settle(office)
    was = request_of(store, case_id)
    (sheet,) = tmp_path.glob("*-request-*.html")
    laid = office.calendar.local_date(hand())
    assert f"寄出日期：____________（由寄件人填写）。晚于 {laid} 寄出的" in sheet.read_text(encoding="utf-8")
    assert f"自寄出之日的次日起计算 {wording.term(was.due_counted.term, 'zh-Hans')}" in sheet.read_text(encoding="utf-8")
    (matter,) = to_post(office)
    with store.read() as tx:
        row = tx.attention.get(matter)
    assert row is not None
    for lang in LANGS:
        told = attention.told("letter_to_post", row["body"], lang)
        assert (wording.at(was.due_at) in told, str(laid) in told) == (True, True), told
    hand.on(days=8)
    with store.begin() as tx:
        moved = posted.seen_to(office, tx, matter, "李四", office.now(), note="已挂号寄出")
    binds = request_of(store, case_id).due_at
    assert moved == posted.Moved(printed=was.due_at, due_at=binds)
    assert binds > was.due_at
    climb(office, hand, 1)
    assert all("寄出日期：" not in one.read_text(encoding="utf-8") for one in tmp_path.glob("*-remind*.html")), (
        "its date is told already, and no posting moves it"
    )


def test_a_letter_that_is_posted_on_its_day_moves_nothing(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _, _ = by_post(store, hand, tmp_path)
    settle(office)
    (matter,) = to_post(office)
    with store.begin() as tx:
        assert posted.seen_to(office, tx, matter, "李四", office.now(), note="已挂号寄出") is None


def test_a_dispute_that_goes_to_the_superior_by_post_says_how_its_date_is_counted(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _, case_id = by_post(store, hand, tmp_path, above=True)
    settle(office)
    with store.begin() as tx:
        assist.contest(office, tx, request_of(store, case_id).id, Quarrel.COMPETENCE, "不归我局", "王五", hand())
    settle(office)
    (sheet,) = tmp_path.glob("*-dispute-*.html")
    assert "寄出日期：____________" in sheet.read_text(encoding="utf-8")
    (matter,) = to_post(office)
    hand.on(days=8)
    with store.begin() as tx:
        moved = posted.seen_to(office, tx, matter, "李四", office.now(), note="已挂号寄出")
    dispute = request_of(store, case_id).dispute
    assert dispute is not None
    assert moved is not None
    assert (moved.due_at, moved.printed < moved.due_at) == (dispute.due_at, True)
