"""The check sheet: codes add up, what excludes itself is the lead's, and a note of before loads as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.checksheet import Sheet, SheetRow, Signature, Signing, sound
from inspector.domain.collated import SIGNATURE, Settled, collate
from inspector.domain.errors import Invalid
from inspector.domain.fieldnote import FieldNote
from inspector.domain.version import gather
from inspector.store.codec import dump, load
from tests.unit.test_version import ASKED, found, note


def code(name: str, among: CodeList = CodeList.OUTCOME, *, alone: bool = False) -> CodeRow:
    return CodeRow(row=f"row-{name}", list=among, code=name, name=name, name_en=name, basis="P:2.7", alone=alone)


CODES = (
    code("none", alone=True),
    code("hidden"),
    code("closed"),
    code("on-site", CodeList.MODE),
    code("documents", CodeList.MODE),
)
SIGNED = Signature(how=Signing.SIGNED, signer="张三 店长")
REFUSED = Signature(how=Signing.REFUSED, signer="张三", reason="认为与事实不符", witness="李四 居委会")


def filled(number: int, who: str, sheet: Sheet) -> FieldNote:
    return replace(note(number, who), sheet=sheet)


def row(*outcomes: str, modes: tuple[str, ...] = (), words: str = "") -> Sheet:
    return Sheet(rows=(SheetRow(item="i", outcomes=outcomes, modes=modes, words=words),))


def test_what_two_phones_have_ticked_adds_up_and_nobody_s_words_are_lost() -> None:
    first = replace(row("hidden", modes=("documents",), words="上午"), statement="已知悉", signature=SIGNED)
    told = collate([filled(1, "Z1", first), filled(2, "Z2", row("closed", modes=("on-site",), words="下午"))], CODES)
    assert told.lines == (("signature", ("SIGNED",)), ("outcomes~i", ("hidden", "closed")), ("modes~i", ("on-site", "documents")))
    assert told.words == (("i", "上午"), ("i", "下午"))
    assert (told.statements, told.signatures) == ((("Z1", "已知悉"),), (("Z1", SIGNED),))
    assert told.clashes == ()
    later = collate([filled(1, "Z1", row("hidden")), filled(2, "Z1", row("closed"))], CODES)
    assert dict(later.lines)["outcomes~i"] == ("closed",), "the same inspector's later word is that inspector's word"


@pytest.mark.parametrize(
    ("line", "one", "other"),
    [("outcomes~i", row("none"), row("hidden")), (SIGNATURE, Sheet(signature=SIGNED), Sheet(signature=REFUSED))],
)
def test_what_cannot_all_hold_goes_to_the_lead_and_holds_the_result_back_until_it_is_settled(
    line: str, one: Sheet, other: Sheet
) -> None:
    notes = [replace(note(1, "Z1", found("a"), found("b")), sheet=one), filled(2, "Z2", other)]
    held = gather(ASKED, notes, codes=CODES)
    assert not held.whole
    assert [clash.line for clash in held.sheet.clashes] == [line]
    (clash,) = held.sheet.clashes
    settled = Settled(line=line, said=clash.versions[1].said, over=("n1", "n2"))
    told = collate(notes, CODES, [settled])
    assert (dict(told.lines)[line], told.clashes) == (clash.versions[1].said, ())
    again = collate([*notes, filled(3, "Z1", one)], CODES, [settled])
    assert again.clashes, "what comes later and says otherwise asks again"


@pytest.mark.parametrize(
    ("sheet", "error"),
    [
        (row("none", "hidden"), "sheet_codes_exclude"),
        (row("odd"), "sheet_code_unknown"),
        (row("on-site"), "sheet_code_unknown"),
        (Sheet(rows=(SheetRow(item="j"),)), "sheet_item_unknown"),
        (Sheet(rows=(SheetRow(item="i"), SheetRow(item="i"))), "sheet_item_twice"),
        (Sheet(signature=Signature(how=Signing.SIGNED)), "signature_nameless"),
        (Sheet(signature=Signature(how=Signing.REFUSED, signer="张三")), "signature_reasonless"),
        (Sheet(signature=Signature(signer="张三")), "signature_unsaid"),
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused_with_what_to_mend(sheet: Sheet, error: str) -> None:
    with pytest.raises(Invalid) as refused:
        sound(sheet, CODES, {"i": "事项"})
    assert refused.value.code == error


def test_a_refusal_to_sign_and_nobody_there_are_recorded_and_say_nothing_against_the_firm() -> None:
    for signature in (REFUSED, Signature(how=Signing.ABSENT)):
        sound(Sheet(signature=signature), CODES, {})
        held = gather(ASKED, [filled(1, "Z1", Sheet(signature=signature))], codes=CODES)
        assert (held.findings, held.seen) == ((), None)


def test_a_note_of_before_there_were_sheets_loads_as_it_was() -> None:
    before = dump(note(1, "Z1", found("a"))).replace(f',"sheet":{dump(Sheet())}', "")
    assert '"sheet"' not in before
    assert load(FieldNote, before) == note(1, "Z1", found("a"))
