"""What happened to a draw's objects and teams afterwards, replayed line by line: nobody picks a substitute (draw-protocol ruling 15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inspector.domain.commitment import Commitment, key
from inspector.domain.dealing import substitute
from inspector.domain.draw import ListResult, Result
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame
from inspector.domain.strict import is_count, is_text
from inspector.domain.suite import Suite

FIELDS = ("seq", "kind", "object", "seat", "out", "in", "reason", "evidence")
"""The fields of a line, in their order; one that says nothing is null or left out."""


def replay(
    commitment: Commitment, frame: Frame, result: Result, name: str, events: Iterable[Mapping[str, object]]
) -> dict[str, tuple[str | None, ...]]:
    """The teams of a list after all that happened, each line checked against the rule; a visit that is no more has empty seats.

    Kinds: `redeal` (a held seat passes to whom the rule names, or to nobody), `withdrawn` (a visit is called off: its seats no longer
    count as load, and nothing follows for it), `replace` (the same, and the next object of the same stratum's reserve comes in), and
    then `deal`, once for each seat of that one in order: whom the rule names at the loads in force, nobody else being moved.
    Raises Invalid (`draw_line_invalid`) at the first line that the rule does not give.
    """
    table = _laid(commitment, frame, result, name)
    lines = table.through(events)
    for held in table.teams.values():
        _expect(len(held) == table.size, lines, "seats")
    return {visit: tuple(table.teams.get(visit, ())) or (None,) * table.size for visit in table.known}


def redealt(
    commitment: Commitment,
    frame: Frame,
    result: Result,
    name: str,
    events: Iterable[Mapping[str, object]],
    visit: str,
    staff: str,
) -> dict[str, object]:
    """The line by which the seat that `staff` holds at a visit passes on, behind those that are there: `in` is whom the rule names.

    With None nobody is left (ruling 13). `reason` and `evidence` are left null. Raises Invalid (`draw_line_invalid`: a line that the
    rule does not give, a visit that does not stand, a seat that somebody else holds; `draw_list_unknown`).
    """
    table = _laid(commitment, frame, result, name)
    number = table.through(events) + 1
    team = table.teams.get(visit)
    if team is None:
        raise _unruly(number, "undrawn")
    _expect(staff in team, number, "held_seat")
    seat = team.index(staff)
    table.gone.setdefault(visit, set()).add(staff)
    told: dict[str, object] = {"seq": number, "kind": "redeal", "object": visit, "seat": seat, "out": staff}
    return dict.fromkeys(FIELDS) | told | {"in": table.next_for(visit, seat)}


def _laid(commitment: Commitment, frame: Frame, result: Result, name: str) -> _Table:
    """A list's visits as they were dealt."""
    team = commitment.list_named(name).rules.team
    listed = next(held for held in result.lists if held.name == name)
    deal_key = key(commitment, result.seed, f"deal/{name}")
    return _Table(suite=commitment.suite, deal_key=deal_key, frame=frame, listed=listed, size=team)


@dataclass(kw_only=True)
class _Table:
    """The visits that stand, as the lines leave them. Private: nothing of it outlives `replay`."""

    suite: Suite
    deal_key: str
    frame: Frame
    listed: ListResult
    size: int
    gone: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dealt = self.listed.dealt.teams if self.listed.dealt else {}
        self.teams: dict[str, list[str | None]] = {visit: list(team) for visit, team in dealt.items()}
        self.known = list(self.teams)
        self.reserves = {code: list(one.reserve) for code, one in self.listed.strata.items()}

    def through(self, events: Iterable[Mapping[str, object]]) -> int:
        """Every line in order; how many there were. Raises Invalid."""
        number = 0
        for number, event in enumerate(events, 1):
            self.follow(number, event)
        return number

    def follow(self, number: int, event: Mapping[str, object]) -> None:
        """One line. Raises Invalid."""
        visit, kind = event.get("object"), event.get("kind")
        _expect(is_count(event.get("seq")) and event["seq"] == number, number, "number")
        for told in ("reason", "evidence"):
            _expect(event.get(told) is None or is_text(event[told]), number, f"{told}_text")
        if not isinstance(visit, str) or visit not in self.teams:
            raise _unruly(number, "undrawn")
        if kind == "withdrawn":
            _expect(all(event.get(told) is None for told in ("seat", "out", "in")), number, "whole_visit")
            del self.teams[visit]
        elif kind == "replace":
            self.replace(number, event, visit)
        elif kind == "deal":
            seat, team = event.get("seat"), self.teams[visit]
            ruly = is_count(seat) and seat == len(team) < self.size and event.get("out") is None
            _expect(ruly, number, "seat")
            chosen = self.next_for(visit, len(team))
            self.named(number, event, chosen)
            team.append(chosen)
        else:
            _expect(kind == "redeal", number, "event")
            seat = self.left(number, event, visit)
            self.gone.setdefault(visit, set()).add(str(self.teams[visit][seat]))
            chosen = self.next_for(visit, seat)
            self.named(number, event, chosen)
            self.teams[visit][seat] = chosen

    def replace(self, number: int, event: Mapping[str, object], visit: str) -> None:
        """Like for like: the next of the sealed reserve of the same stratum, whoever would rather have another one."""
        whole = event.get("seat") is None and event.get("out") == visit
        _expect(whole, number, "whole_object")
        stratum = next(row.stratum for row in self.frame.objects if row.id == visit)
        left = self.reserves[stratum]
        chosen = left.pop(0) if left else None
        self.named(number, event, chosen)
        if chosen is None:
            raise _unruly(number, "reserve")
        del self.teams[visit]
        self.teams[chosen] = []
        self.known.append(chosen)

    def left(self, number: int, event: Mapping[str, object], visit: str) -> int:
        """The seat that is given up, by the one who holds it: an empty seat cannot be given up (ruling 13)."""
        seat, team = event.get("seat"), self.teams[visit]
        if not is_count(seat) or seat >= len(team) or team[seat] is None or event.get("out") != team[seat]:
            raise _unruly(number, "held_seat")
        return seat

    def next_for(self, visit: str, seat: int) -> str | None:
        """Whom the rule names for a seat at the loads in force; who was out of this visit stays out."""
        sitting = [staff for place, staff in enumerate(self.teams[visit]) if staff is not None and place != seat]
        out = self.gone.get(visit, set())
        loads = Counter(staff for team in self.teams.values() for staff in team if staff is not None)  # who leaves is out anyway
        row = next(row for row in self.frame.objects if row.id == visit)
        return substitute(self.suite, self.deal_key, row, seat, sitting, out, loads, self.frame.inspectors, self.frame.bans)

    def named(self, number: int, event: Mapping[str, object], chosen: str | None) -> None:
        """The line says whom or what the rule names."""
        if "in" not in event or event["in"] != chosen:
            raise _unruly(number, "named", chosen=chosen or "—", given=event.get("in") or "—")


def _expect(holds: bool, number: int, problem: str) -> None:
    if not holds:
        raise _unruly(number, problem)


def _unruly(number: int, problem: str, **facts: object) -> Invalid:
    """`problem` names its words (labels, group `file_part`)."""
    return Invalid("draw_line_invalid", file="after.jsonl", row=number, problem=problem, **facts)
