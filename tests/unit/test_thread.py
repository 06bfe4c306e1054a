"""An answer to a letter is known by the letter's number, which nobody can make who has not had it."""

from __future__ import annotations

import pytest

from connectors import mime
from inspector.domain import thread

NUMBER = thread.number("01a2-f.c1.0", "s3cret", "k-1", "office.example")


def test_a_letters_number_tells_its_request_and_not_its_code() -> None:
    assert thread.told(NUMBER) == ("01a2-f.c1.0", thread.sign("s3cret"))
    assert "s3cret" not in NUMBER
    assert thread.number("01a2-f.c1.0", "s3cret", "k-1", "office.example") == NUMBER, "the same at each try"
    for odd in ("R-1.面积 <1>", "a..b", ".a"):
        made = thread.number(odd, "s3cret", "k-1", "office.example")
        assert (thread.told(made)[0], made.isascii(), ".." in made) == (odd, True, False)
    assert thread.number("01a2-f.c1.0", "s3cret", "k-2", "office.example") != NUMBER


@pytest.mark.parametrize(("request_id", "code"), [("R-1", ""), ("登" * 400, "s3cret")])
def test_a_letter_without_a_code_or_of_too_long_a_request_names_none_and_has_a_number_all_the_same(
    request_id: str, code: str
) -> None:
    number = thread.number(request_id, code, "k-1", "office.example")
    assert (thread.told(number), number.endswith("@office.example>")) == (("", ""), True)


@pytest.mark.parametrize("other", ["", "<a@b>", NUMBER[1:], NUMBER.replace("<", "<="), NUMBER.replace("<", "<=c3."), "<" * 900])
def test_any_other_number_names_none(other: str) -> None:
    assert thread.told(other) == ("", "")


def test_a_mail_says_what_it_answers_whatever_else_stands_in_its_head() -> None:
    def answers(head: str) -> tuple[str, ...]:
        return mime.read(f"From: a@b.example\n{head}\n\nx".encode()).answers

    assert answers(f"In-Reply-To: {NUMBER}") == (NUMBER,)
    assert answers(f"References: <a@b>\n {NUMBER}\nIn-Reply-To: {NUMBER}") == (NUMBER, "<a@b>"), "the nearest first"
    assert answers("In-Reply-To: your letter of Monday <" + "<" * 900) == ()
    assert len(answers("References: " + "<a@b> <c@d>" * 400)) == 2
    assert len(answers("References: " + " ".join(f"<{at}@b>" for at in range(400)))) == mime.MOST_ANSWERED


def test_an_absence_notice_is_no_word_of_the_agencys_however_its_program_says_that_it_is_one() -> None:
    def automatic(head: str) -> bool:
        return mime.read(f"From: a@b.example\n{head}\n\nx".encode()).automatic

    for head in ("Auto-Submitted: auto-replied", "X-Autoreply: yes", "X-AutoRespond: 2", "Precedence: auto_reply"):
        assert automatic(head), head
    for head in ("Subject: 自动回复", "Auto-Submitted: no", "X-Autoreply: no", "Precedence: bulk", "Precedence: first-class"):
        assert not automatic(head), head
