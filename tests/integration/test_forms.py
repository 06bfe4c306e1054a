"""The plain forms: agencies and officers without any script. Posted as a browser posts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from inspector.domain.assistance import AssistanceState
from inspector.store.store import Store
from tests.clerks import REASONS_EN, REASONS_ZH
from tests.edge import WEB, Edge, a_case, serving
from tests.house import Hand, Table, open_office, settle

pytestmark = pytest.mark.alike

PERSON = {"kind": "PERSON", "code": "110105194912310021", "name": "王某"}


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office whose source contradicts and whose other agencies are asked by letter."""
    with serving(open_office(store, hand, sources={"registers": Table(default="吊销")})) as held:
        yield held


@pytest.fixture
def letter(edge: Edge) -> str:
    """The path of a link to answer a request by."""
    claims = [{"key": "c1", "fact": "home-title", "value": "王某", "on": "2026-02-27"}]
    given = a_case(matter="CONFIRMATION", item="hukou-housing", subject=PERSON, claims=claims)
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=given).json()["id"]
    with edge.office.store.read() as tx:
        (request,) = tx.assistance.of_case(case_id)
    return f"/assist/{request.id}/{edge.office.link_token('assist', request.id)}"


def hidden(text: str, name: str = "message") -> str:
    """A hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]+)"', text)
    assert found is not None, text
    return found[1]


def in_review(edge: Edge, number: int = 1) -> str:
    """A case a source contradicts."""
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=a_case(number)).json()["id"]
    settle(edge.office)
    return str(case_id)


def logged_in(edge: Edge, client: httpx.Client, role: str = "officer", agency: str = "bureau", name: str = "李四") -> None:
    """Paste a token into the form."""
    answer = client.post("/login?next=/review", data={"token": edge.token(role, agency, name)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")


def test_a_letter_is_read_in_two_languages_and_answered_once_even_by_a_double_click(edge: Edge, letter: str) -> None:
    with edge.client() as browser:
        page = browser.get(letter)
        assert "落户地址房屋权利人为申请人" in page.text
        assert "毛管办〔2021〕4号" in page.text
        assert "What your records say" in browser.get(letter + "?lang=en").text
        form = {"message": hidden(page.text), "verdict": "match", "signer": "赵六", "do": "answer"}
        first, second = browser.post(letter, data=form), browser.post(letter, data=form)
        assert (first.status_code, second.status_code) == (303, 303)
        after = browser.get(first.headers["location"])
    assert "本请求已经结束" in after.text
    assert "赵六" in after.text
    assert 'value="decline"' not in after.text, "there is nothing to do but to correct it"


def test_a_refusal_without_reasons_is_rejected_and_what_was_typed_is_kept(edge: Edge, letter: str) -> None:
    with edge.client() as browser:
        form = {"reasons": " ", "signer": "赵<六>", "inability": "HINDERS_DUTIES", "do": "decline"}
        rejected = browser.post(letter, data=form)
        assert (
            rejected.status_code,
            REASONS_ZH in rejected.text,
        ) == (422, True)
        assert 'value="赵&lt;六&gt;"' in rejected.text
        assert "须书面说明理由" not in browser.get(letter).text
        done = browser.post(letter, data=form | {"reasons": "档案移交中\r\n请三月再问"})
        assert done.status_code == 303
        page = browser.get(letter).text
        assert "档案移交中" in page
        request = letter.split("/")[2]
        with edge.office.store.read() as tx:
            (notice,) = tx.assistance.notices(request)
        assert f"编号 {notice['number']}，SHA-256 {notice['digest']}" in page, "what was filed of the refusal can be read"
        assert "与先前的答复一并保存" not in page
        said = {"do": "answer", "verdict": "match", "value": "", "signer": "赵六"}
        assert browser.post(letter, data=said).status_code == 303
        assert "与先前的答复一并保存" in browser.get(letter).text, "otherwise than before: both are kept"


def test_who_passes_a_request_on_reads_by_name_who_is_asked_now(edge: Edge, letter: str) -> None:
    with edge.client() as browser:
        to = re.findall(
            r'<option value="([^"]+)">([^<]+)</option>',
            browser.get(letter).text.split('id="forward-to"')[1].split("</select>")[0],
        )
        (code, name) = next(one for one in to if one[0])
        form = {"do": "forward", "to": code, "reasons": "职权已划转", "signer": "赵六", "message": "f1"}
        assert browser.post(letter, data=form).status_code == 303
        page = browser.get(letter).text
    assert f"转请{name}协助" in page
    assert page.count(name) > 1, "in its answer, too, and not by the name of a connector"


def test_who_tells_of_a_difficulty_is_heard_by_an_officer_and_the_date_stays(edge: Edge, letter: str) -> None:
    """Handbook 1.5.11: without delay, before anybody knows what comes of it."""
    with edge.client() as browser:
        due = re.findall(r"<time[^>]*>([^<]+)</time>", browser.get(letter).text)
        form = {"do": "warn", "signer": "赵六", "message": "w1"}
        assert "办理有困难" in browser.get(letter).text
        assert REASONS_EN in browser.post(letter + "?lang=en", data=form).text
        assert browser.post(letter, data=form | {"reasons": "登记系统停机"}).status_code == 303
        assert browser.post(letter, data=form | {"reasons": "登记系统停机", "message": "w2"}).status_code == 303
        assert re.findall(r"<time[^>]*>([^<]+)</time>", browser.get(letter).text)[: len(due)] == due
    with edge.office.store.read() as tx:
        (told,) = tx.attention.page(None, kind="difficulty_told")
        request = tx.assistance.get(str(told["about"]))
    assert (told["agency"], request.state) == (request.requester, AssistanceState.ACCEPTED)
    assert [one.said for one in request.history if one.rule == "assistance.warn"] == ["登记系统停机"], "twice is once"


def test_a_letters_form_names_everything_that_is_missing_at_once(edge: Edge, letter: str) -> None:
    with edge.client() as browser:
        declined = browser.post(letter + "?lang=en", data={"do": "decline"}).text
        answered = browser.post(letter, data={"do": "answer", "verdict": "mismatch", "value": " "})
    assert f"Whoever cannot help says which kind of reason it is, beside the reasons; {REASONS_EN}; Say who signs" in declined
    assert len(re.findall(r'id="(inability|reasons|signer2)"[^>]*aria-invalid', declined)) == 3
    assert declined.count("autofocus") == 1
    assert answered.status_code == 422
    assert "认定不一致的，须写明贵机关掌握的数据；请填写签署人" in answered.text
    assert re.search(r'value="mismatch" checked', answered.text), "what was chosen is kept"


def test_a_word_whose_form_is_no_longer_offered_says_why_and_keeps_what_was_typed(edge: Edge, letter: str) -> None:
    """Another tab has extended, accepted, disputed meanwhile: the page has no form left beside which the refusal would stand."""
    with edge.client() as browser:
        extend = {"do": "extend", "reasons": "档案在外馆", "signer": "赵六"}
        assert browser.post(letter, data=extend | {"message": "e1"}).status_code == 303
        twice = browser.post(letter, data=extend | {"message": "e2", "reasons": "另需两日"})
        calm = browser.post(letter, data={"do": "calm", "reasons": "并不紧急", "signer": "赵六"})
        assert browser.post(letter, data=extend | {"do": "contest", "about": "GROUND"}).status_code == 303
        late = [
            browser.post(letter, data=extend | {"do": do, "reasons": f"理由{do}", "day": "2026-03-20"})
            for do in ("propose", "contest")
        ]
    assert "只能延期一次" in twice.text, "extension_used"
    for answer, typed in ((twice, "另需两日"), (calm, "并不紧急"), (late[0], "理由propose"), (late[1], "理由contest")):
        assert answer.status_code in (409, 422)
        assert answer.text.count('role="alert"') == 1
        assert typed in answer.text
        assert "您填写的内容（未予采用）" in answer.text


def test_a_day_written_as_people_write_it_is_that_day_and_a_circle_is_told_by_names(edge: Edge, letter: str) -> None:
    day = (edge.office.now() + timedelta(days=20)).date()
    while not edge.office.calendar.is_working_day(day):
        day += timedelta(days=1)
    request = letter.split("/")[2]
    with edge.client() as browser:
        said = {"do": "propose", "reasons": "档案在外馆", "signer": "赵六", "day": f"{day.year}/{day.month}/{day.day}"}
        assert browser.post(letter, data=said).status_code == 303
        with edge.office.store.read() as tx:
            held = tx.assistance.get(request)
        assert held.proposed is not None
        assert edge.office.calendar.local_date(held.proposed.due_at) == day
        node = next(one for one in edge.office.tree.values() if one.connector and one.connector not in (held.requested, "city"))
        said = {"do": "forward", "to": node.id, "reasons": "职权已划转", "signer": "赵六"}
        assert browser.post(letter, data=said).status_code == 303
        with edge.office.store.read() as tx:
            new = tx.assistance.get(tx.assistance.get(request).forwarded_to or "")
        back = next(one for one in edge.office.tree.values() if one.connector == held.requested)
        link = f"/assist/{new.id}/{edge.office.link_token('assist', new.id)}"
        circle = browser.post(link, data=said | {"to": back.id})
    assert f"{back.name} 已经表示无权办理（{back.name}" in circle.text


def test_an_agency_that_cannot_say_says_why(edge: Edge, letter: str) -> None:
    with edge.client() as browser:
        wordless = browser.post(letter, data={"do": "answer", "verdict": "cannot_say", "value": " ", "signer": "赵六"})
        assert (wordless.status_code, "无法认定的，须写明原因" in wordless.text) == (422, True)
        assert re.search(r'value="cannot_say" checked', wordless.text)
        request, token = letter.split("/")[2:]
        api = browser.post(
            f"/v1/assistance/{request}/answer", json={"verdict": "cannot_say", "signer": "赵六"}, headers={"X-Link-Token": token}
        )
        assert (api.status_code, api.json()["error"]["code"]) == (422, "cannot_say_wordless")
        done = browser.post(letter, data={"do": "answer", "verdict": "cannot_say", "value": "档案移交中", "signer": "赵六"})
        assert done.status_code == 303
        assert "档案移交中" in browser.get(letter).text


def test_the_officers_form_names_everything_that_is_missing_at_once(edge: Edge) -> None:
    case_id = in_review(edge)
    with edge.client() as browser:
        logged_in(edge, browser)
        form = {"guard": hidden(browser.get(f"/review/{case_id}").text, "guard")}
        empty = browser.post(f"/review/{case_id}", data=form).text
        adverse = browser.post(f"/review/{case_id}", data=form | {"outcome": "UNTRUE_CURABLE"}).text
    assert "请选择结论；请填写理由" in empty
    assert "请填写理由；结果“不实，可以整改”对当事人不利，须列明相应证据" in adverse


@pytest.mark.parametrize("wrong", ["/assist/nothing/guess", "/seat/v:0:0/guess", "/assist/%F0%9F%92%A9/%00"])
def test_a_wrong_link_opens_nothing_and_says_so(edge: Edge, wrong: str) -> None:
    with edge.client() as browser:
        for answer in (browser.get(wrong), browser.post(wrong, data={"do": "answer"})):
            assert (answer.status_code, "链接无效" in answer.text) == (403, True)


def test_a_form_with_unreadable_characters_is_refused_and_stores_nothing(edge: Edge, letter: str) -> None:
    with edge.client() as browser:
        answer = browser.post(letter, data={"do": "answer", "verdict": "match", "signer": "a\x00b"})
        huge = browser.post(letter, data={"do": "answer", "signer": "a" * 300_000})
    assert (answer.status_code, huge.status_code) == (422, 413)


@pytest.mark.slow
def test_an_officer_reads_whose_case_it_is_and_the_letter_itself(edge: Edge) -> None:
    case_id = in_review(edge)
    digest = "0" * 64
    bare = {"digest": digest, "notice_version": "2025-01", "signed_by": "孙七", "signed_on": "2026-03-01", "proxy": "钱八"}
    with edge.as_("system") as client:
        other = client.post("/v1/cases", json=a_case(2, letter=bare)).json()["id"]
    settle(edge.office)
    with edge.client() as browser:
        logged_in(edge, browser)
        page, by_digest = browser.get(f"/review/{case_id}").text, browser.get(f"/review/{other}").text
    assert all(told in page for told in ("TEST00000000000001", "本单位承诺", "张三", "2026-03-01", "2025-01"))
    assert all(told in by_digest for told in (digest, "孙七", "2025-01", "钱八"))


def test_an_officer_logs_in_once_sees_promise_and_finding_side_by_side_and_decides(edge: Edge) -> None:
    case_id = in_review(edge)
    with edge.client() as browser:
        sent_away = browser.get(f"/review/{case_id}")
        assert sent_away.headers["location"] == f"/login?next=/review/{case_id}"
        logged_in(edge, browser)
        assert "R-000001" in browser.get("/review").text
        page = browser.get(f"/review/{case_id}").text
        assert "市场主体登记状态" in page
        assert "不一致" in page
        form = {"guard": hidden(page, "guard"), "outcome": "UNTRUE_CURABLE", "reasons": "登记状态为吊销"}
        bare = browser.post(f"/review/{case_id}", data=form)
        assert (bare.status_code, "须列明相应证据" in bare.text, "登记状态为吊销" in bare.text) == (422, True, True)
        forged = browser.post(f"/review/{case_id}", data=form | {"guard": "0" * 32})
        assert forged.status_code == 403
        evidence = re.findall(r'name="evidence" value="([^"]+)"', page)
        done = browser.post(f"/review/{case_id}", data=form | {"evidence": evidence})
        assert done.status_code == 303
        after = browser.get(f"/review/{case_id}").text
        assert "不实，可以整改" in after
        assert "李四" in after
        assert browser.post("/logout").status_code == 303
        assert browser.get("/review").status_code == 303


def test_the_list_shows_by_when_the_officer_is_to_decide_not_the_date_of_the_verification(edge: Edge) -> None:
    case_id = in_review(edge)
    with edge.office.store.read() as tx:
        case = tx.cases.get(case_id)
    assert case.review_term is not None
    assert case.verify_term is not None
    assert case.review_term.due_at != case.verify_term.due_at
    with edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get("/review").text
    assert f"{case.review_term.due_at:%Y-%m-%d %H:%M}" in page
    assert f"{case.verify_term.due_at:%Y-%m-%d %H:%M}" not in page


def test_the_session_is_strict_and_ends_with_its_token(edge: Edge) -> None:
    with edge.client() as browser:
        refused = browser.post("/login", data={"token": "ins_wrong"})
        assert (refused.status_code, "令牌无效" in refused.text) == (401, True)
        answer = browser.post("/login", data={"token": edge.token("officer")})
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "ins_" not in cookie
        assert browser.get("/review").status_code == 200
        with edge.office.store.begin() as tx:
            (row,) = tx.tokens.all()
            tx.tokens.revoke(row["id"], row["made_at"])
        assert browser.get("/review").status_code == 303


def test_a_cookie_that_was_changed_is_no_session(edge: Edge) -> None:
    with edge.client() as browser:
        logged_in(edge, browser)
        value = browser.cookies["inspector_session"]
    for changed in ("", "x", value[:-1], value.swapcase(), "é"):
        with edge.client() as other:
            answer = other.get("/review", headers={b"Cookie": f"inspector_session={changed}".encode()})
            assert answer.status_code == 303


def test_an_auditor_reads_reviews_and_cannot_decide_and_another_agency_sees_none(edge: Edge) -> None:
    case_id = in_review(edge)
    with edge.client() as auditor, edge.client() as stranger, edge.client() as ops:
        logged_in(edge, auditor, "auditor")
        logged_in(edge, stranger, "officer", "other")
        logged_in(edge, ops, "ops")
        page = auditor.get(f"/review/{case_id}").text
        assert 'name="outcome"' not in page
        assert "R-000001" not in stranger.get("/review").text
        assert stranger.get(f"/review/{case_id}").status_code == 404
        assert ops.get("/review").status_code == 403


def test_the_ops_page_says_in_words_what_goes_on_to_those_who_may_watch(edge: Edge) -> None:
    in_review(edge)
    with edge.client() as browser:
        assert browser.get("/ops").headers["location"] == "/login?next=/ops"
        assert browser.get("/ops/stream").status_code == 401
        logged_in(edge, browser, "ops", "city")
        page = browser.get("/ops").text
        english = browser.get("/ops?lang=en").text
        with browser.stream("GET", "/ops/stream?lang=en") as stream:
            line = next(line for line in stream.iter_lines() if line.startswith("data:"))
    assert "待复核：1" in page
    assert "registers：未见故障" in page
    assert "Waits for an officer" in english
    assert "Waits for an officer" in line
    assert "ops." not in re.sub(r'"[^"]*"', "", page)


def test_a_daemon_that_is_silent_is_told_apart_from_those_that_run_and_left_out_after_a_day(edge: Edge) -> None:
    with edge.office.store.begin() as tx:
        now = tx.machine_now()
        for name, silent in (("lively", 5), ("vanished", 600), ("ancient", 2 * 86_400)):
            tx.replicas.seen(name, "0.1", now - timedelta(days=3), now - timedelta(seconds=silent))
    with edge.client() as browser:
        logged_in(edge, browser, "ops", "city")
        english, chinese = browser.get("/ops?lang=en").text, browser.get("/ops").text
    told = re.sub("<[^>]+>", "\n", english)
    assert re.search(r"lively 0\.1: seen \d+ s ago", told)
    assert re.search(r"vanished 0\.1: not running\?", told)
    assert "vanished 0.1：可能已不在运行" in chinese
    assert "ancient" not in english


def test_the_ops_page_may_be_opened_for_a_demo(store: Store, hand: Hand) -> None:
    open_web = WEB.model_copy(update={"open_ops": True})
    with serving(open_office(store, hand), open_web) as edge, edge.client() as browser:
        assert browser.get("/ops").status_code == 200


@pytest.mark.parametrize("after", ["https://elsewhere.example", "//elsewhere.example", "/ops\\evil", "/v1/cases"])
def test_logging_in_leads_to_our_own_pages_only(edge: Edge, after: str) -> None:
    with edge.client() as browser:
        assert browser.post("/login", params={"next": after}, data={"token": edge.token("officer")}).status_code == 422


def test_a_page_speaks_the_browsers_language_until_somebody_has_chosen_one(edge: Edge, letter: str) -> None:
    english, chinese = {"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"}, {"Accept-Language": "zh-CN,en;q=0.5"}
    with edge.client() as browser:
        for told, chosen, lang in (
            (english, "", "en"),
            (chinese, "", "zh-CN"),
            ({"Accept-Language": "fr"}, "", "zh-CN"),
            ({}, "", "zh-CN"),
            (english, "?lang=zh-Hans", "zh-CN"),
            (chinese, "?lang=en", "en"),
            (english, "?lang=fr", "en"),
        ):
            for path in (letter, "/", "/login", "/seat/cut"):
                page = browser.get(path + chosen, headers=told)
                assert f'<html lang="{lang}">' in page.text, (told, chosen, path)
                assert page.headers["vary"] == "Accept-Language"
        chosen = browser.get("/login?next=/ops", headers=english).text
        assert 'href="/login?next=%2Fops&amp;lang=zh-Hans"' in chosen, "the other language is named, or the browser would undo it"
        assert 'href="/"' in chosen, "what nobody has chosen is not carried on"
        assert 'href="/?lang=zh-Hans"' in browser.get("/login?lang=zh-Hans", headers=english).text
        sent = browser.get("/review?lang=zh-Hans", headers=english).headers["location"]
        assert sent == "/login?next=/review&lang=zh-Hans"
        refused = browser.post(letter, data={"do": "decline"}, headers=english)
        assert REASONS_EN in refused.text


def test_an_office_says_what_a_page_speaks_to_whoever_prefers_neither_language(store: Store, hand: Hand) -> None:
    with serving(open_office(store, hand), WEB.model_copy(update={"language": "en"})) as edge, edge.client() as browser:
        assert '<html lang="en">' in browser.get("/", headers={"Accept-Language": "fr"}).text
        assert '<html lang="zh-CN">' in browser.get("/", headers={"Accept-Language": "zh"}).text
