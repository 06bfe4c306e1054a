"""The policy packs this house has been started with: a label stands for one text for ever, since decisions of years ago cite it.

The text itself is kept, so that what cites a pack can be decided and explained after its file has gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawKind
from inspector.store.codec import load
from inspector.store.drawtables import draw, draw_partner
from inspector.store.packtables import pack, pack_use
from inspector.store.room import Room, insert_new
from inspector.store.tables import case_file


class PackRoom(Room):
    """The pack table."""

    def note(self, label: str, digest: str, text: str, now: datetime) -> bool:
        """Note the text and digest (SHA-256, hex) behind a pack's label; whether they are new here. What nothing cites may be edited.

        Raises Refusal (`pack_changed`) when they are not those that something in this house was decided by.
        """
        if self.insert_one(pack, {"label": label, "digest": digest, "seen_at": now, "body": text}, ("label",)):
            return True
        held = self.connection.execute(sa.select(pack.c.digest).where(pack.c.label == label).with_for_update()).scalar_one()
        if held == digest:
            return False
        if self._cited(label):
            raise Refusal("pack_changed", pack=label, was=held[:12], now=digest[:12])
        self.connection.execute(sa.update(pack).where(pack.c.label == label).values(digest=digest, seen_at=now, body=text))
        return True

    def other_since(self, label: str, first: datetime, last: datetime | None) -> tuple[str, datetime] | None:
        """The last case taken in, or draw made, under another version of the pack between two moments: by which one, and when."""
        found = [one for one in (self._case_since(label, first, last), self._draw_since(label, first, last)) if one is not None]
        return max(found, key=lambda one: one[1], default=None)

    def _case_since(self, label: str, first: datetime, last: datetime | None) -> tuple[str, datetime] | None:
        others = case_file.c.pack.startswith(f"{label.rpartition('@')[0]}@", autoescape=True) & (case_file.c.pack != label)
        then = case_file.c.opened_at >= first
        asked = sa.select(case_file.c.pack, case_file.c.opened_at).where(others, then)
        asked = asked.where(case_file.c.opened_at <= last) if last is not None else asked
        found = self.connection.execute(asked.order_by(case_file.c.opened_at.desc()).limit(1)).one_or_none()
        return (found.pack, found.opened_at) if found is not None else None

    def _draw_since(self, label: str, first: datetime, last: datetime | None) -> tuple[str, datetime] | None:
        """As for cases; a supplementary draw deals by the law of the draws that owe, whatever is in force on its day (decision 43)."""
        line = f"{label.rpartition('@')[0]}@"
        asked = sa.select(draw.c.body).where(draw.c.body.contains(f'"{line}', autoescape=True), draw.c.made_at >= first)
        asked = asked.where(draw.c.made_at <= last) if last is not None else asked
        for body in self.connection.execute(asked.order_by(draw.c.made_at.desc())).scalars():
            made = load(Draw, body)
            packs = {made.pack, *(one.pack for one in made.lists)}
            others = sorted(one for one in packs if one.startswith(line) and one != label)
            if others and made.kind is not DrawKind.SUPPLEMENT:
                return others[0], made.made_at
        return None

    def joined_since(self, agencies: Collection[str], first: datetime, last: datetime | None) -> datetime | None:
        """When one of the agencies last took part in a draw of another's objects, between two moments: no record names its pack there."""
        theirs = sa.select(draw_partner.c.number).where(draw_partner.c.agency.in_(list(agencies)))
        asked = sa.select(draw.c.body).where(draw.c.number.in_(theirs), draw.c.made_at >= first)
        asked = asked.where(draw.c.made_at <= last) if last is not None else asked
        made = (load(Draw, body) for body in self.connection.execute(asked.order_by(draw.c.made_at.desc())).scalars())
        return next((one.made_at for one in made if not one.own and one.kind is not DrawKind.SUPPLEMENT), None)

    def use(self, label: str, now: datetime) -> None:
        """Something was decided by a pack: from now on it stands for its text, and is kept. Written down with the transaction's rows."""
        if not self.batch.held.get(f"used:{label}"):
            self.batch.held[f"used:{label}"] = True
            self.batch.later(insert_new(self.sqlite, pack_use, ("label",)), ({"label": label, "at": now},))

    def texts(self) -> dict[str, str]:
        """The text of every pack that was ever noted, by label."""
        return {row.label: row.body for row in self.connection.execute(sa.select(pack.c.label, pack.c.body))}

    def digests(self) -> dict[str, str]:
        """What was noted of every pack, by label."""
        return {row.label: row.digest for row in self.connection.execute(sa.select(pack.c.label, pack.c.digest))}

    def cited(self, labels: Iterable[str]) -> list[str]:
        """Those of the packs by which something was decided."""
        return [label for label in labels if self._cited(label)]

    def _cited(self, label: str) -> bool:
        """Whether a case or a draw was made under it, or anything else decided by it: by transition, of a plan, of the catalogue."""
        used = sa.exists().where(pack_use.c.label == label)
        by_case = sa.exists().where(case_file.c.pack == label)
        by_draw = sa.exists().where(draw.c.body.contains(f'"{label}"', autoescape=True))
        return bool(self.connection.execute(sa.select(sa.or_(used, by_case, by_draw))).scalar_one())
