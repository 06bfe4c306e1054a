"""One certificate, one person, one staff code: a row of a file held to the registers of all agencies (decision 161).

Under a second code in force a team of two could be one person, and under a new one a person would be free of the conflicts, the cap and the
last visits of the old. So a number that another code has or had is a flaw, unless the row names that code as its former one and that one
is out of force, or goes with this file: then its history goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from inspector.domain.holder import Stood, meant, named
from inspector.domain.roster import InspectorRecord
from inspector.domain.signs import written
from inspector.flows.layout import RowReader
from inspector.sheets.flaw import RowFlaw


class FormerCodes:
    """The rows of all registers, and what the rows of a file have named among them; `keep`: the file takes none out."""

    def __init__(self, agency: str, held: Iterable[Stood], *, keep: bool) -> None:
        self._agency, self._keep = agency, keep
        self._known = {one.name: one for one in held}
        self._numbered: dict[str, list[Stood]] = defaultdict(list)
        for one in self._known.values():
            self._numbered[written(one.row.certificate)].append(one)
        self._leave: list[tuple[int, Stood]] = []

    def settle(self, reader: RowReader, row: InspectorRecord) -> InspectorRecord:
        """The row with all codes under which its person stood before; what speaks against it becomes a flaw."""
        mine = named(self._agency, row.id)
        former: list[str] = []
        for told in reader.several("former"):
            found = meant(told, self._agency, self._known)
            if found is None or found.name == mine:
                reader.flaw("former", "former_unknown", former=told)
            elif found.listed and found.row.agency != self._agency:
                reader.flaw("former", "former_stands", former=found.name)
            else:
                former += [found.name, *found.row.former]
                self._leave += [(reader.number, found)] if found.listed else []
        stands = self._known.get(mine)
        former = [*dict.fromkeys(former or (stands.row.former if stands is not None else ()))]
        number = written(row.certificate)
        others = [one.name for one in self._numbered.get(number, ()) if one.name not in {mine, *former}] if number else []
        if others and reader.sound:
            reader.flaw("certificate", "certificate_held", held=", ".join(sorted(others)))
        return replace(row, former=tuple(one for one in former if one != mine))

    def standing(self, codes: Collection[str]) -> list[RowFlaw]:
        """What speaks against former codes that the file, which has these, leaves in force."""
        return [
            RowFlaw(row=number, column="former", code="former_stands", facts={"former": one.name})
            for number, one in self._leave
            if self._keep or one.row.id in codes
        ]
