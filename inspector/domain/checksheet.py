"""The check sheet of a visit (检查记录表): by item what was found in the field's codes, and what the subject said and signed, or would not.

The codes are rows of a pack, each with its source: several hold at once, so what an item got is a set (handbook 1.2, the result form).
A record is signed by whoever was checked; a refusal is noted with its reason, and where nobody came a witness is asked to sign
(Penalties Law art. 55; Administrative Compulsion Law art. 18, which practice follows for every check). Who does not sign has admitted
nothing and broken nothing: no finding follows from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.errors import Invalid
from inspector.domain.evidence import blank


class Signing(StrEnum):
    """What became of the subject's signature: it signed, would not, or nobody of it was there to."""

    SIGNED = "SIGNED"
    REFUSED = "REFUSED"
    ABSENT = "ABSENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed, or did not: `signer` by name and position, `reason` as it was given, `witness` by name and whence."""

    how: Signing | None = None
    signer: str = ""
    reason: str = ""
    witness: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """What one inspector says of one item: codes of each list, in words what they do not tell, and when what follows was done.

    `item` is the code of an item of the visit's cases; empty where the visit is for no case, so that the row is the visit's.
    """

    item: str
    outcomes: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    followed_on: date | None = None
    words: str = ""

    def codes(self, among: CodeList) -> tuple[str, ...]:
        """Those of one list."""
        return {CodeList.OUTCOME: self.outcomes, CodeList.MODE: self.modes, CodeList.FOLLOW_UP: self.follow_ups}[among]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet as one inspector filled it in, or a part of it. `statement` is what the subject had to say, in its own words."""

    rows: tuple[SheetRow, ...] = ()
    signature: Signature = Signature()
    statement: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was filled in."""
        return self == NO_SHEET

    def told(self) -> dict[str, object]:
        """What binds the ledger's entry to all that was filled in; nothing of an empty one, as for notes of before there were any."""
        return asdict(self) if not self.empty else {}


NO_SHEET = Sheet()


def sound(sheet: Sheet, codes: Iterable[CodeRow], items: Collection[str]) -> None:
    """Raise Invalid for a sheet that contradicts itself or cannot be read.

    `signature_nameless`: signed by nobody; `signature_reasonless`: refused without a reason; `sheet_item_unknown`, `sheet_item_twice`,
    `sheet_code_unknown`, `sheet_codes_exclude` (a code that stands alone beside another one).
    """
    signed = sheet.signature
    if signed.how is Signing.SIGNED and blank(signed.signer):
        raise Invalid("signature_nameless", field="signer")
    if signed.how is Signing.REFUSED and blank(signed.reason):
        raise Invalid("signature_reasonless", field="signing_reason")
    if signed.how is None and signed != Signature():
        raise Invalid("signature_unsaid", field="signing")
    known = {(one.list, one.code): one for one in codes}
    told = [row.item for row in sheet.rows]
    for row in sheet.rows:
        if row.item not in items:
            raise Invalid("sheet_item_unknown", field="sheet", item=row.item, known=", ".join(sorted(items)))
        if told.count(row.item) > 1:
            raise Invalid("sheet_item_twice", field="sheet", item=row.item)
        for among in CodeList:
            said = row.codes(among)
            if strange := [one for one in said if (among, one) not in known]:
                listed = ", ".join(code for kind, code in known if kind is among)
                raise Invalid("sheet_code_unknown", field="sheet", item=row.item, value=", ".join(strange), known=listed or "-")
            if excluding(said, known.values(), among):
                alone = next(known[among, one] for one in said if known[among, one].alone)
                raise Invalid("sheet_codes_exclude", field="sheet", item=row.item, named=alone.name_en, named_zh=alone.name)


def excluding(said: Collection[str], codes: Iterable[CodeRow], among: CodeList) -> bool:
    """Whether codes of one list cannot all hold: one of them stands alone."""
    alone = {one.code for one in codes if one.list is among and one.alone}
    return len(set(said)) > 1 and not alone.isdisjoint(said)
