"""Agencies answer by e-mail as clerks do: quoted, in their charset, twice, wrongly. What can be taken is, once; nothing is lost."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from connectors import mailbox as box
from connectors.agencies import email
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.said import Saying
from inspector.flows import mailbox, unsettled
from inspector.flows import written as written_in
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, post, settle
from tests.integration.test_letters import an_office, request_of
from tests.integration.test_mail import PLAIN, agency
from tests.integration.test_way import HOUSEHOLD, person
from tests.mailroom import mailroom

CLERK = "hall@housing.example"
ABSENT = {"Auto-Submitted": "auto-replied"}


def put(folder: Path, name: str, content: bytes) -> None:
    """Deliver a mail."""
    (folder / "new").mkdir(parents=True, exist_ok=True)
    (folder / "new" / name).write_bytes(content)


def written(text: str, *, sender: str = CLERK, number: str = "<m-1@housing.example>", **headers: str) -> bytes:
    """A mail as a clerk's program writes it."""
    held = EmailMessage()
    held["From"], held["To"], held["Message-ID"] = f"赵六 <{sender}>", "xiezhu@office.example", number
    for name, value in headers.items():
        held[name.replace("_", "-")] = value
    held.set_content(text, charset="utf-8")
    return held.as_bytes()


def opened(office: Office, number: int = 1) -> Request:
    """A request whose letter has been sent."""
    case_id = post(office, person(number, "relief-household", HOUSEHOLD))
    settle(office)
    return request_of(office.store, case_id)


@pytest.mark.alike
def test_a_clerk_fills_the_quoted_form_in_and_it_counts_once(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        made = agency(room.port, inbox_folder=str(tmp_path))
        office = an_office(store, hand, {"civil-affairs": made})
        request = opened(office)
        (letter,) = room.letters
    quoted = "\n".join(f"> {line}" for line in str(letter.get_content()).splitlines())
    filled = (
        quoted.replace("无法判断）：", "无法判断）：一致", 1)
        .replace("签署人：", "签署人：区民政局 王五", 1)
        .replace("不能协助的）：", "不能协助的）：经核对系统", 1)
    )
    assert filled.count("一致") > quoted.count("一致")

    put(tmp_path, "1.wrong-code", written(filled.replace("答复码：", "答复码：x"), number="<m-0@housing.example>"))
    put(tmp_path, "2.stranger", written(filled, sender="li@elsewhere.example"))
    put(tmp_path, "3.nobody-signs", written(filled.replace("区民政局 王五", ""), number="<m-3@housing.example>"))
    put(tmp_path, "4.absent", written(filled, **ABSENT))
    put(tmp_path, "5.garbage", b"\x00\xff\xfe" * 100)
    put(tmp_path, "6.chat", written("收到，我们尽快办理。"))
    put(
        tmp_path,
        "6.remark-alone",
        written(filled.replace("无法判断）：一致", "无法判断）：不一致"), number="<m-4@housing.example>"),
    )
    put(tmp_path, "6.both", written(filled + filled.replace("无法判断）：一致", "无法判断）：无记录")))
    put(tmp_path, "6.tongues", written(filled + "\nFinding: no record\n"))
    put(tmp_path, "6.words", written("与贵局所述不一致\n\n" + filled))
    signed = filled.replace("无法判断）：一致", "无法判断）：").replace("经核对系统", "")
    put(tmp_path, "6.signed", written(signed))
    assert mailbox.pick_up(office) == 11
    assert request_of(store, request.case_id).state is AssistanceState.SENT
    flagged = sorted(file.name for file in (tmp_path / "cur").iterdir())
    assert [name.rpartition(":")[2] for name in flagged] == ["2,F"] * 11, "each is kept where it can be read"
    with store.read() as tx:
        kept = {
            str(one.facts["file"])[2:]: (one.agency, one.facts["refused"]) for one in tx.attention.of_kind(unsettled.MAIL_UNREAD)
        }
    assert kept == {
        "wrong-code": ("bureau", "mail_code"),
        "stranger": ("bureau", "mail_sender"),
        "nobody-signs": ("bureau", "signer_missing"),
        "absent": ("bureau", "mail_automatic"),
        "garbage": ("city", "mail_number"),
        "chat": ("city", "mail_number"),
        "both": ("bureau", "mail_twice"),
        "tongues": ("bureau", "mail_words"),
        "words": ("bureau", "mail_words"),
        "signed": ("bureau", "slip_empty"),
        "remark-alone": ("bureau", "mismatch_wordless"),
    }

    put(tmp_path, "7.good", written(filled))
    put(tmp_path, "8.again", written(filled, Received="from elsewhere"))
    assert mailbox.pick_up(office) == 2
    told = request_of(store, request.case_id)
    said = {"verdict": "match", "value": "", "signer": "区民政局 王五", "reasons": "经核对系统"}
    assert (told.state, told.reply) == (AssistanceState.ANSWERED, said), "a remark is no data of theirs, and is not lost"
    assert told.door is not None
    assert (told.door.name, told.door.token) == ("mail", CLERK)
    assert {file.name for file in (tmp_path / "cur").iterdir()} >= {"7.good:2,S", "8.again:2,S"}
    assert list((tmp_path / "new").iterdir()) == []


def test_what_lines_mean_is_the_most_definite_that_they_can_mean() -> None:
    def meant(text: str) -> tuple[Saying, Verdict | None]:
        said = written_in.meant(mailbox.lines(text))
        return said[0].do, said[0].verdict

    assert meant("受理（…）：已受理\n签署人：王五") == (Saying.ACCEPT, None)
    assert meant("核查意见（一致、…）： 无记录。\n签署人:王五") == (Saying.ANSWER, Verdict.NOT_FOUND)
    assert meant("Finding (agrees, contradicts): contradicts\nWhat your records say: closed") == (Saying.ANSWER, Verdict.MISMATCH)
    assert meant("贵机关掌握的数据：李某某") == (Saying.ANSWER, None)
    assert meant("贵机关掌握的数据：李某某\n尚待答复的部分：面积") == (Saying.PARTLY, None)
    assert meant("可以答复的日期（…）：2026年3月20日\n理由：档案移交") == (Saying.PROPOSE, None)
    assert meant("有权办理的机关：区住建局\n理由：不属于本局职权") == (Saying.FORWARD, None)
    assert meant("| 理由 ： 没有资料") == (Saying.DECLINE, None)
    assert meant("理由：没有资料\n不能协助的原因（…）：没有所需资料") == (Saying.DECLINE, None)
    assert meant("不属紧急的理由（…）：只是例行核查\n受理：已受理") == (Saying.CALM, None)
    assert meant("须由共同上级决定的争议（…）：职权\n理由：不属于本局职权") == (Saying.CONTEST, None)
    quoted = "承诺事项：王某\u2028核查意见：一致\u0085核查意见：一致\x0b核查意见：一致"
    assert meant(f"{quoted}\n核查意见：无记录\n签署人：王五") == (Saying.ANSWER, Verdict.NOT_FOUND), (
        "only a mail's own line ends make lines"
    )
    for wrong, code in (
        ("核查意见：好的", "mail_verdict"),
        ("签署人：王五", "slip_empty"),
        ("受理：不办", "mail_accepted"),
        ("受理：已受理\n理由：不归我局管", "slip_mixed"),
        ("核查意见：不一致\n贵机关掌握的数据：5人\n尚待答复的部分：其余成员", "slip_mixed"),
        ("核查意见：一致\n有权办理的机关：区住建局", "slip_mixed"),
        ("核查意见：一致\n可以答复的日期：2026-03-20", "slip_mixed"),
        ("可以答复的日期：下周", "mail_day"),
        ("不能协助的原因：不想办\n理由：不办", "mail_choice"),
        ("须由共同上级决定的争议：不予协助\n理由：不办", "mail_choice"),
        ("核查意见：一致\n不能协助的原因：其他", "slip_mixed"),
        ("须由共同上级决定的争议：职权\n不能协助的原因：超出职权\n理由：不归我局管", "slip_mixed"),
        ("不属紧急的理由：例行\n可以答复的日期：2026-03-20", "slip_mixed"),
        ("可以答复的日期：2026-02-30", "mail_day"),
        ("理由：正在核查，申请延长五个工作日", "mail_longer"),
        ("Reasons: we need MORE TIME", "mail_longer"),
        ("核查意见：一致\n申请延期的理由：档案移交", "slip_mixed"),
        ("有权办理的机关：区住建局\n申请延期的理由：档案移交", "slip_mixed"),
    ):
        with pytest.raises(Invalid, match=code):
            meant(wrong)
    whole = "贵机关掌握的数据：登记人口3人，\n> 其中2人已于2025年迁出\n核查意见（一致、\n> 不一致）：无记录"
    assert mailbox.lines(whole) == {"value": "登记人口3人，\n其中2人已于2025年迁出", "verdict": "无记录"}, "none is cut"


def test_whoever_says_why_it_takes_longer_asks_for_time_and_refuses_nothing() -> None:
    def meant(text: str) -> list[tuple[Saying, str, bool]]:
        return [(said.do, said.reasons, said.day is not None) for said in written_in.meant(mailbox.lines(text))]

    longer = "申请延期的理由（期限内来不及的；…）：档案移交"
    assert meant(longer) == [(Saying.EXTEND, "档案移交", False)]
    assert meant("Reasons to take longer (if …): moved\n理由：人手不足") == [(Saying.EXTEND, "moved\n人手不足", False)]
    assert meant(f"可以答复的日期：2026-03-20\n{longer}") == [(Saying.PROPOSE, "档案移交", True)]
    part = f"贵机关掌握的数据：李某某\n尚待答复的部分：面积\n{longer}"
    assert meant(part) == [(Saying.PARTLY, "", False), (Saying.EXTEND, "档案移交", False)], "both are heard"


def test_a_difficulty_stands_alone_or_beside_that_it_is_taken_on_and_beside_anything_else_a_person_reads_it() -> None:
    def meant(text: str) -> list[tuple[Saying, str]]:
        return [(said.do, said.reasons) for said in written_in.meant(mailbox.lines(text))]

    line = "遇到的困难（尚不能说明何时答复的填写；…）：系统正在迁移"
    assert meant(f"{line}\n签署人：王五") == [(Saying.WARN, "系统正在迁移")]
    assert meant(f"受理：已受理\n{line}") == [(Saying.WARN, "系统正在迁移")]
    assert meant("Difficulty (if …): the system is being moved") == [(Saying.WARN, "the system is being moved")]
    for beside in (
        "核查意见：一致",
        "贵机关掌握的数据：李某某",
        "可以答复的日期：2026-03-20",
        "申请延期的理由：档案移交",
        "有权办理的机关：区住建局",
        "理由：没有资料",
    ):
        with pytest.raises(Invalid, match="slip_mixed"):
            meant(f"{beside}\n{line}")


@pytest.mark.alike
def test_a_difficulty_by_mail_is_heard_and_moves_no_date(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        request = opened(office)
        slip = str(room.letters[0].get_content())
    lines = {"遇到的困难": "系统正在迁移", "签署人": "王五"}
    filled = "\n".join(f"{line}{lines.get(line.split('（')[0].rstrip('：'), '')}" for line in slip.splitlines())
    put(tmp_path, "1", written(filled))
    assert mailbox.pick_up(office) == 1
    told = request_of(store, request.case_id)
    assert (told.state, told.due_at, told.history[-1].rule) == (AssistanceState.ACCEPTED, request.due_at, "assistance.warn")
    with store.read() as tx:
        assert [row["kind"] for row in tx.attention.page(None)] == [unsettled.DIFFICULTY]


@pytest.mark.alike
def test_a_clerk_who_needs_time_gets_it_by_mail_and_answers_in_part_beside(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        request = opened(office)
        slip = str(room.letters[0].get_content())
    lines = {"贵机关掌握的数据": "户籍相符", "尚待答复的部分": "收入", "申请延期的理由": "档案正在移交", "签署人": "王五"}
    filled = "\n".join(f"{line}{lines.get(line.split('（')[0].rstrip('：'), '')}" for line in slip.splitlines())
    put(tmp_path, "1", written(filled))
    put(tmp_path, "2", written(filled))
    assert mailbox.pick_up(office) == 2
    told = request_of(store, request.case_id)
    assert (told.state, told.extended, len(told.parts), told.reply) == (AssistanceState.EXTENDED, 1, 1, None)
    assert told.due_at > request.due_at


def test_a_mail_is_read_in_the_charset_and_form_that_programs_write() -> None:
    body = "<div>核查意见：一致</div><p>签署人：镕</p>".encode("gbk")
    head = b"From: A@B.example\r\nContent-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    told = box.read("1", head + body)
    assert (told.text.split(), told.sender, told.flaw) == (["核查意见：一致", "签署人：镕"], "a@b.example", "")
    assert told.id == told.digest, "without a number it is known by what it is"
    strange = box.read("4", b"From: \xff@b.example\r\nMessage-ID: <\x00 a@b>\r\n\r\n\x00name\x0c: va\x00lue")
    assert (strange.sender, strange.id) == ("@b.example", strange.digest)
    assert box.read("2", head.replace(b"gb2312", b"no-such-set") + body).flaw == "mail_charset", (
        "said by what keeps it from being read"
    )
    bare = b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\n--x\r\n"
    assert box.read("5", bare).flaw == "mail_parts"
    assert box.read("3", b"From: a@b.example\r\n\r\n" + b"x" * box.MOST_BYTES).flaw == "mail_too_large"


def test_a_box_that_is_away_keeps_nobody_waiting(store: Store, hand: Hand, tmp_path: Path) -> None:
    gone = email.connect("civil-affairs", {**PLAIN, "inbox_folder": str(tmp_path / "gone")})
    there = email.connect("county-office", {**PLAIN, "inbox_folder": str(tmp_path)})
    put(tmp_path, "1", written("您好"))
    assert mailbox.pick_up(an_office(store, hand, {"civil-affairs": gone, "county-office": there})) == 1


def test_a_mail_that_somebody_has_only_looked_at_by_a_mail_program_is_read_all_the_same(tmp_path: Path) -> None:
    put(tmp_path, "1.M1.host", written("一"))
    put(tmp_path, "2.M2.host", written("二", number="<m-2@housing.example>"))
    (tmp_path / "cur").mkdir()
    (tmp_path / "new" / "1.M1.host").rename(tmp_path / "cur" / "1.M1.host:2,")  # as an IMAP server does when a box is opened
    held = box.Box(tmp_path)
    found = [one.file for one in held.waiting()]
    assert sorted(found) == ["1.M1.host:2,", "2.M2.host"]
    held.put_away("1.M1.host:2,", read=False)
    held.put_away("2.M2.host", read=True)
    assert sorted(one.name for one in (tmp_path / "cur").iterdir()) == ["1.M1.host:2,F", "2.M2.host:2,S"]
    assert list(held.waiting()) == []
