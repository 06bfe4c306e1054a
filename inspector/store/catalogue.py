"""The catalogue of items: every edition stays, and so does every re-review after a repeal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.catalogue import Entry
from inspector.domain.errors import Missing, Refusal
from inspector.domain.repeal import Rereview
from inspector.store.cataloguetables import catalogue_entry, catalogue_rereview
from inspector.store.codec import dump, load
from inspector.store.room import Room, padded

_PLACE = (catalogue_entry.c.agency, catalogue_entry.c.item, catalogue_entry.c.edition)

_KEEPERS = (
    sa.select(catalogue_entry.c.agency)
    .distinct()
    .where(
        catalogue_entry.c.agency.in_(sa.bindparam("agencies", expanding=True)),
        catalogue_entry.c.published_on.is_not(None),
    )
    .order_by(catalogue_entry.c.agency)
)
"""Every case asks it."""


class CatalogueRoom(Room):
    """The tables of the catalogue."""

    def add(self, made: Entry) -> None:
        """Write a new edition. Raises Refusal (`catalogue_open`) when another hand has written it first."""
        self.batch.ahead.clear()
        told = made.content
        row = {"agency": told.agency, "item": told.item, "edition": told.edition, "version": 0} | self._row(made)
        if not self.insert_one(catalogue_entry, row, ("agency", "item", "edition")):
            raise Refusal("catalogue_open", agency=told.agency, item=told.item, edition=told.edition, state=made.state.value)

    def put(self, changed: Entry) -> None:
        """Write a changed edition; the caller holds its lock."""
        self.batch.ahead.clear()
        told = changed.content
        here = (
            catalogue_entry.c.agency == told.agency,
            catalogue_entry.c.item == told.item,
            catalogue_entry.c.edition == told.edition,
        )
        values = self._row(changed) | {"version": catalogue_entry.c.version + 1}
        self.expect_one(sa.update(catalogue_entry).where(*here).values(**values), told.about)

    def editions(self, agency: str, item: str, *, lock: bool = False) -> list[Entry]:
        """An item's editions in an agency's catalogue, the first one first."""
        asked = sa.select(catalogue_entry.c.body).where(catalogue_entry.c.agency == agency, catalogue_entry.c.item == item)
        asked = asked.order_by(catalogue_entry.c.edition)
        return self._entries(asked.with_for_update() if lock else asked)

    def get(self, agency: str, item: str, edition: int, *, lock: bool = False) -> Entry:
        """One edition. Raises Missing."""
        found = [one for one in self.editions(agency, item, lock=lock) if one.content.edition == edition]
        if not found:
            raise Missing("catalogue_edition_unknown", agency=agency, item=item, edition=edition)
        return found[0]

    def keepers(self, agencies: Sequence[str]) -> list[str]:
        """Those of the agencies that have ever published anything in a catalogue of their own."""
        known = {one: self.batch.ahead.get(("published", one)) for one in agencies}
        if None not in known.values():
            return sorted(one for one, published in known.items() if published)
        return list(self.connection.execute(_KEEPERS, {"agencies": padded(agencies)}).scalars())

    def page(self, agencies: Sequence[str] | None = None) -> list[Entry]:
        """Every edition, by agency, item and edition: some hundreds, since each was made by hand."""
        asked = sa.select(catalogue_entry.c.body).order_by(*_PLACE)
        if agencies is not None:
            asked = asked.where(catalogue_entry.c.agency.in_(list(agencies)))
        return self._entries(asked)

    def unfiled(self) -> list[Entry]:
        """Editions whose filing, or that of their withdrawal, waits for its proof."""
        return self._entries(sa.select(catalogue_entry.c.body).where(catalogue_entry.c.file_by.is_not(None)).order_by(*_PLACE))

    def counts(self) -> Sequence[tuple[str, str, int]]:
        """(agency, state, count) of the editions."""
        told = (catalogue_entry.c.agency, catalogue_entry.c.state)
        return [tuple(row) for row in self.connection.execute(sa.select(*told, sa.func.count()).group_by(*told))]

    def overdue(self, now: datetime) -> int:
        """How many filings are late."""
        late = sa.select(sa.func.count()).select_from(catalogue_entry).where(catalogue_entry.c.file_by < now)
        return int(self.connection.execute(late).scalar_one())

    def reopen(self, made: Rereview) -> bool:
        """Write a re-review; False when it is there already, open or over."""
        row = {"agency": made.agency, "item": made.item, "mark": made.mark} | self._rereview(made)
        return self.insert_one(catalogue_rereview, row, ("agency", "item", "mark"))

    def put_rereview(self, changed: Rereview) -> None:
        """Write a changed re-review; the caller holds its lock."""
        here = (
            catalogue_rereview.c.agency == changed.agency,
            catalogue_rereview.c.item == changed.item,
            catalogue_rereview.c.mark == changed.mark,
        )
        self.expect_one(sa.update(catalogue_rereview).where(*here).values(**self._rereview(changed)), changed.about)

    def rereviews(
        self, agency: str | None = None, item: str | None = None, *, pending: bool = False, lock: bool = False
    ) -> list[Rereview]:
        """Re-reviews, of an agency and an item if named, `pending` those alone that nothing has ended."""
        told = catalogue_rereview.c
        asked = sa.select(told.body).order_by(told.agency, told.item, told.mark)
        if agency is not None:
            asked = asked.where(told.agency == agency)
        if item is not None:
            asked = asked.where(told.item == item)
        if pending:
            asked = asked.where(told.ended.is_(False))
        texts = self.connection.execute(asked.with_for_update() if lock else asked).scalars()
        return [load(Rereview, text) for text in texts]

    def _entries(self, asked: sa.Select[str]) -> list[Entry]:
        return [load(Entry, text) for text in self.connection.execute(asked).scalars()]

    def _row(self, held: Entry) -> dict[str, object]:
        return {
            "state": held.state.value,
            "published_on": held.publication.on if held.publication is not None else None,
            "file_by": held.unfiled.due_at if held.unfiled is not None else None,
            "body": dump(held),
        }

    def _rereview(self, held: Rereview) -> dict[str, object]:
        return {"ended": held.ended is not None, "body": dump(held)}
