"""What is left to whoever watches the demo: at a time one assignment, one letter and one case that nobody outside answers.

Who takes a part finds it behind an address that stays the same, `/yours/seat`, `/yours/letter`, `/yours/case`. Who does nothing does no
harm: the seat lapses and is dealt on by the rule, the agency answers its letter late, the officer decides the case in time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from inspector.demo.caller import Heard, Link
from inspector.demo.diary import Diary
from inspector.demo.server import Reply, answer
from inspector.domain.assistance import AssistanceState
from inspector.domain.visit import SeatState

PHONE = "phone-8"
"""The address of the inspector whose part it is, 示例检查员辛."""
AGENCY = "housing"
"""The agency whose letters they are."""
ROOM = "yours"
LOOKS_SECONDS = 0.5
OVER = (401, 403, 404, 410)
"""A link that leads nowhere any more."""


class Part(StrEnum):
    """What a visitor can be: a drawn inspector, the agency that is asked, the officer who decides."""

    SEAT = "seat"
    LETTER = "letter"
    CASE = "case"


OPEN: Mapping[Part, frozenset[str]] = {
    Part.SEAT: frozenset(state.value for state in SeatState if state.open),
    Part.LETTER: frozenset(state.value for state in AssistanceState if state.open),
}
"""States in which there is still something to say."""


class Visitor:
    """The parts that are the visitor's now; none ever where nobody watches (`watched`)."""

    def __init__(self, diary: Diary, *, watched: bool) -> None:
        self._diary = diary
        self._watched = watched

    def offer(self, part: Part, about: str, url: str) -> bool:
        """Whether a thing is left to the visitor: the first of its kind is, until it is over."""
        held = self._diary.room(ROOM).get(part)
        if not self._watched or (held is not None and held["about"] != about):
            return False
        if held is None:
            self._diary.put(ROOM, part, {"about": about, "url": url, "since": self._diary.lived, "state": ""})
        return True

    def about(self, part: Part) -> str:
        """What of this kind is the visitor's now; empty when nothing is."""
        return str((self._diary.room(ROOM).get(part) or {}).get("about", ""))

    def since(self, part: Part) -> float:
        """Since which of the world's days; only where there is one."""
        return float(self._diary.room(ROOM)[part]["since"])

    def goes(self, visit: str) -> bool:
        """Whether the visitor has accepted a seat of this visit: then the other member waits for the visitor's result."""
        held = self._diary.room(ROOM).get(Part.SEAT) or {}
        return held.get("state") == "ACCEPTED" and visit_of(str(held["about"])) == visit

    def go_on(self, office: str) -> None:
        """What an earlier start has left to the visitor, at the office's address of now."""
        for part, held in tuple(self._diary.room(ROOM).items()):
            here = f"{office}/review/{held['about']}" if part == Part.CASE else Link.read(str(held["url"])).at(office).url
            self._diary.put(ROOM, part, {**held, "url": here})

    def over(self, part: Part) -> None:
        """Nothing is left to be said."""
        self._diary.drop(ROOM, part)

    def told(self) -> dict[str, Any]:
        """Each kind that is the visitor's now, with its link and by when it wants an answer, where that is known."""
        room = self._diary.room(ROOM)
        return {part: {"url": room[part]["url"], "by": room[part].get("by", "")} for part in Part if part in room}

    def show(self, path: str) -> Reply:
        """`/yours/seat` and the like lead to what is there now."""
        held = self._diary.room(ROOM).get(path.rpartition("/")[2])
        if held is not None:
            return Reply(status=303, headers={"location": str(held["url"]), "cache-control": "no-store"})
        return answer({"now": "nothing of this kind is yours; look again in a moment", "目前": "暂无，请稍后刷新"}, 404)

    async def work(self) -> None:
        """Look at what is the visitor's, as long as the world: what the office says is over is let go, for the next to come."""
        while True:
            await asyncio.sleep(LOOKS_SECONDS)
            for part in OPEN:
                if held := self._diary.room(ROOM).get(part):
                    link = Link.read(str(held["url"]))
                    self._heard(part, held, await (link.seat() if part is Part.SEAT else link.request()))

    def _heard(self, part: Part, held: Mapping[str, Any], heard: Heard) -> None:
        if heard.status in OVER or (heard.well and heard.data.get("state") not in OPEN[part]):
            self.over(part)
        elif heard.well:
            state = str(heard.data["state"])
            by = heard.data["accept_by"] if heard.data.get("accept_by") and state != "ACCEPTED" else _due(heard.data)
            if (state, by) != (held["state"], held.get("by")):
                self._diary.put(ROOM, part, {**held, "state": state, "by": str(by)})


def visit_of(seat: str) -> str:
    """The visit of a seat by the seat's name, `VISIT:PLACE:NUMBER`."""
    return seat.rsplit(":", 2)[0]


def _due(told: Mapping[str, Any]) -> str:
    """When a visit or a letter falls due, as the office says it."""
    return str(told.get("due_at") or told.get("visit", {}).get("due_at", ""))
