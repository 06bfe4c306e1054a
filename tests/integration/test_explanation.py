"""Why a case stands where it stands: read as a Chinese clerk and as an English operator read it, to the last line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from inspector.domain.case import MatterKind, Outcome, SubjectKind
from inspector.domain.decision import Because, Decision
from inspector.domain.manners import Manners, Window
from inspector.flows import assist, valve
from inspector.flows.explain import Explanation, explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.review import decide
from inspector.labels import LANGS, Lang
from inspector.ports import Card, CreditEntry, Letter, Origin, Rating, Receipt, Refused, Unavailable
from tests.house import Hand, Table, application, closing, open_office, open_store, post, settle

ROWS = 3
"""More Latin words than this in a row are a sentence that was stored in English."""


class Platform:
    """A credit platform that refuses every question."""

    card = Card(name="credit", port="credit", kind="table", owner="test", version="1")

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        raise Refused("unauthorised", origin=Origin.US)

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        return Receipt(reference="E-1", at=datetime.now(UTC), attempts=1)


class Agency:
    """An agency that takes every letter."""

    card = Card(name="civil-affairs", port="assistance", kind="table", owner="test", version="1")

    def send(self, letter: Letter, *, key: str) -> Receipt:
        return Receipt(reference="L-1", at=datetime.now(UTC), attempts=1)


@pytest.fixture
def office(tmp_path: Path, hand: Hand) -> Iterator[Office]:
    away = Unavailable("timeout", origin=Origin.WIRE)
    said: dict[tuple[str, str], str | Exception] = {("registration-status", f"TEST{1:014d}"): "注销"}
    sources = {"registers": Table(rows=said, default=away), "social": Table(default=away)}
    with closing(open_store(f"sqlite:///{tmp_path / 'x.sqlite3'}")) as store:
        agencies = {"civil-affairs": Agency()}
        yield open_office(store, hand, sources=sources, agencies=agencies, credit={"credit": Platform()})


def told(office: Office, case: str, lang: Lang) -> str:
    with office.store.read() as tx:
        return render(explain(office, tx, case), lang)


def explained(office: Office, case: str) -> Explanation:
    with office.store.read() as tx:
        return explain(office, tx, case)


@pytest.fixture
def firm(office: Office) -> str:
    """A firm whose level cannot be looked up and whose promise a source contradicts; an officer has decided."""
    case = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    with office.store.begin() as tx:
        cited = tuple(one.id for one in tx.cases.evidence(case))
        decide(office, tx, case, Outcome.UNTRUE_CURABLE, "李四", "现场看过营业执照", cited, office.now())
    return case


@pytest.fixture
def person(office: Office, hand: Hand) -> str:
    """A person whose facts an agency has to confirm: one it declines with reasons, the other waits for its answer."""
    given = application(2, "relief-household", {"household": "三口", "insured-income": "低于标准"})
    case = post(office, replace(given, subject_kind=SubjectKind.PERSON, matter=MatterKind.BENEFIT, subject_name="张三"))
    settle(office)
    hand.on(days=3)  # the pack waits two working days for a source
    settle(office)
    with office.store.begin() as tx:
        requests = tx.assistance.of_case(case)
        assist.refuse(office, tx, requests[0].id, "档案已移交", "王五", office.now())
    return case


@pytest.mark.parametrize("which", ["firm", "person"])
def test_a_chinese_explanation_holds_no_english_sentence_and_no_bare_code(
    office: Office, which: str, request: pytest.FixtureRequest
) -> None:
    case = request.getfixturevalue(which)
    text = told(office, case, "zh-Hans")
    assert re.findall(rf"(?:[A-Za-z]+ +){{{ROWS},}}[A-Za-z]+", text) == []
    assert re.findall(r"\b\w+=", text) == []
    for lang in LANGS:
        assert "…" not in told(office, case, lang), "words whose facts are missing"
        assert re.findall(r"\b(?:rule|note|fact|review|ground|explain|LevelReason)\.\w+", told(office, case, lang)) == []
        assert not [
            code for code in ("look_up_failed", "evidence.weigh", "DATA_NOT", "mismatch") if code in told(office, case, lang)
        ]


PAUSED: Mapping[Lang, str] = {
    "en": "Connector registers was paused at 2026-03-02 09:00 by 王五: “维护到18点”; its work waits",
    "zh-Hans": "连接器 registers 已于 2026-03-02 09:00 由 王五 暂停：“维护到18点”；工作等待恢复",
}


@pytest.mark.parametrize("lang", LANGS)
def test_what_waits_for_a_paused_connector_says_since_when_by_whom_and_why(office: Office, lang: Lang) -> None:
    case = post(office, application(2, "business-licence", {"registration-status": "存续"}))
    settle(office)
    with office.store.begin() as tx:
        tx.lanes.pause("registers", tx.machine_now())
        facts = {"by": "王五", "reason": "维护到18点"}
        because = Because(rule=valve.PAUSED, basis=(), pack="", facts=facts)
        record(tx, "connector:registers", Decision(state=None, because=because), office.now(), {})
    text = told(office, case, lang)
    assert PAUSED[lang] in text
    assert "…" not in text


NIGHT: Mapping[Lang, str] = {
    "en": "It waits for registers: outside the hours in which it may be asked; nothing is held against anybody, until 2026-03-02 22:00",
    "zh-Hans": "等待 registers：不在可以查询的时段内；不对任何人不利，至 2026-03-02 22:00",
}


@pytest.mark.parametrize("lang", LANGS)
def test_a_question_that_waits_for_the_night_says_so_and_until_when(office: Office, lang: Lang) -> None:
    night = replace(office, manners={"registers": Manners(hours=(Window(begins=time(22), ends=time(6)),))})
    with office.store.begin() as tx:
        tx.manners.ensure(["registers"])
        tx.credit.state(SubjectKind.FIRM, f"TEST{2:014d}", "A", office.now(), "credit")
    case = post(night, application(2, "business-licence", {"registration-status": "存续"}))
    text = told(night, case, lang)
    assert NIGHT[lang] in text
    (row,) = (one for one in explained(night, case).next if one.lane == "registers")
    assert (row.waits, row.waits_until) == ("hours", office.now().replace(hour=22))


FIRM: Mapping[Lang, tuple[str, ...]] = {
    "zh-Hans": (
        "政策包 demo@1（【演示】证明事项告知承诺制核查政策包）第 normal-U 行",
        "查询没有成功（对方不接受我方的凭证），按未评级处理，既不当作好也不当作差",
        "起算事件：收到办件（2026-03-02 09:00）；10 个工作日，从 2026-03-02 的次日起算",
        "逐日：第 1–4 日 2026-03-03 至 2026-03-06；2026-03-07 至 2026-03-08（周末，不计）；第 5–9 日 2026-03-09 至 2026-03-13",
        "问的是：“存续”（2026-02-27）",
        "得到的是：“注销”",
        "证据：第 1 项答复",
        "等级的来由：查询没有成功（对方不接受我方的凭证）",
        "理由：现场看过营业执照",
        "[S0] 毛管办〔2021〕4号",
    ),
    "en": (
        "Policy pack demo@1 (【演示】证明事项告知承诺制核查政策包), row normal-U",
        "the look-up failed (the other side did not accept our credentials); counts as unrated",
        "begun when the case came in, 2026-03-02 09:00; 10 working days, counted from the day after 2026-03-02",
        "Day by day: 1–4. 2026-03-03 to 2026-03-06; 2026-03-07 to 2026-03-08 (weekend, not counted); 5–9. 2026-03-09 to 2026-03-13",
        "Asked about: “存续” on 2026-02-27",
        "Came back: “注销”",
        "evidence: answer 1",
        "reasons: 现场看过营业执照",
        "[S0] 毛管办〔2021〕4号",
    ),
}
PERSON: Mapping[Lang, tuple[str, ...]] = {
    "zh-Hans": (
        "自然人没有信用等级，按未评级处理",
        "协助核查：区民政局（civil-affairs） ← 正在进行；理由：不能自行调查、取得所需事实资料",
        "未答复（不作为对当事人不利的依据）",
        "说明：限时内没有应答",
        "说明：该机关书面说明理由，不能协助",
        "对方原话：“档案已移交”",
        "理由：档案已移交；签署人：王五",
        "报共同上级",
        "起算事件：答复期限届满",
    ),
    "en": (
        "natural persons have no credit level and count as unrated",
        "Assistance of another agency: 区民政局 (civil-affairs) ← under way; ground: The agency cannot obtain the facts itself",
        "No answer (speaks against nobody)",
        "Why: no answer in time",
        "Why: the agency cannot help, and said why in writing",
        "In their own words: “档案已移交”",
        "reasons: 档案已移交; signed by: 王五",
        "Escalate the request",
        "begun when the reply was due",
    ),
}


@pytest.mark.parametrize("lang", LANGS)
def test_it_says_row_facts_article_question_answer_and_how_each_date_was_counted(office: Office, firm: str, lang: Lang) -> None:
    text = told(office, firm, lang)
    assert [one for one in FIRM[lang] if one not in text] == []


@pytest.mark.parametrize("lang", LANGS)
def test_it_says_what_was_asked_of_others_why_they_did_not_help_and_what_is_due_next(
    office: Office, person: str, lang: Lang
) -> None:
    text = told(office, person, lang)
    assert [one for one in PERSON[lang] if one not in text] == [], text
    for age in ("数据足够新", "data fresh enough"):
        assert age not in text, "nobody has answered yet: what is not there has no age"


def test_what_is_stored_of_a_decision_is_codes_and_parameters_only(office: Office, firm: str, person: str) -> None:
    with office.store.read() as tx:
        level = tx.cases.get(firm).strategy
        notes = [one.note for case in (firm, person) for one in tx.cases.evidence(case)]
    assert level is not None
    assert (level.level.reason.value, dict(level.level.facts)) == ("look_up_failed", {"error": "unauthorised"})
    assert level.due_counted.term.amount == 10
    assert all(re.fullmatch("[a-z_0-9]*", note) for note in notes)
    assert {"timeout", "declined"} <= set(notes)


@pytest.mark.parametrize(("lang", "words"), [("en", "letter: Reminder"), ("zh-Hans", "函件：提醒函")])
def test_no_two_lines_of_the_decisions_are_alike_but_for_what_tells_them_apart(
    office: Office, person: str, hand: Hand, lang: Lang, words: str
) -> None:
    for _ in range(4):
        hand.on(days=1)
        settle(office)
    taken = explained(office, person).decisions
    sent = [one for one in taken if one.rule == "assistance.sent"]
    assert len({(one.facts["request"], one.facts["letter"]) for one in sent}) == len(sent) > 2, "a reminder says that it is one"
    assert words in told(office, person, lang)


def test_decisions_that_differ_in_their_time_alone_stand_once_with_their_count(office: Office, person: str) -> None:
    held = explained(office, person)
    first = held.decisions[0]
    again = tuple(replace(first, at=first.at + timedelta(hours=hours)) for hours in range(3))
    text = render(replace(held, decisions=again), "en")
    assert text.count("(3 times)") == 1
    assert f"{first.at:%Y-%m-%d %H:%M} to" in text
