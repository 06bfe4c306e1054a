"""What a pack says of checks: how often somebody is sought, and the boxes of the check sheet; each row with its source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.attempt import AttemptWay, lacking
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.seeking import SHIPPED, SeekingRow, strictest
from inspector.policybook import PacksInvalid, Policybook
from tests.packs import SHIPPED as PACK
from tests.packs import write

BOX = '[[sheet]]\nid = "box-{id}"\nlist = "MODE"\ncode = "{code}"\nname = "现场"\nname_en = "on site"\nbasis = "{basis}"\n'


def seeking(least: int, ways: int, days: int, basis: str = "P:2.7") -> str:
    return f'{PACK}\n[seeking]\nid = "seek"\nleast = {least}\nways = {ways}\ndays = {days}\nbasis = "{basis}"\n'


def box(row: str, code: str, basis: str = "P:2.7") -> str:
    return "\n" + BOX.format(id=row, code=code, basis=basis)


def test_who_was_sought_as_often_as_the_pack_says_may_be_called_unreachable_and_by_two_packs_the_stricter_holds() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    tried = [(AttemptWay.ON_SITE, at), (AttemptWay.TELEPHONE, at), (AttemptWay.ON_SITE, at + timedelta(days=1))]
    more = SeekingRow(row="more", least=2, ways=1, days=3, basis="S8:1")
    calendar = WorkingCalendar()
    assert lacking(tried, calendar, SHIPPED) is None
    refusal = lacking(tried, calendar, more)
    assert refusal is not None
    assert (refusal.facts["days"], refusal.facts["least_days"]) == (2, 3)
    assert strictest([SHIPPED, more]).numbers == (3, 2, 3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (seeking(1, 1, 1), "seeking_uncited"),
        (seeking(3, 6, 2), "seeking_endless"),
        (seeking(3, 2, 4), "seeking_endless"),
        (seeking(0, 1, 1, "S8:1"), "number_too_small"),
        (PACK + box("a", "on-site") + box("b", "on-site"), "sheet_twice"),
        (PACK + box("a", "on~site"), "code_unusable"),
        (PACK + box("a", "on-site", "S77:1"), "basis_unknown"),
    ],
)
def test_a_pack_without_source_or_sense_is_refused(tmp_path: Path, text: str, code: str) -> None:
    write(tmp_path, text)
    with pytest.raises(PacksInvalid) as refused:
        Policybook.load(tmp_path)
    assert code in [flaw.code for flaw in refused.value.flaws]


def test_a_deployer_asks_for_more_by_a_proposal_for_fewer_by_a_document_and_nobody_s_silence_changes_what_is_shipped(
    tmp_path: Path,
) -> None:
    for text, numbers in ((seeking(5, 3, 3), (5, 3, 3)), (seeking(2, 2, 2, "S8:26"), (2, 2, 2)), (PACK, (3, 2, 2))):
        write(tmp_path, text)
        (pack,) = Policybook.load(tmp_path).packs
        assert pack.seeking.numbers == numbers
