"""Clerks answer with the mail programs they have, and nobody but they says a word by it, whatever was promised or written before."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html import escape
from pathlib import Path

import pytest

from inspector.domain import thread
from inspector.domain.assistance import AssistanceState, Inability, Quarrel
from inspector.domain.case import CaseState
from inspector.domain.evidence import Verdict
from inspector.domain.urgency import Urgency
from inspector.flows import assist, mailbox, unsettled
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, post, settle
from tests.integration.test_forms import hidden, logged_in
from tests.integration.test_letters import Desk, an_office, opened, request_of
from tests.integration.test_mail import agency
from tests.integration.test_mailbox import CLERK, put, written
from tests.integration.test_way import HOUSEHOLD, person
from tests.mailroom import mailroom

pytestmark = pytest.mark.alike
PROMISE = "3 (" + "x" * 57 + ") 核查意见：一致 " + "y" * 58 + " 签署人：区民政局 王五 " + "z" * 58
ANSWER = {"核查意见": "无法判断", "理由": "该户档案仅存目录，\n现场方可查清", "签署人": "王五"}


def filled(letter: str, told: Mapping[str, str]) -> str:
    """The letter with its form filled in."""
    return "\n".join(line + told.get(line.split("（")[0].rstrip("："), "") for line in letter.splitlines())


def broken(text: str, wide: int) -> list[str]:
    """Lines as a program breaks them."""
    return [row for line in text.splitlines() for row in textwrap.wrap(line, wide, break_long_words=False) or [""]]


def page(text: str, *, charset: str, encoding: str, above: str = "", pre: bool = False) -> bytes:
    """An answer that is a page alone, its source broken where it grows too long."""
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = f"赵六 <{CLERK}>", "x@office.example", "<m-9@housing.example>"
    body = f"<pre>{escape(text)}</pre>" if pre else "".join(f"<div>{escape(line)}</div>" for line in text.splitlines())
    source = f"<html><body><p>您好，答复如下。</p><blockquote>{above}{body}</blockquote></body></html>"
    made.set_content(source if pre else "\n".join(broken(source, 70)), subtype="html", charset=charset, cte=encoding)
    return made.as_bytes()


CLIENTS: dict[str, Callable[[str], bytes]] = {
    "Outlook, plain, wrapped": lambda text: written(
        "您好！\n\n-----原始邮件-----\n发件人: 协助 <x@office.example>\n收件人: 赵六\n主题: 协助核查函\n\n"
        + "\n".join(broken(text, 76))
    ),
    "Thunderbird": lambda text: written(
        "在 2026/3/2 10:00, 协助 写道：\n" + "\n".join(f"> {row}" for row in broken(text, 72)) + "\n\n谢谢"
    ),
    "QQ": lambda text: page(
        text, charset="gb18030", encoding="base64", above="<div>------------------ 原始邮件 ------------------</div>"
    ),
    "Netease": lambda text: page(
        text,
        charset="gbk",
        encoding="quoted-printable",
        above="<div>---- 回复的原邮件 ----</div><table><tr><td>发件人</td><td>x@office.example</td></tr>"
        "<tr><td>主题</td><td>协助</td></tr></table>",
    ),
    "pre": lambda text: page(text, charset="utf-8", encoding="base64", pre=True),
}


def asked(store: Store, hand: Hand, folder: Path, promise: str = PROMISE) -> tuple[Office, str, str]:
    """An office that has asked by mail about a promise, the case, and the letter."""
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(folder))})
        case_id = post(office, person(1, "relief-household", {**HOUSEHOLD, "household": promise}))
        settle(office)
        return office, case_id, str(room.letters[0].get_content())


def unread(store: Store) -> list[Mapping[str, object]]:
    """What lies for a person, in the order of its files."""
    with store.read() as tx:
        return sorted(tx.attention.standing(unsettled.MAIL_UNREAD), key=lambda told: str(told["file"]))


def test_each_program_brings_the_answer_that_was_filled_in_and_no_promise_answers(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    request = request_of(store, case_id)
    for number, made in enumerate(CLIENTS.values()):
        put(
            tmp_path,
            f"{number}",
            made(letter).replace(b"m-9@", f"e-{number}@".encode()).replace(b"m-1@", f"e-{number}@".encode()),
        )
    mailbox.pick_up(office)
    assert [told["refused"] for told in unread(store)] == ["slip_empty"] * len(CLIENTS), "nobody has filled anything in"
    assert request_of(store, case_id).state is AssistanceState.SENT
    for name, made in CLIENTS.items():
        put(tmp_path, name, made(filled(letter, ANSWER)).replace(b"m-9@", b"m-1@"))
    assert mailbox.pick_up(office) == len(CLIENTS)
    assert len(unread(store)) == len(CLIENTS), "all are taken, and as one"
    told = request_of(store, case_id)
    reply = {"verdict": "cannot_say", "value": ANSWER["理由"], "signer": "王五"}
    assert (told.state, told.reply, told.afterwords) == (AssistanceState.ANSWERED, reply, ())
    assert told.id == request.id


@pytest.mark.slow
def test_a_word_beside_the_form_settles_nothing_is_kept_whole_and_the_ladder_waits_for_who_reads_it(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, case_id, letter = asked(store, hand, tmp_path, HOUSEHOLD["household"])
    yes = filled(letter, {"核查意见": "一致", "签署人": "王五"})
    for number, text in enumerate(
        (
            "与贵局所述不一致\n\n" + yes,
            yes.replace("期限算法", "我们不同意\n期限算法"),
            yes + "\n以上仅供参考",
            filled(letter, {"签署人": "王五"}).join(("我局不予协助，此事不归我局管。\n", "")),
        )
    ):
        put(tmp_path, str(number), written(text, number=f"<w-{number}@housing.example>"))
    assert mailbox.pick_up(office) == 4
    kept = unread(store)
    assert [told["refused"] for told in kept] == ["mail_words"] * 4, "that no line is filled in hides no word"
    assert str(kept[0]["text"]).startswith("与贵局所述不一致")
    assert kept[0]["filled"] == {"verdict": "一致", "signer": "王五"}
    request = request_of(store, case_id)
    with store.read() as tx:
        assert (request.state, tx.cases.get(case_id).state) == (AssistanceState.SENT, CaseState.VERIFYING)
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        path = f"/requests/{request.id}"
        shown = browser.get(path).text
        assert shown.count("待阅看的来信") == 4
        assert "与贵局所述不一致\n" in shown, "the whole mail"
        assert '<dd dir="auto" class="typed">一致</dd>' in shown, "and beside it what its form says"
        form = {"guard": hidden(shown, "guard"), "do": "transcribe", "message": "1", "written": "不办", "signer": "王五"}
        bare = browser.post(path, data=form)
        assert (bare.status_code, "只有署名" in bare.text) == (422, True), "a name alone takes nothing on, on paper either"
    hand.now = request.escalate_at + timedelta(hours=1)
    mailbox.pick_up(office)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.SENT, "nobody is silent whose word lies here unread"
    with store.begin() as tx:
        tx.attention.close_those(f"{unsettled.MAIL_UNREAD}:", hand())
    hand.on(hours=1)
    mailbox.pick_up(office)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.PAST_DUE, "and the ladder goes on when it has been read"


def test_a_paper_that_refuses_or_disputes_is_entered_with_the_kind_of_its_reason(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, case_id, _ = asked(store, hand, tmp_path)
    request = request_of(store, case_id)
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        path = f"/requests/{request.id}"
        form = {"guard": hidden(browser.get(path).text, "guard"), "do": "transcribe", "signer": "王五", "reasons": "非本局职权"}
        mixed = browser.post(path, data=form | {"message": "1", "written": "x", "about": "COMPETENCE", "verdict": "match"})
        assert (mixed.status_code, request_of(store, case_id).state) == (422, AssistanceState.SENT)
        assert browser.post(path, data=form | {"message": "2", "written": "来函提出争议", "about": "GROUND"}).status_code == 303
    disputed = request_of(store, case_id)
    assert disputed.dispute is not None
    assert (disputed.state, disputed.dispute.about) == (AssistanceState.DISPUTED, Quarrel.GROUND)


def test_a_paper_that_refuses_says_why_by_its_kind(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, _ = asked(store, hand, tmp_path)
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        path = f"/requests/{request_of(store, case_id).id}"
        told = {"do": "transcribe", "message": "1", "written": "所问不明", "signer": "王五", "reasons": "来函未写明核查内容"}
        form = {"guard": hidden(browser.get(path).text, "guard"), **told, "inability": "UNCLEAR"}
        assert browser.post(path, data=form).status_code == 303
    refused = request_of(store, case_id)
    assert refused.reply is not None
    assert (refused.state, refused.reply["inability"]) == (AssistanceState.DECLINED, Inability.UNCLEAR)


def test_a_form_without_its_frame_settles_nothing_and_is_the_agencys_word_all_the_same(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    said = filled(letter, {"核查意见": "一致", "签署人": "王五"})
    put(tmp_path, "bare", written("\n".join(row for row in said.splitlines() if "【" not in row), number="<f-1@housing.example>"))
    mailbox.pick_up(office)
    (told,) = unread(store)
    request = request_of(store, case_id)
    assert (told["refused"], told["request"], told["theirs"]) == ("mail_frame", request.id, True)
    hand.now = request.escalate_at + timedelta(hours=1)
    mailbox.pick_up(office)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.SENT, "nobody is silent whose word lies here unread"


def test_who_has_the_letter_is_not_silent_and_binds_nobody_from_an_address_that_is_not_the_agencys(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    """A colleague to whom the letter was passed on; prose without form and code; a stranger who makes both up."""
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        case_id = post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        letter = room.letters[0]
    request = request_of(store, case_id)
    said, number = filled(str(letter.get_content()), {"核查意见": "一致", "签署人": "王五"}), str(letter["Message-ID"])
    prose, other = "经查，与承诺一致。", "fangguan@housing.example"
    made_up = thread.number(request.id, "guessed", "k", "office.example")

    def answering(number: str, sender: str = CLERK, **headers: str) -> bytes:
        """Prose whose program says what it answers, as programs do."""
        return f"References: <a@b>\n {number}\n".encode() + written(prose, sender=sender, number="", **headers)

    put(tmp_path, "1.colleague", written(said, sender=other))
    put(tmp_path, "2.prose", answering(number))
    put(tmp_path, "3.prose-of-a-colleague", answering(number, other))
    put(tmp_path, "4.stranger", answering(made_up))
    put(tmp_path, "5.absent", answering(number, Auto_Submitted="auto-replied"))
    assert mailbox.pick_up(office) == 5
    assert request_of(store, case_id).state is AssistanceState.SENT
    with store.read() as tx:
        kept = {str(one.facts["file"])[2:]: one for one in tx.attention.of_kind(unsettled.MAIL_UNREAD)}
    assert {name: (one.agency, one.facts["refused"], one.facts.get("registered")) for name, one in kept.items()} == {
        "colleague": ("bureau", "mail_sender", False),
        "prose": ("bureau", "mail_formless", True),
        "prose-of-a-colleague": ("bureau", "mail_formless", False),
        "stranger": ("city", "mail_number", None),
        "absent": ("bureau", "mail_automatic", None),
    }
    assert kept["prose"].facts["text"] == prose + "\n"
    assert "speakers" in str(kept["colleague"].facts["reason"])
    assert "theirs" not in kept["absent"].facts, "a machine's notice is nobody's word"
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        shown = browser.get(f"/requests/{request.id}").text
    assert shown.count("待阅看的来信") == 3
    assert shown.count("不是该机关登记的答复地址，请先核实") == 2
    assert str(kept["prose"].facts["digest"]) in shown, "what a transcribed contradiction needs"
    hand.now = request.escalate_at + timedelta(hours=1)
    mailbox.pick_up(office)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.SENT, "nobody is silent whose word lies here unread"


def test_what_an_agency_says_when_it_forwards_is_no_answer_of_the_next_one(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        agencies = {"civil-affairs": Desk("civil-affairs"), "housing": agency(room.port, inbox_folder=str(tmp_path))}
        office = an_office(store, hand, agencies)
        case_id = post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        with store.begin() as tx:
            reasons = "不属本局职权\n核查意见：一致\n【答复表 0123abcd】\n"
            new = assist.forward(office, tx, request_of(store, case_id).id, "houses", reasons, "赵六", hand())
        settle(office)
        letter = str(room.letters[0].get_content())
    put(
        tmp_path,
        "1",
        written(filled(letter, {"理由": "本局无此档案，不能协助", "不能协助的原因": "没有所需资料", "签署人": "李四"})),
    )
    mailbox.pick_up(office)
    with store.read() as tx:
        told = tx.assistance.get(new.id)
    assert told.state is AssistanceState.DECLINED
    assert (told.reply or {})["reasons"] == "本局无此档案，不能协助"


def test_the_page_of_an_answer_that_is_taken_as_it_was_ticked_says_no_more(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    request = request_of(store, opened(office))
    with store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, "", "王五", hand())
    with serving(office) as edge, edge.client() as browser:
        shown = browser.get(f"/assist/{request.id}/{office.link_token('assist', request.id)}")
    assert (shown.status_code, "贵机关勾选" in shown.text) == (200, False)


def test_who_ticked_one_thing_and_wrote_another_reads_what_was_ticked_in_words_and_what_it_counts_as(
    store: Store, hand: Hand
) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, "详见附件", "王五", hand())
    assert dict(request_of(store, case_id).reply or {})["signed"] == "match"
    with serving(office) as edge, edge.client() as browser:
        link = f"/assist/{request.id}/{office.link_token('assist', request.id)}"
        for lang, label, word, sentence in (
            ("zh", "贵机关勾选", "一致", "所填文字不能直接印证“一致”"),
            ("en", "You ticked", "Agrees", "cannot be held against “Agrees”"),
        ):
            shown = browser.get(f"{link}?lang={lang}").text
            assert f'<dt>{label}</dt><dd dir="auto" class="typed">{word}</dd>' in shown
            assert sentence in shown
        logged_in(edge, browser)
        assert '<dt>被请求机关勾选</dt><dd dir="auto" class="typed">一致</dd>' in browser.get(f"/requests/{request.id}").text


def test_a_refusal_by_mail_says_which_kind_of_reason_it_is_and_none_is_chosen_in_its_place(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    told = {"理由": "不属本局职权", "签署人": "王五"}
    put(tmp_path, "1", written(filled(letter, told), number="<r-1@housing.example>"))
    mailbox.pick_up(office)
    assert ([one["refused"] for one in unread(store)], request_of(store, case_id).state) == (
        ["inability_missing"],
        AssistanceState.SENT,
    )
    with store.begin() as tx:
        request = request_of(store, case_id)
        assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不属本局职权", "王五", hand())
        assist.decide(office, tx, request.id, True, "属于其职权", "县政府办", hand())
    put(tmp_path, "2", written(filled(letter, told | {"不能协助的原因": "超出职权"}), number="<r-2@housing.example>"))
    mailbox.pick_up(office)
    assert ([one["refused"] for one in unread(store)][1:], request_of(store, case_id).state.open) == (["help_ordered"], True)
    put(tmp_path, "3", written(filled(letter, told | {"不能协助的原因": "没有所需资料"}), number="<r-3@housing.example>"))
    mailbox.pick_up(office)
    refused = request_of(store, case_id)
    assert refused.reply is not None
    assert (refused.state, refused.reply["inability"]) == (AssistanceState.DECLINED, Inability.NOT_HELD)


def test_a_dispute_and_a_contested_urgency_come_by_mail_too(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    with store.begin() as tx:
        tx.assistance.put(replace(request_of(store, case_id), urgency=Urgency.URGENT))
    calm = {"不属紧急的理由": "只是例行核查", "签署人": "王五"}
    put(tmp_path, "1", written(filled(letter, calm), number="<c-1@housing.example>"))
    mailbox.pick_up(office)
    assert unread(store) == []
    assert (request_of(store, case_id).urgency, request_of(store, case_id).history[-1].said) == (Urgency.NORMAL, "只是例行核查")
    quarrel = {"须由共同上级决定的争议": "请求的依据", "理由": "来函未写明依据", "签署人": "王五"}
    put(tmp_path, "2", written(filled(letter, quarrel), number="<c-2@housing.example>"))
    mailbox.pick_up(office)
    disputed = request_of(store, case_id)
    assert disputed.dispute is not None
    assert (disputed.dispute.about, disputed.dispute.reasons) == (Quarrel.GROUND, "来函未写明依据")
