"""What the check sheet of a visit is made of: the codes of the pack it was drawn under, and its items."""

from __future__ import annotations

from inspector.domain.checkcode import CodeRow
from inspector.domain.visit import Visit
from inspector.flows.office import Office
from inspector.flows.seated import pack
from inspector.store.tx import Tx


def on_sheet(office: Office, tx: Tx, held: Visit, agency: str) -> tuple[tuple[CodeRow, ...], dict[str, str]]:
    """The codes, and by its code the name of each item of the agency's cases; of a visit for none, one row without (`""`)."""
    codes = office.book.get(pack(tx, held)).sheet
    items = dict[str, str]()
    for case_id in held.cases_of(agency):
        case = tx.cases.get(case_id)
        items[case.item] = office.book.get(case.pack).item(case.item).name
    return codes, items or {"": ""}
