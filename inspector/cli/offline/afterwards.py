"""`draw show`, `receipt`, `export`, `report`, `open`, `witness` and `redeal` of a folder: what people see of a draw of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from inspector.cli.offline.folder import named
from inspector.cli.progress import Bars
from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Invalid
from inspector.labels import label

if TYPE_CHECKING:
    from inspector.cli.offline.drawn import Drawn
    from inspector.cli.terminal import Terminal
    from inspector.domain.policy import Policy
    from inspector.domain.report import Report
    from inspector.domain.seatground import SeatGround


def show(terminal: Terminal, where: Path) -> None:
    """The list, for those who go."""
    from inspector.cli.offline.listing import listed

    told = listed(_drawn(terminal, where))
    terminal.value(told)
    if terminal.as_json:
        return
    lists = cast("list[dict[str, Any]]", told["lists"])
    terminal.fields({name: value for name, value in told.items() if name not in ("lists", "waits")})
    if told["waits"]:
        terminal.say("until_the_visit")
    for one in lists:
        _list(terminal, one, alone=len(lists) == 1)


def receipt(terminal: Terminal, where: Path, code: str, listed: str) -> dict[str, object]:
    """A firm's receipt; with what nobody can see from here said beside it."""
    from inspector.cli.offline import handing

    drawn = _drawn(terminal, where)
    told = handing.receipt(drawn, code, listed, measured(drawn).report.certain, datetime.now(SHANGHAI))
    if "leaf" not in told:
        _chain(terminal, drawn)
    return told


def export(terminal: Terminal, where: Path, out: Path, *, public: bool, firms: bool) -> None:
    """The public bundle; the auditor's is the folder itself."""
    from inspector.cli.offline import handing

    if not public:
        raise Invalid("draw_folder_is_bundle", folder=str(where))
    with named(out):
        drawn = _drawn(terminal, where)
        written, stays = handing.export(drawn, out, firms=firms)
    terminal.value({"draw": drawn.commitment.number, "folder": str(out), "files": written, "stays": stays, "problems": []})
    for name in written:
        terminal.say("wrote", file=out / name)
    if stays:
        terminal.aside(terminal.words("stays_within", files=", ".join(stays)))
    _chain(terminal, drawn)


def report(terminal: Terminal, where: Path, listed: str, pack: str | None) -> Report:
    """The report of the files."""
    from inspector.cli.offline import reporting

    drawn = _drawn(terminal, where)
    with Bars(terminal).steps() as begins:
        return reporting.report(drawn, listed, measured(drawn, pack), begins)


def open_(terminal: Terminal, where: Path, on: date, by: Sequence[str]) -> None:
    """Two persons say that the visits are over; what may be told from then on is said."""
    from inspector.cli.offline import opening
    from inspector.cli.terminal import operator

    commitment, told = opening.open_(where, on, by, operator(), datetime.now(SHANGHAI))
    terminal.value({"draw": commitment.number, "folder": str(where), "on": told.on, "by": list(told.by)})
    terminal.say("folder_opened", number=commitment.number, on=told.on.isoformat(), by=", ".join(told.by))
    terminal.say("opened_next", folder=where)


def witness(terminal: Terminal, where: Path, receipt: str, at: datetime) -> None:
    """The witness's receipt and date are entered."""
    from inspector.cli.offline import witnessing
    from inspector.cli.terminal import operator

    commitment = witnessing.witness(where, receipt, at, operator())
    terminal.value({"draw": commitment.number, "folder": str(where), "receipt": receipt, "witnessed_at": at})
    terminal.say("witness_entered", number=commitment.number, receipt=receipt, at=at.isoformat())


def redeal(
    terminal: Terminal,
    where: Path,
    visit: str,
    staff: str,
    *,
    ground: SeatGround,
    reason: str,
    by: Sequence[str],
    listed: str,
) -> None:
    """A seat passes on by the rule; whom it names is said, and what to tell the witness."""
    from inspector.cli.offline import passing
    from inspector.cli.terminal import operator

    user, now = operator(), datetime.now(SHANGHAI)
    done = passing.pass_on(where, visit, staff, ground=ground, reason=reason, by=by, user=user, now=now, listed=listed)
    terminal.value(
        {"draw": done.draw, "list": done.listed, "line": done.line, "paper": str(done.paper), "after": done.digest}
        | ({"left": list(done.left)} if done.left else {}),
    )
    came = done.line["in"]
    facts = {"object": visit, "seat": done.line["seat"], "out": staff, "came": came}
    terminal.say("seat_passed" if came is not None else "seat_left_empty", **facts)
    terminal.say("seat_paper", file=done.paper)
    terminal.say("seat_after", digest=done.digest, folder=where)
    if came is None:
        terminal.say("seats_next")
    if done.left:
        terminal.say("seats_left", out=staff, objects=", ".join(done.left))


def measured(drawn: Drawn, pack: str | None = None) -> Policy:
    """The pack that a draw of files is measured by: the version of the day of the commitment, or the one named. Raises Missing."""
    from inspector.cli.offline import measure
    from inspector.domain.seed import moment

    made = moment(drawn.commitment.made)
    return measure.policy(made.astimezone(SHANGHAI).date() if made is not None else date.min, pack)


def _drawn(terminal: Terminal, where: Path) -> Drawn:
    from inspector.cli.offline.drawn import Drawn

    with named(where), Bars(terminal).steps() as begins:
        return Drawn.of(where, begins)


def _chain(terminal: Terminal, drawn: Drawn) -> None:
    """That a draw before this one lies elsewhere, so that nobody can see from here whether its visits are over."""
    from inspector.cli.offline.opening import chain

    if not chain(drawn.where, drawn.commitment).whole:
        terminal.aside(terminal.words("before_elsewhere", draw=drawn.commitment.number))


def _list(terminal: Terminal, told: Mapping[str, Any], *, alone: bool) -> None:
    if not alone:
        terminal.say("list_named", list=told["list"])
    terminal.rows(("stratum", "n", "eligible", "k", "reserve"), told["strata"])
    visits = [
        {**one, "state": _state(terminal, one), "inspectors": [who or "—" for who in one["inspectors"]]} for one in told["visits"]
    ]
    terminal.say("visits_of")
    terminal.rows(("order", "object", "stratum", "place", "area", "qualification", "inspectors", "state"), visits)
    terminal.say("reserve_of")
    states = [{**one, "state": label("followed.came_in", terminal.lang) if one["came"] else ""} for one in told["reserve"]]
    terminal.rows(("stratum", "place", "object", "area", "state"), states)


def _state(terminal: Terminal, one: Mapping[str, Any]) -> str:
    """What has become of a visit, in words; nothing of one that stands as it was drawn."""
    if one["state"] == "came":
        return label("followed.came_for", terminal.lang, object=one["replaces"])
    return label(f"report.{one['state']}", terminal.lang) if one["state"] != "stands" else ""
