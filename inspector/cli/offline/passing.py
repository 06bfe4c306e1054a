"""A seat that falls free in a draw of files passes on by the rule (ruling 15): two persons say that it is free, nobody says to whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from inspector.cli.bundle import AFTER, log_of
from inspector.cli.offline import folder, papers
from inspector.cli.offline.drawn import Drawn, refuse_exported
from inspector.cli.offline.opening import opened
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.person import said, two
from inspector.domain.replay import redealt
from inspector.domain.seatground import SeatGround

_GONE = (SeatGround.DEPARTED, SeatGround.UNCERTIFIED)
"""Who is out of one seat for that goes nowhere else by this draw; a leave, or a conflict at one firm, says nothing of other visits."""
_AWAY = (*_GONE, SeatGround.LEAVE)
"""Who is kept from every visit for a while, or for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The line that was written, to which list and draw, the private paper, and the SHA-256 of all that followed so far.

    `left`: the other visits at which whoever gave it up is still to go, where the ground keeps that person from every one.
    """

    draw: str
    listed: str
    line: dict[str, object]
    paper: Path
    digest: str
    left: tuple[str, ...]


def pass_on(  # noqa: PLR0913 - a seat, why it is free, and who says so
    where: Path,
    visit: str,
    staff: str,
    *,
    ground: SeatGround,
    reason: str,
    by: Sequence[str],
    user: str,
    now: datetime,
    listed: str = "",
) -> Passed:
    """Write the re-deal of the seat that `staff` holds at a visit behind what is there. `user`: the machine's user who typed it.

    The words and both names lie in a private paper beside the folder, whose SHA-256 is the line's evidence. The second seat of a visit
    does not pass on: who is next can be foreseen, and whoever may say twice who cannot go would say who goes (decision 28). Nor does one
    whose next was said to be gone: what was said in advance would say where the chain ends.

    Raises Invalid (`seat_not_held_here`, `seat_in_lists`, `draw_field_unusable`), Refusal (`draw_redeal_void`,
    `draw_redeal_over`, `draw_redeal_second`, `draw_redeal_gone`, `draw_redeal_two`, `draw_folder_…`) and OSError.
    """
    with folder.held(where):
        drawn = Drawn.of(where)
        number, result = drawn.commitment.number, drawn.finished
        refuse_exported(drawn)
        if drawn.void:
            raise Refusal("draw_redeal_void", draw=number)
        if opened(drawn.bundle.record) is not None:
            raise Refusal("draw_redeal_over", draw=number)
        names, why = two(by), said("reason", reason)
        if names is None:
            raise Refusal("draw_redeal_two", draw=number)
        name = _seated(drawn, visit, staff, listed)
        events = drawn.events[name]
        if any(one["kind"] == "redeal" and one["object"] == visit for one in events):
            raise Refusal("draw_redeal_second", object=visit, draw=number)
        line = redealt(drawn.commitment, drawn.frames[name], result, name, events, visit, staff)
        _refuse_gone(drawn, line, visit)
        text = papers.seat(number, name, line, names, why, ground, user, now)
        digest = hashlib.sha256(text).hexdigest()
        line |= {"reason": ground.value, "evidence": f"sha256:{digest}"}
        paper = where.with_name(f"{where.name}.redeal-{digest[:8]}.txt")  # its own name: no paper of another line gives way to it
        folder.put(paper, text)  # before the line: without it nobody could show what the line's evidence is
        file = _file(drawn, name)
        content = drawn.bundle.files.get(file, b"") + json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        folder.add(where, file, content)
        logs = {one: text for one, text in drawn.bundle.files.items() if one in {_file(drawn, each) for each in drawn.events}}
        told = log_of({**logs, file: content}) or {}
        held = () if ground not in _AWAY else tuple(sorted(one for one, team in drawn.teams(name).items() if staff in team))
        left = tuple(one for one in held if one != visit)
        return Passed(draw=number, listed=name, line=line, paper=paper, digest=str(told["sha256"]), left=left)


def _refuse_gone(drawn: Drawn, line: Mapping[str, object], visit: str) -> None:
    """Raise Refusal (`draw_redeal_gone`) where the rule names somebody who has left, or has no certificate, as earlier lines say."""
    gone = {one["out"]: one["reason"] for events in drawn.events.values() for one in events if one.get("reason") in _GONE}
    if (why := gone.get(line["in"])) is not None:
        raise Refusal(
            "draw_redeal_gone", object=visit, draw=drawn.commitment.number, inspector=line["in"], ground=SeatGround(why)
        )


def _seated(drawn: Drawn, visit: str, staff: str, listed: str) -> str:
    """The list in which somebody holds a seat at a visit as it stands. Raises Invalid."""
    found = [
        name for name in ([drawn.list_named(listed)] if listed else drawn.events) if staff in drawn.teams(name).get(visit, ())
    ]
    if not found:
        raise Invalid("seat_not_held_here", inspector=staff, object=visit, draw=drawn.commitment.number)
    if len(found) > 1:
        raise Invalid("seat_in_lists", inspector=staff, object=visit, lists=", ".join(found))
    return found[0]


def _file(drawn: Drawn, name: str) -> str:
    """Where a list's lines lie: a list alone leaves its name out, unless they lie under it already."""
    full = f"{name}.{AFTER}"
    return AFTER if len(drawn.commitment.lists) == 1 and full not in drawn.bundle.files else full
