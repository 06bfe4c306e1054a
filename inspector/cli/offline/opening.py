"""When a draw without the daemon is nobody's secret any more: once two persons say that its visits are over, on one day, for everybody.

Nothing on a laptop knows of visits. Were it said receipt by receipt, an office could tell one firm before its visit and another one
never; said once, in the record that lies in the folder, it holds for the public bundle and for every firm alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from inspector.cli.bundle import DRAWN, FRAME, RECORD, Bundle, frames_of, registers
from inspector.cli.offline import beside, folder
from inspector.cli.offline.carry import RESULT
from inspector.cli.offline.drawn import Drawn, contradicted, refuse_exported, voided
from inspector.domain.calendar import SHANGHAI
from inspector.domain.commitment import Commitment
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.frame import ELIGIBLE
from inspector.domain.person import same, two
from inspector.domain.seed import moment
from inspector.domain.strict import is_text

OPENED = "opened"
WHOLE = 1_000_000
"""The parts per million of a class that is drawn whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The day on which the last visit was over, and the two who say so."""

    on: date
    by: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The draws before one, the nearest first, each with the folders that hold it beside; `whole`: back to the register's first."""

    before: tuple[tuple[Commitment, tuple[Path, ...]], ...]
    whole: bool


def open_(where: Path, on: date, by: Sequence[str], user: str, now: datetime) -> tuple[Commitment, Opened]:
    """Write down that the last visit was over on a day. `user`: the machine's user who typed both names.

    Raises Invalid (`time_ahead`, `draw_open_before`, `draw_field_unusable`), Refusal (`draw_open_void`,
    `draw_open_already`, `draw_open_two`, `draw_open_anew`, `draw_folder_…`) and OSError.
    """
    with folder.held(where):
        drawn = Drawn.of(where)
        commitment, record = drawn.commitment, drawn.bundle.record
        refuse_exported(drawn)
        if drawn.void:
            raise Refusal("draw_open_void", draw=commitment.number)
        _ = drawn.finished
        if (before := opened(record)) is not None:
            raise Refusal("draw_open_already", draw=commitment.number, on=before.on.isoformat(), by=", ".join(before.by))
        if (names := two(by)) is None:
            raise Refusal("draw_open_two", draw=commitment.number)
        made = moment(commitment.made)
        if on > now.astimezone(SHANGHAI).date():
            raise Invalid("time_ahead", field="--on", value=on.isoformat())
        if made is not None and on < made.astimezone(SHANGHAI).date():
            raise Invalid("draw_open_before", on=on.isoformat(), made=commitment.made)
        refuse_dealt_anew(drawn)
        told = Opened(on=on, by=names)
        entry = {"on": on.isoformat(), "by": list(names), "at": now.isoformat(timespec="seconds"), "recorded_by": user}
        body = {**record, "draw": commitment.number, "w": commitment.w, OPENED: entry}
        folder.add(where, RECORD, (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode())
        return commitment, told


def opened(record: Mapping[str, object]) -> Opened | None:
    """What a record says of it; None where it says nothing. Raises Invalid (`bundle_unreadable`) for what two persons never wrote."""
    told = record.get(OPENED)
    if told is None:
        return None
    try:
        day, names = date.fromisoformat(str(told["on"])), told["by"]  # type: ignore[index] # anything else is caught
        one, other = names
        if is_text(one) and is_text(other) and not same(one, other):
            return Opened(on=day, by=(one, other))
    except (KeyError, TypeError, ValueError):
        pass
    raise Invalid("bundle_unreadable", file=RECORD, problem=OPENED)


def closed(drawn: Drawn) -> list[str]:
    """The numbers of the draws of which nobody has said that their visits are over: itself, and those before it that lie beside it.

    Its commitment names the C before it, with which and a public seed anybody computes that draw. Raises Invalid and OSError.
    """
    own = drawn.result is not None and drawn.void is None and opened(drawn.bundle.record) is None
    waits = [drawn.commitment.number] if own else []
    waits += [
        held.number
        for held, folders in chain(drawn.where, drawn.commitment).before
        if not any(_over(where, held) for where in folders)
    ]
    return waits


def refuse_closed(drawn: Drawn) -> None:
    """Raise Refusal (`draw_unopened`) while the visits of the draw, or of one before it, are not said to be over."""
    if waits := closed(drawn):
        raise Refusal("draw_unopened", draw=drawn.commitment.number, of=", ".join(waits))


def chain(where: Path, commitment: Commitment) -> Chain:
    """The draws before a draw, as far as their folders lie beside it; a copy, or a public bundle, is one more folder of the same draw."""
    by_c = dict[str, tuple[Commitment, tuple[Path, ...]]]()
    for file, held in beside.look(where.resolve().parent).bundles:
        by_c[held.c] = (held, (*by_c.get(held.c, (held, ()))[1], file))
    found, at = list[tuple[Commitment, tuple[Path, ...]]](), commitment.prev
    while at is not None and at in by_c:
        found.append(by_c.pop(at))
        at = found[-1][0].prev
    return Chain(before=tuple(found), whole=at is None)


def refuse_dealt_anew(drawn: Drawn) -> None:
    """Raise Refusal (`draw_open_anew`) while a draw behind this one, that deals visits of its anew, lies beside and is not over.

    That is one of which a list is drawn whole and has nothing but visits of draws beside it, ours among them (ruling 13). Raises
    Invalid too, naming the folder that cannot be read, and OSError.
    """
    near, own = beside.look(drawn.where.resolve().parent).bundles, {name for one in drawn.finished.lists for name in one.selected}
    behind, known = {drawn.commitment.c}, set[str]()
    while len(known) < len(behind):
        known |= behind
        behind |= {held.c for _, held in near if held.prev in behind}
    for where, held in near:
        if held.c == drawn.commitment.c or held.c not in behind or _over_anywhere(held, near):
            continue
        others = {name for file, other in near if other.c != held.c for name in _visits(file)}
        if any(mine & own and mine <= own | others for mine in _whole(where, held)):
            raise Refusal("draw_open_anew", draw=drawn.commitment.number, other=held.number, folder=str(where))


def _whole(where: Path, held: Commitment) -> Iterator[set[str]]:
    """Whoever may be drawn in each list of a folder of which every class is drawn whole."""
    lists = [one.name for one in held.lists if all(share.ppm == WHOLE for share in one.rules.strata.values())]
    if lists:
        with naming(where):
            files, huge = Bundle.files_of(where, large=False)
            frames = frames_of(held, registers(Bundle(files=files, large=huge), held, set()))
        yield from ({row.id for row in frames[name].objects if row.status == ELIGIBLE} for name in lists)


def _visits(where: Path) -> set[str]:
    """Whom a folder's result names; somebody else's file decides nothing by being unreadable."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        lists = json.loads((where / RESULT).read_bytes())["lists"]
        drawn = (name for one in lists for stratum in one["strata"].values() for name in stratum["selected"])
        return {name for name in drawn if isinstance(name, str)}
    return set()


def _over_anywhere(held: Commitment, near: Iterable[tuple[Path, Commitment]]) -> bool:
    return any(_over(where, held) for where, other in near if other.c == held.c)


def _over(where: Path, held: Commitment) -> bool:
    """Whether nothing waits for the visits of a draw: it is void, two persons say that they are over, or it lies there published.

    The public bundle holds C and the seed: whoever made it, the daemon or this command, waited for its visits.
    """
    with naming(where):
        record, drawn = Bundle.record_in(where, held), (where / RESULT).is_file()
        over = bool(voided(held, record, drawn=drawn)) or (drawn and opened(record) is not None)
    return over or (drawn and published(where))


def published(where: Path) -> bool:
    """Whether a folder is a draw's public bundle, by the names of its files. Raises OSError."""
    names = [file.name for file in where.iterdir() if file.is_file()]
    return any(name.endswith(DRAWN) for name in names) and not any(name.endswith(FRAME) for name in names)


@contextmanager
def naming(where: Path) -> Iterator[None]:
    """What cannot be read in a folder beside is told by that folder, for nobody named it. Raises Refusal (`draw_folder_contradicted`)."""
    try:
        yield
    except Invalid as error:
        raise contradicted(where) from error
