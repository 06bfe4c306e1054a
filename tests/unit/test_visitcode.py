"""The visit code: what is in it and what is not, who signs it, on which days there is one; and the inspector's check-in at the firm."""

from __future__ import annotations

import hashlib
import subprocess
from base64 import b64decode
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from inspector import visitkeys
from inspector.domain import visitcode
from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.stop import Shut
from inspector.domain.visitcode import ArrivalHow, Person, VisitCode
from tests import gate
from tests.unit.test_trail import VISIT as DRAWN

FIRM = "91000000MA0000001R"
VISIT = replace(DRAWN, code=FIRM)
MARK = visitcode.visit_mark(VISIT.id)
CODE = VisitCode(
    agency="示例区商务局",
    draw=VISIT.draw,
    w="ab" * 32,
    visit=MARK,
    firm=visitcode.firm_mark(MARK, FIRM),
    people=(
        Person(name="甲某", certificate="A-1", until=date(2026, 12, 31)),
        Person(name="乙某", certificate="A-2", until=date(2026, 3, 2)),
    ),
    scope=("劳务派遣经营许可",),
    first=datetime.fromisoformat("2026-03-02T08:00+08:00"),
    last=datetime.fromisoformat("2026-03-02T20:00+08:00"),
)


def text(code: VisitCode = CODE) -> str:
    signed = visitcode.payload(code)
    return visitcode.text_of(signed, gate.key().sign(signed))


def test_a_code_says_who_comes_when_and_by_which_draw_and_nothing_that_tells_the_firm_or_who_else_was_drawn() -> None:
    told = gate.opened(text())
    assert (told["d"], told["w"], told["s"]) == (VISIT.draw, "ab" * 32, ["劳务派遣经营许可"])
    assert told["p"] == [["甲某", "A-1", "2026-12-31"], ["乙某", "A-2", "2026-03-02"]]
    assert (told["b"], told["e"]) == ("2026-03-02T08:00+08:00", "2026-03-02T20:00+08:00")
    assert told["f"] == hashlib.sha256(f"ssv1/firm\n{told['n']}\n{FIRM}".encode()).hexdigest()[:32], "as the firm's page makes it"
    assert FIRM not in str(told)
    assert VISIT.id not in str(told)
    assert visitcode.read(visitcode.taken_apart(f"扫码结果：{text()}")[0]) == CODE
    assert len(text()) < 900, "a phone's camera still reads it"


def test_a_code_of_before_tells_no_day_of_certificates_and_is_read_as_it_was() -> None:
    plain = replace(CODE, people=tuple(replace(one, until=None) for one in CODE.people))
    assert gate.opened(text(plain))["p"] == [["甲某", "A-1"], ["乙某", "A-2"]]
    assert visitcode.read(visitcode.payload(plain)) == plain
    assert visitcode.lapsed(plain, ()) == ()
    with pytest.raises(Invalid, match="visit_code_unreadable"):
        visitcode.read(visitcode.payload(CODE).replace(b"2026-12-31", b"2026-12-99"))


def test_a_certificate_counts_on_its_last_day_and_who_is_on_the_register_is_judged_by_that() -> None:
    tomorrow = replace(CODE, first=CODE.first + timedelta(days=1), last=CODE.last + timedelta(days=1))
    (second,) = visitcode.lapsed(tomorrow, ())
    assert visitcode.lapsed(CODE, ()) == ()
    assert second.name == "乙某"
    assert visitcode.lapsed(tomorrow, [replace(second, certificate="A-9", until=date(2027, 1, 1))]) == (), "renewed meanwhile"
    gone = replace(CODE.people[0], until=date(2026, 3, 1))
    assert visitcode.lapsed(CODE, [gone]) == (gone,), "withdrawn since the code was made"


def test_a_code_of_many_people_with_long_names_is_still_a_whole_code() -> None:
    crowd = tuple(
        Person(name="甲乙丙丁", certificate=f"31010020260000{number:02}", until=date(2026, 12, 31)) for number in range(8)
    )
    long = replace(CODE, people=crowd, scope=visitcode.shortened(["甲" * 60, "乙" * 60, "丙" * 60]))
    assert visitcode.read(visitcode.taken_apart(text(long))[0]) == long
    assert len(text(long)) < 2_000, "what the interface takes"


def test_a_signature_is_of_its_key_over_these_very_bytes_and_the_code_is_the_same_text_each_time() -> None:
    signed, signature = visitcode.taken_apart(text())
    held = gate.key()
    assert text() == text()
    assert held.public.believes(signed, signature)
    assert not held.public.believes(signed.replace(b"A-1", b"A-9"), signature)
    assert not gate.key(number=8).public.believes(signed, signature), "another key's"
    assert not held.public.believes(signed, bytes(64)), "nor is nothing a signature"
    assert visitkeys.VisitKeys(signing={"bureau": gate.key(number=8)}, former=(held.public,)).believed(signed, signature)


@pytest.mark.parametrize("damaged", ["", "SSV1.abc.def", text()[:-1], text().replace("SSV1", "SSV2")])
def test_what_is_no_whole_code_is_told_as_that(damaged: str) -> None:
    with pytest.raises(Invalid, match="visit_code_unreadable"):
        visitcode.taken_apart(damaged)


def test_codes_are_of_today_and_the_next_days_on_which_somebody_may_go_and_a_late_visit_has_that_of_the_day() -> None:
    monday = date(2026, 3, 2)
    shut = Shut(row="quiet", first=date(2026, 3, 3), last=date(2026, 3, 3))
    quiet = replace(VISIT, windows=(shut,))
    assert visitcode.days(quiet, monday, date(2026, 3, 20)) == (monday, date(2026, 3, 4), date(2026, 3, 5))
    assert visitcode.days(quiet, monday, date(2026, 2, 1)) == (monday,)
    assert visitcode.days(replace(VISIT, windows=(replace(shut, first=monday),)), monday, monday) == ()


def test_a_visit_to_a_natural_person_has_no_code_for_a_digest_would_not_hide_an_identity_number() -> None:
    refusal = visitcode.withheld(replace(VISIT, kind=SubjectKind.PERSON), (), None)  # type: ignore[arg-type]
    assert refusal is not None
    assert refusal.code == "visit_code_person"
    with pytest.raises(Refusal, match="visit_code_person"):
        visitcode.arrived(replace(VISIT, kind=SubjectKind.PERSON), ArrivalHow.TYPED, FIRM)


@pytest.mark.parametrize(
    ("told", "is_it"),
    [
        (FIRM, True),
        (f"https://licence.example/q?code={FIRM.lower()}&v=1", True),
        ("00001r", True),
        ("".join(chr(ord(one) + 0xFEE0) for one in FIRM), True),
        ("0001R", False),
        ("91000000MA0000002R", False),
        ("", False),
    ],
)
def test_a_firm_is_known_by_its_printed_code_or_the_last_six_signs_of_it(told: str, *, is_it: bool) -> None:
    assert visitcode.is_firm(VISIT, told) is is_it


def test_long_names_of_items_are_shortened_and_many_are_told_as_more() -> None:
    assert visitcode.shortened(["甲" * 60, "甲" * 60]) == ("甲" * 39 + "…",)
    assert visitcode.shortened(list("甲乙丙丁")) == ("甲", "乙", "…")


@pytest.mark.needs("openssl")
def test_a_new_key_is_what_openssl_calls_a_key_of_p_256_and_what_cannot_sign_is_refused_by_name(tmp_path: Path) -> None:
    private, public = visitkeys.new()
    file, beside = tmp_path / "key.pem", tmp_path / "key.pem.pub"
    file.write_bytes(private)
    beside.write_bytes(public + public)
    shown = subprocess.run(["openssl", "pkey", "-in", file, "-text", "-noout"], capture_output=True, text=True, check=True).stdout
    assert "prime256v1" in shown
    held = visitkeys.read([("bureau", file, beside)])
    assert held.signing["bureau"].public.point == held.former[0].point == held.former[1].point
    der = b64decode("".join(public.decode().splitlines()[1:-1]))
    assert der.endswith(held.former[0].point)
    for wrong in (beside, tmp_path / "away.pem"):
        with pytest.raises(Invalid, match="visit_key_unusable"):
            visitkeys.read([("bureau", wrong, None)])
    with pytest.raises(Invalid, match="visit_key_unusable"):
        visitkeys.read([("bureau", None, file)])
