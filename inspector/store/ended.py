"""Work that has lost its purpose: how its rows are ended, and what they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inspector.store.among import among
from inspector.store.tables import Moment, work

_WHY = sa.case(
    (work.c.state == "quarantined", sa.func.substr(sa.literal("obsolete: ") + sa.func.coalesce(work.c.error, ""), 1, 400)),
    else_="obsolete",
)
"""Why an ended row was not carried out; of one in quarantine also what had stopped it."""
_OBSOLETE = (
    sa.update(work)
    .where(work.c.state.in_(("ready", "waiting", "quarantined")))
    .values(state="done", done_at=sa.bindparam("now", type_=Moment), error=_WHY, owner=None)
    .returning(work.c.key, work.c.kind, work.c.lane, work.c.case_id, work.c.fence, work.c.lease_until, work.c.error)
)
END = _OBSOLETE.where(among(work.c.case_id, "cases"), among(work.c.kind, "kinds"))
END_KEYS = _OBSOLETE.where(among(work.c.key, "keys"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A row as it was when it was ended: never claimed (`fence` 0), tried before, or still under way until `lease_until`."""

    key: str
    kind: str
    lane: str
    case_id: str | None
    fence: int
    lease_until: datetime
    error: str

    @property
    def stopped(self) -> bool:
        """Whether it lay in quarantine."""
        return self.error != "obsolete"
