"""A mail is read whole: what stands in another of its parts, is attached, crossed out or hidden, nobody passes over (decision 232)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from html import escape
from pathlib import Path

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.evidence import Verdict
from inspector.flows import mailbox, unsettled
from inspector.incoming import CROSSED_OUT, HIDDEN
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_clerks import filled
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import request_of
from tests.integration.test_mail_held import asked
from tests.integration.test_mailbox import CLERK, put
from tests.property.test_mail_faults import overheard

pytestmark = pytest.mark.alike

DISOWNED = "以上填错了户，请勿采用，明日另行答复。"
BLANK = MIMEText("\n", "plain", "utf-8")


def text(told: str) -> MIMEBase:
    """A part that is plain text."""
    return MIMEText(told, "plain", "utf-8")


def page(told: str) -> MIMEBase:
    """The same as a page, a block for each line."""
    return MIMEText("".join(f"<div>{line}</div>" for line in told.splitlines()), "html", "utf-8")


def picture(*, shown: bool) -> MIMEBase:
    """A picture: `shown` between the lines, or attached."""
    made = MIMEImage(b"\x89PNG", "png")
    made.add_header("Content-Disposition", "inline" if shown else "attachment", filename="scan.png")
    return made


def parts(subtype: str, *inside: MIMEBase) -> MIMEBase:
    """Parts within one."""
    made = MIMEMultipart(subtype)
    for one in inside:
        made.attach(one)
    return made


def passed_on(told: str) -> MIMEBase:
    """Another mail, passed on."""
    other = EmailMessage(policy=SMTP)
    other.set_content(told, charset="utf-8")
    made = MIMEBase("message", "rfc822")
    made.attach(other)
    return made


def struck(form: str, tag: str, ends: str) -> MIMEBase:
    """A page on which the finding is crossed out, beside the plain text that a program makes of it."""
    marked = escape(form).replace("一致", f"{tag}一致{ends}")
    return parts("alternative", text(form), page(marked))


KEPT: Mapping[str, tuple[Callable[[str], MIMEBase], str]] = {
    "a picture between two texts": (lambda form: parts("mixed", text(form), picture(shown=True), text(DISOWNED)), "mail_words"),
    "a text behind the text": (lambda form: parts("mixed", text(form), text(DISOWNED)), "mail_words"),
    "a page behind the text": (lambda form: parts("mixed", text(form), page(DISOWNED)), "mail_words"),
    "a banner before it": (lambda form: parts("mixed", text("外部来信，谨防诈骗"), text(form)), "mail_words"),
    "an attached scan": (lambda form: parts("mixed", text(form), picture(shown=False)), "mail_attached"),
    "a picture alone": (lambda form: parts("mixed", text(form), picture(shown=True)), "mail_attached"),
    "a table beside it": (lambda form: parts("mixed", text(form), MIMEText(DISOWNED, "csv", "utf-8")), "mail_attached"),
    "a letter on its page": (lambda form: parts("related", page(escape(form)), text(DISOWNED)), "mail_words"),
    "a mail passed on": (lambda form: parts("mixed", text(form), passed_on(DISOWNED)), "mail_attached"),
    "crossed out": (lambda form: struck(form, "<s>", "</s>"), "mail_words"),
    "crossed out by style": (
        lambda form: struck(form, '<span style="text-decoration: line-through">', "</span>"),
        "mail_words",
    ),
    "hidden": (lambda form: struck(form, '<span style="display:none">', "</span>"), "mail_words"),
    "not to be told apart": (lambda form: parts("mixed", text(form), MIMEText(DISOWNED, "x", "utf-8")), "mail_parts"),
}
"""What is kept for a person with nothing counted, and why."""

TAKEN: Mapping[str, Callable[[str], MIMEBase]] = {
    "a page beside a blank text": lambda form: parts("alternative", BLANK, page(escape(form))),
    "a page with its pictures": lambda form: parts("related", page(escape(form)), picture(shown=True)),
    "signed": lambda form: parts("signed", text(form), MIMEBase("application", "pkcs7-signature")),
    "a blank part behind": lambda form: parts("mixed", text(form), BLANK),
    "a page within a choice": lambda form: parts(
        "alternative", text(form), parts("related", page(escape(form)), picture(shown=True))
    ),
}
"""What is taken for what its form says."""


def mail(made: MIMEBase, number: int, letter: EmailMessage) -> bytes:
    """The mail as it arrives, in answer to our letter."""
    made["In-Reply-To"] = str(letter["Message-ID"])
    made["From"], made["To"], made["Message-ID"] = CLERK, "xiezhu@office.example", f"<p{number}@housing.example>"
    content = made.as_bytes()
    return content.replace(b'Content-Type: text/x; charset="utf-8"', b"Content-Type: multipart/mixed")


@pytest.mark.slow
def test_what_a_mail_says_beside_its_form_in_another_part_waits_for_a_person_and_nothing_of_it_counts(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    form = filled(str(letter.get_content()), {"核查意见": "不一致", "贵机关掌握的数据": "5", "签署人": "王五"})
    for number, (name, (made, why)) in enumerate(KEPT.items()):
        put(tmp_path, str(number), mail(made(form), number, letter))
        mailbox.pick_up(office)
        request = request_of(store, case_id)
        assert request.state is AssistanceState.SENT, name
        with store.read() as tx:
            waits = unsettled.unread(tx, request.id)
        (told,) = (one for one in waits if str(one["file"]).partition(":")[0].rpartition("/")[2] == str(number))
        assert (told["refused"], len(waits)) == (why, number + 1), name
        if why == "mail_words":
            assert any(word in str(told["text"]) for word in ("填错了户", "谨防诈骗", CROSSED_OUT, HIDDEN)), name
            assert "不一致" in str(told["text"]).replace(CROSSED_OUT, "").replace(HIDDEN, ""), name
        if why == "mail_attached":
            assert told["attached"], name
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        shown = browser.get(f"/requests/{request_of(store, case_id).id}").text
    assert all(word in shown for word in ("以下在来信中已划去", "以下在来信中不显示", DISOWNED, "scan.png"))
    with store.read() as tx:
        assert not [one for one in tx.cases.evidence(case_id) if one.verdict is Verdict.MISMATCH]


def test_a_mail_whose_parts_say_one_thing_is_taken_for_it(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    form = filled(str(letter.get_content()), {"核查意见": "一致", "签署人": "王五"})
    with overheard() as heard:
        for number, (name, made) in enumerate(TAKEN.items()):
            put(tmp_path, str(number), mail(made(form), number, letter))
            mailbox.pick_up(office)
            assert [one.verdict for one in heard] == [Verdict.MATCH], name
            heard.clear()
    assert request_of(store, case_id).state is AssistanceState.SENT, "each was undone, to stand for all"
