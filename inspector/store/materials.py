"""Files that somebody has shown or photographed: one way to keep them, to read them and to let them go (decision 68)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.errors import Missing
from inspector.domain.material import MaterialKind
from inspector.domain.visit import VisitState
from inspector.store.materialtables import material
from inspector.store.room import Room
from inspector.store.sealed import opened_file, sealed_file
from inspector.store.tables import case_file, visit, visit_case

_OPEN_VISITS = tuple(state.value for state in VisitState if state.open)


class MaterialRoom(Room):
    """The table of materials."""

    def keep(self, about: str, digest: str, kind: MaterialKind, content: bytes, at: datetime, case_id: str | None = None) -> None:
        """Keep a file about a self-proof, with its case, or about a visit; the same bytes twice are one."""
        row: dict[str, object] = {"about": about, "digest": digest, "case_id": case_id, "kind": kind.value}
        row |= {
            "size": len(content),
            "at": at,
            "content": sealed_file(self.batch.direct.dialect, material.c.content, content, about, digest),
        }
        self.insert_one(material, row, ("about", "digest"))

    def content(self, about: str, digest: str) -> bytes:
        """A file. Raises Missing: for one that is not there, and for one that is kept no longer."""
        asked = sa.select(material.c.content).where(material.c.about == about, material.c.digest == digest)
        row = self.connection.execute(asked).one_or_none()
        if row is None:
            raise Missing("material_unknown", digest=digest)
        if row.content is None:
            raise Missing("material_gone", digest=digest)
        return opened_file(self.batch.direct.dialect, material.c.content, row.content, about, digest)

    def kept(self) -> list[tuple[str, str, str | None, bool]]:
        """(about, digest, case, whether it is still there) of every file that was ever kept."""
        held = material.c
        asked = sa.select(held.about, held.digest, held.case_id, held.content.is_not(None))
        return [(row[0], row[1], row[2], bool(row[3])) for row in self.connection.execute(asked)]

    def of_cases(self, before: datetime) -> list[str]:
        """The cases that ended before a moment, with files that came before it and are still there."""
        held = material.c
        asked = sa.select(held.case_id).join(case_file, case_file.c.id == held.case_id).where(case_file.c.ended_at < before)
        asked = asked.where(held.at < before, held.content.is_not(None))
        return sorted(name for name in self.connection.execute(asked.distinct()).scalars() if name)

    def of_visits(self, before: datetime) -> list[str]:
        """The visits that are over and serve no case that is under way or ended later, with files of before that are still there."""
        held = material.c
        served = sa.select(visit_case.c.visit).join(case_file, case_file.c.id == visit_case.c.case_id)
        served = served.where(sa.or_(case_file.c.ended_at.is_(None), case_file.c.ended_at >= before))
        asked = sa.select(held.about).join(visit, visit.c.id == held.about)
        asked = asked.where(held.case_id.is_(None), held.at < before, visit.c.state.not_in(_OPEN_VISITS))
        asked = asked.where(held.about.not_in(served), held.content.is_not(None))
        return sorted(self.connection.execute(asked.distinct()).scalars())

    def there(self, case_id: str | None, about: str = "") -> dict[str, list[tuple[str, datetime]]]:
        """The files of a case, or about one thing with none, that are still there: digests and when they came, by what they are about."""
        asked = sa.select(material.c.about, material.c.digest, material.c.at).where(material.c.content.is_not(None))
        asked = asked.where(material.c.case_id == case_id) if case_id else asked.where(material.c.about == about)
        found: dict[str, list[tuple[str, datetime]]] = {}
        for row in self.connection.execute(asked.order_by(material.c.about, material.c.digest)):
            found.setdefault(row.about, []).append((row.digest, row.at))
        return found

    def came(self, about: str, digests: Collection[str], *, case: bool) -> list[tuple[tuple[str, str], datetime]]:
        """When files with some digests came, of a `case` or about a thing: each by what it is about, and its digest."""
        asked = sa.select(material.c.about, material.c.digest, material.c.at).where(material.c.digest.in_(digests))
        asked = asked.where((material.c.case_id if case else material.c.about) == about)
        return [((row.about, row.digest), row.at) for row in self.connection.execute(asked)]

    def forget(self, about: str, digest: str) -> None:
        """Let a file go; its digest stays."""
        one = (material.c.about == about) & (material.c.digest == digest)
        self.connection.execute(sa.update(material).where(one).values(content=None))
