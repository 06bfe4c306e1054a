"""`assistance`: what is open, what an officer says about it, written notices, and how agencies answer."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inspector.cli import columns
from inspector.cli.assistance import blocks, called
from inspector.daemon import sweeps
from inspector.domain.assistance import AssistanceState, Quarrel
from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import MatterKind
from inspector.domain.evidence import Verdict
from inspector.domain.letter import short
from inspector.domain.scoreboard import Score
from inspector.flows import assist, unsettled
from inspector.flows.office import Office
from inspector.flows.scoreboard import score_rows
from inspector.store.store import Store
from tests import house
from tests.integration.test_way import person
from tests.operator import Operator, one_database, operated, settled

pytestmark = pytest.mark.alike

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def asked(office: Office, number: int) -> str:
    """A request to the housing agency."""
    case_id = house.post(office, person(number, "hukou-housing", {"home-title": "王某"}, MatterKind.CONFIRMATION))
    with office.store.read() as tx:
        (request,) = tx.assistance.of_case(case_id)
    return request.id


def today() -> datetime:
    """The commands go by the real hour."""
    return datetime.now(SHANGHAI)


def spoken(store: Store) -> tuple[str, str]:
    """A request with another date proposed, and one that was refused."""
    office = house.open_office(store, today)
    moved, refused = asked(office, 1), asked(office, 2)
    day = office.calendar.add_working_days((today() + timedelta(days=30)).date(), 1)
    with store.begin() as tx:
        assist.propose_date(office, tx, moved, day, "需调阅纸质档案", "赵六", today())
        assist.refuse(office, tx, refused, "没有这些档案", "赵六", today())
    sweeps.seal(store, office)
    return moved, refused


@pytest.mark.slow
def test_an_officer_lists_shows_agrees_and_contests_at_the_command_line_and_exports_the_scoreboard(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        moved, refused = spoken(store)
        (row,) = operator.well("assistance", "list", "--json").json
        assert (row["id"], row["state"]) == (moved, "PROPOSED")
        (over,) = operator.well("assistance", "list", "--over", "--json").json
        assert (over["id"], over["state"]) == (refused, "DECLINED"), "whoever disputes a refusal finds it"
        assert "PROPOSED" not in operator.well("assistance", "show", moved).out, "people read words"
        assert "需调阅纸质档案" in operator.well("assistance", "show", moved, lang="zh-Hans").out
        dossier = operator.well("assistance", "dossier", moved, lang="zh-Hans").out
        assert (f"协助请求 {moved} 的办理情况" in dossier, "需调阅纸质档案" in dossier) == (True, True), "for whom a person tells"
        proposed = operator.well("assistance", "show", moved, "--json").json["proposed"]
        seen, other = ("--day", proposed[:10]), ("--day", row["due_at"][:10])
        said = operator.well("assistance", "show", refused, lang="zh-Hans").out
        assert "对方答复:\n  原因: 其他\n  理由: 没有这些档案\n  签署人: 赵六\n" in said, "a line each"
        assert operator.say("assistance", "keep", moved, *seen, "--reasons", " ").code == 2
        assert operator.say("assistance", "agree", moved, *other).code == 4, "another date than the one that is proposed"
        agreed = operator.well("assistance", "agree", moved, *seen, "--by", "李主任", "--json").json
        assert (agreed["state"], agreed["due_at"] > row["due_at"]) == ("ACCEPTED", True)
        assert operator.say("assistance", "agree", moved, *seen).code == 4, "nothing is proposed any more"
        (notice,) = operator.well("assistance", "notice", refused, "--json").json
        assert ("没有这些档案" in notice["text"], notice["seal"]) == (True, 1)
        assert notice["digest"] in operator.well("assistance", "notice", refused).out
        contested = operator.well("assistance", "contest", refused, "--reasons", "法律没有禁止", "--by", "李主任", "--json").json
        assert contested["state"] == "DISPUTED"
        given = ("--signer", "市政府 周八", "--reasons", "法律没有禁止")
        decided = operator.well("assistance", "decide", refused, "--helps", *given, "--json").json
        assert decided["state"] == "ACCEPTED", "the tree knows no superior of both: who was picked has decided on paper"
        heads = operator.well("assistance", "scoreboard").out.splitlines()[0].split()
        assert set(heads) >= {"asked", "open", "reached", "called"}, "the row adds up"
        head, score = csv.reader(io.StringIO(operator.well("assistance", "scoreboard", "--csv").out))
        told = dict(zip(head, score, strict=True))
        assert (told["agency"], told["asked"], told["open"], told["disputed"]) == ("housing", "2", "2", "1")
        assert operator.well("assistance", "scoreboard", "--since", "2099-01-01", "--json").json == []
        assert operator.well("assistance", "connect", "--json").json == []
        signed = [rule for rule, _ in operated(store)]
    assert signed == ["operator.assistance.agree", "operator.assistance.contest", "operator.assistance.decide"]


def test_a_decision_after_a_decision_says_that_nothing_changed_and_not_that_the_request_is_over(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        office = house.open_office(store, today)
        request = asked(office, 1)
        with store.begin() as tx:
            assist.contest(office, tx, request, Quarrel.COMPETENCE, "非本局职权", "赵六", today())
        given = ("--signer", "市政府 周八", "--reasons", "法律没有禁止")
        assert "nothing has changed" not in operator.well("assistance", "decide", request, "--helps", *given).out
        other = operator.well("assistance", "decide", request, "--need-not", *given)
        assert "nothing has changed" in other.out + other.err
        again = operator.say("assistance", "decide", request, "--need-not", *given)
        assert again.code == 4
        assert "said of request" in again.err
        assert "over" not in again.err
        with store.read() as tx:
            assert tx.assistance.get(request).state is AssistanceState.ACCEPTED


def test_show_says_whose_records_answered_and_which_mails_wait(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        office = house.open_office(store, today)
        request = asked(office, 1)
        told = {
            "theirs": True,
            "request": request,
            "sender": "a@b.example",
            "file": "1.x",
            "reason": {"zh-Hans": "表格以外另有文字", "en": "w"},
        }
        with store.begin() as tx:
            assist.answer(office, tx, request, Verdict.MISMATCH, "李某某", "赵六", today())
            tx.attention.open(unsettled.MAIL_UNREAD, "bureau", "m1", told, today())
        said = operator.well("assistance", "show", request, lang="zh-Hans").out
    assert "对方机关掌握的情况: 不一致" in said
    assert "对方机关掌握的数据: 李某某" in said
    assert "待阅看的来信:\n  a@b.example: 表格以外另有文字 (1.x)" in said


def test_in_a_terminal_a_score_is_some_short_lines_and_says_all_that_is_not_nought() -> None:
    scored = Score(
        agency="housing", fact="home-title", asked=12, answered=9, unheeded=2, cancelled=1, punctual=8, answer_days=[0, 0]
    )
    scored.escalated = 1
    assert [*blocks(score_rows([scored]), "zh-Hans")] == [
        "housing · home-title，请求 12",
        "  答复 9，所提期限本机关未答复 2，撤回 1",
        "  按期答复 8，答复天数（中位） 0，报上级 1",
    ]
    assert (called("housing", {"housing": "区住建局"}), called("gone", {})) == ("区住建局 (housing)", "gone"), "people read names"
    assert max(map(columns.width, blocks(score_rows([replace(scored, open=1, declined=1, forwarded=1)]), "en"))) < 100


@pytest.mark.slow
def test_a_list_that_is_cut_says_how_many_more_there_are_and_how_to_see_them(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        office = house.open_office(store, today)
        every = [asked(office, number) for number in (1, 2, 3)]
        first = operator.well("assistance", "list", "--limit", "2")
        assert "assistance list --skip 2" in first.err + first.out
        assert "1 more" in first.err + first.out
        rest = operator.well("assistance", "list", "--skip", "2")
        assert "more" not in rest.err + rest.out
        seen = [
            row["id"]
            for skip in ("0", "2")
            for row in operator.well("assistance", "list", "--limit", "2", "--skip", skip, "--json").json
        ]
    assert sorted(seen) == sorted(every)


def test_a_request_is_opened_by_the_short_number_of_its_letters_and_its_end_is_the_superiors_word(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        office = house.open_office(store, today)
        request = asked(office, 1)
        given = short(request)
        assert operator.well("assistance", "show", given.lower(), "--json").json["id"] == request
        with store.begin() as tx:
            assist.contest(office, tx, request, Quarrel.COMPETENCE, "非本局职权", "赵六", today())
        said = ("--signer", "市政府 周八", "--reasons", "非其职权")
        decided = operator.well("assistance", "decide", given, "--need-not", *said, lang="zh-Hans").out
        over = operator.well("assistance", "list", "--over", lang="zh-Hans").out
        assert ["共同上级认定被请求机关无需协助" in one for one in (decided, over)] == [True, True]
        (row,) = operator.well("assistance", "list", "--over", "--json").json
        assert (row["state"], row["end"]) == ("DECLINED", "relieved"), "programs read the state as before"
        for name in (given, "000000"):
            refused = operator.say("assistance", "show", name)
            assert (refused.code, request in refused.err) == (3, name == given), (
                "its number is told, and nobody is taken for another"
            )


def test_a_scoreboard_of_a_period_that_ends_before_it_begins_names_both_days(operator: Operator) -> None:
    for name in ("scoreboard", "connect"):
        said = operator.say("assistance", name, "--since", "2026-03-02", "--until", "2026-03-01")
        assert (said.code, "2026-03-02" in said.err, "2026-03-01" in said.err) == (2, True, True)
