"""The inbox: every message from outside counts once, by source and message id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.errors import Conflict
from inspector.store.room import Room
from inspector.store.sealed import own
from inspector.store.tables import inbox

_HEADERS = {"signed:": "webhook-id"}
"""What a message's id is called where it came, by how its source begins."""


class InboxRoom(Room):
    """The inbox table."""

    def seen(self, source: str, message_id: str, digest: str) -> Mapping[str, Any] | None:
        """The answer given before to this message, or None. Raises Conflict when the id was used for other content."""
        asked = sa.select(inbox.c.digest, inbox.c.answer)
        row = self.connection.execute(asked.where(inbox.c.source == source, inbox.c.message_id == message_id)).one_or_none()
        if row is None:
            return None
        if row.digest != digest:
            header = next((named for door, named in _HEADERS.items() if source.startswith(door)), "Idempotency-Key")
            raise Conflict("message_id_reused", source=source, message_id=message_id, header=header)
        answer: Mapping[str, Any] = json.loads(row.answer)
        return answer

    def keep(self, source: str, message_id: str, digest: str, answer: Mapping[str, object], now: datetime) -> None:
        """Note a message with the answer it got. Two at once: the unique key lets one through, the other rolls back and asks again."""
        body = json.dumps(answer, ensure_ascii=False, default=str)
        row = {"source": source, "message_id": message_id, "at": now, "digest": digest, "answer": own(body, source, message_id)}
        self.connection.execute(sa.insert(inbox).values(**row))

    def forget(self, before: datetime, limit: int = 5000) -> int:
        """Delete messages that came before a moment; how many. What comes again later than that counts by the state it meets."""
        old = sa.select(inbox.c.source, inbox.c.message_id).where(inbox.c.at < before).limit(limit)
        held = sa.tuple_(inbox.c.source, inbox.c.message_id)
        return self.connection.execute(sa.delete(inbox).where(held.in_(old))).rowcount
