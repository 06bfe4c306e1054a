"""The whole way of an untrue promise in a real browser: review, notice, defence, decision, credit record, objection, annulment."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.daemon import sweeps
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.creditrecord import RecordState
from inspector.domain.proposal import Proposal
from inspector.flows.serving import token
from inspector.store.store import Store
from tests.browser.test_pages import check
from tests.browser.visitor import Door, Visitor
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_creditrecords import FALSE, Place, open_retractions, place
from tests.integration.test_way import LICENCE

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def entry_of(here: Place, case: str) -> Consequence:
    with here.office.store.read() as tx:
        return next(one for one in tx.consequences.of_case(case) if one.proposal is Proposal.RECORD_CREDIT)


def link(here: Place, notice: str) -> str:
    """What the channel, or the approving system, brings to the subject."""
    with here.office.store.read() as tx:
        return f"/subject/{notice}/{token(here.office, tx, notice)}"


def step(desk: Visitor, name: str, send: str, **typed: str) -> str:
    """Fill a step of the page in and send it."""
    form = desk.page.locator(f'form:has(button[value="{name}"])')
    if not form.is_visible():
        desk.page.locator(f"#way-{name}").click()
    for field, text in typed.items():
        place = form.locator(f'[name="{field}"]')
        if place.evaluate("one => one.tagName") == "SELECT":
            place.select_option(text)
        else:
            place.fill(text)
    return desk.press(send)


def say(phone: Visitor, word: str, send: str, words: str = "") -> str:
    """The subject says something by the page of a notice; where a word was refused its form is open already."""
    form = phone.page.locator(f'form[aria-labelledby="way-{word}"]')
    if not form.is_visible():
        phone.page.locator(f"#way-{word}").click()
    if words:
        phone.page.locator(f"#words-{word}").fill(words)
    return phone.press(send)


def reviewed(desk: Visitor, case: str, secret: str) -> None:
    """An officer finds the promise untrue, by the dishonest act that the pack names."""
    desk.log_in(secret, f"/review/{case}")
    desk.page.get_by_label("结论").select_option(label="不实，无法整改")
    desk.page.locator('[name="act"]').select_option("act-untrue-incurable")
    desk.page.get_by_role("checkbox").first.check()
    desk.fill("理由", "登记机关记载为存续，承诺为注销")
    check(desk)
    desk.press("作出决定")


def heard(here: Place, desk: Visitor, phone: Visitor, case: str) -> None:
    """The notice is given and reaches the subject, who defends itself; the officer reads it."""
    held = entry_of(here, case)
    desk.open(f"/consequences/{held.id}")
    check(desk)
    step(desk, "notice", "制发", reasons="与承诺不符")
    check(desk)
    settle(here.office)
    assert "与承诺不符" in phone.open(link(here, f"{held.id}:notice"))
    check(phone)
    say(phone, "DEFENCE", "提交陈述、申辩", "登记已于承诺当日恢复")
    assert entry_of(here, case).state is ConsequenceState.PROPOSED, "words by the link prove no service without the subject's own"
    say(phone, "RECEIVED", "确认收到")
    held = entry_of(here, case)
    assert held.state is ConsequenceState.NOTICED
    assert [(one.words, one.late) for one in held.statements] == [("登记已于承诺当日恢复", False)]
    assert "登记已于承诺当日恢复" in desk.open(f"/consequences/{held.id}")
    check(desk)


def imposed(here: Place, desk: Visitor, second: Visitor, phone: Visitor, case: str, secret: str) -> str:
    """An officer decides, a second one agrees where the pack asks for it, its subject confirms the receipt of the decision; the entry that

    every receiver has now.
    """
    held = entry_of(here, case)
    step(desk, "decision", "决定处理", reasons="经复核，事实清楚")
    second.log_in(secret, f"/consequences/{held.id}")
    if entry_of(here, case).state is ConsequenceState.NOTICED:
        step(second, "agreement", "同意", kind="SECOND", words="同意")
    check(second)
    settle(here.office)
    held = entry_of(here, case)
    assert held.state is ConsequenceState.IMPOSED
    assert held.entry is not None
    assert (here.first.entries, here.second.entries) == ({}, {}), "nobody hears of it before its subject"
    assert "待决定送达" in second.open(f"/credit/records/{held.entry}")
    check(second)
    phone.open(link(here, f"{held.id}:decision"))
    say(phone, "RECEIVED", "确认收到")
    settle(here.office)
    assert set(here.first.entries) == set(here.second.entries) == {held.entry}
    return held.entry


def annulled(here: Place, phone: Visitor, third: Visitor, case: str, entry: str, secret: str) -> None:
    """The subject objects by the link of the decision; another officer upholds it on the page, and no receiver keeps a copy."""
    held = entry_of(here, case)
    phone.open(link(here, f"{held.id}:decision"))
    check(phone)
    say(phone, "OBJECTION", "提交异议", "登记机关的记载有误")
    settle(here.office)
    assert here.first.became[entry] == here.second.became[entry] == ["MARKED"], "marked in the same breath"
    with here.office.store.read() as tx:
        (objection,) = tx.records.objections(case_id=case)
    assert "待处理的异议" in third.log_in(secret), "it stands on the list of whoever decides"
    check(third)
    third.open(f"/credit/records/{entry}")
    check(third)
    third.open("/credit")
    check(third)
    assert "登记机关的记载有误" in third.open(f"/credit/objections/{objection.id}")
    check(third)
    here.second.mode = "away"
    step(third, "decide", "作出异议处理决定", upheld="true", reasons="经核对，登记有误")
    check(third)
    settle(here.office)
    assert (entry_of(here, case).state, here.record(entry).state) == (ConsequenceState.ANNULLED, RecordState.ANNULLED)
    assert (entry in here.first.entries, entry in here.second.entries) == (False, True)
    assert open_retractions(here.office) == 1
    here.second.mode = "ok"
    with here.office.store.begin() as tx:
        tx.lanes.succeeded("sector")
    for _ in range(4):
        here.hand.on(days=1)
        settle(here.office)
    assert here.second.entries == {}
    assert open_retractions(here.office) == 0, "every receiver has acknowledged"


def freed(here: Place, phone: Visitor, case: str, entry: str) -> None:
    """The subject reads what fell and by what, in the language of the page, and confirms it."""
    path = link(here, f"{entry_of(here, case).id}:annulled")
    for lang in ("en", "zh-Hans"):
        told = phone.open(f"{path}?lang={lang}")
        check(phone)
        assert (entry in told, "异议成立" in told) == (True, True)
    phone.page.locator("#way-RECEIVED").click()
    assert "本告知已送达" in phone.press("确认收到")
    check(phone)


WAY = (
    *("review.opened", "consequence.proposed", "subject.notice", "subject.served", "credit.record", "consequence.imposed"),
    *("credit.objection", "consequence.annulled"),
)
"""What the approving system hears, each for the first time behind the one before."""


def heard_by_the_approving_system(edge: Edge, case: str) -> None:
    """The system that brought the case reads its way, what became of it and why; no word of the subject's, and no link, is among it."""
    sweeps.seal(edge.office.store, edge.office)
    with edge.as_("system", name="hall") as system:
        feed = system.get("/v1/events", params={"limit": 200}).json()["events"]
        explained = system.get(f"/v1/cases/{case}/explain")
    types = [one["type"] for one in feed if one["case_id"] == case]
    places = [types.index(one) for one in WAY]
    assert places == sorted(places), types
    told = str([one["data"] for one in feed])
    assert [words for words in ("登记机关的记载有误", "登记已于承诺当日恢复", "/subject/") if words in told] == []
    assert explained.status_code == 200


def test_from_the_review_to_the_last_receivers_acknowledgement_everything_is_read_and_done_by_people_in_a_browser(
    store: Store, hand: Hand, tmp_path: Path, door: Door
) -> None:
    with place(store, hand, tmp_path, direct=False) as here, serving(here.office) as edge:
        case = here.commits(1, {**LICENCE, **FALSE})
        desk, second, phone, third = door.desk(edge.url), door.desk(edge.url), door.phone(edge.url), door.desk(edge.url)
        reviewed(desk, case, edge.token("officer", name="李四"))
        assert here.first.entries == {}, "nothing is entered before an officer has heard the subject"
        heard(here, desk, phone, case)
        hand.on(days=20)
        entry = imposed(here, desk, second, phone, case, edge.token("officer", name="王五"))
        annulled(here, phone, third, case, entry, edge.token("officer", name="赵六"))
        freed(here, phone, case, entry)
        heard_by_the_approving_system(edge, case)
        desk.open("/review")
        check(desk)
