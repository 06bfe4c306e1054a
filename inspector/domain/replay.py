"""What happened to a draw's teams afterwards, replayed line by line: nobody picks a substitute (draw-protocol ruling 15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from inspector.domain.commitment import Commitment, key
from inspector.domain.dealing import substitute
from inspector.domain.draw import Result
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame
from inspector.domain.strict import is_count, is_text
from inspector.domain.suite import Suite

FIELDS = ("seq", "kind", "object", "seat", "out", "in", "reason", "evidence")
"""The fields of a line, in their order; one that says nothing is null or left out."""


def replay(
    commitment: Commitment, frame: Frame, result: Result, name: str, events: Iterable[Mapping[str, object]]
) -> dict[str, tuple[str | None, ...]]:
    """The teams of a list after its re-deals, each checked against the rule.

    Kinds: `redeal` (a held seat passes to whom the rule names, or to nobody) and `withdrawn` (a visit is called off: its seats
    no longer count as load, and nothing follows for it). Raises Invalid (`draw_line_invalid`) at the first line that the rule
    does not give.
    """
    commitment.list_named(name)
    listed = next(held for held in result.lists if held.name == name)
    teams = {visit: list(team) for visit, team in listed.dealt.teams.items()} if listed.dealt else {}
    gone: dict[str, set[str]] = {visit: set() for visit in teams}
    deal_key = key(commitment, result.seed, f"deal/{name}")
    for number, event in enumerate(events, 1):
        visit = event.get("object")
        _expect(is_count(event.get("seq")) and event["seq"] == number, number, "its number is not the next one")
        for told in ("reason", "evidence"):
            _expect(event.get(told) is None or is_text(event[told]), number, f"{told} is no text")
        if not isinstance(visit, str) or visit not in teams:
            raise _unruly(number, "its object was not drawn, or its visit was called off")
        if event.get("kind") == "withdrawn":
            _expect(all(event.get(told) is None for told in ("seat", "out", "in")), number, "a visit is called off as a whole")
            del teams[visit]
            continue
        _expect(event.get("kind") == "redeal", number, "its kind is unknown")
        seat = _left(event, teams[visit], number)
        chosen = _next(commitment.suite, deal_key, frame, teams, gone, visit, seat)
        named = f"the rule names {chosen or 'nobody'}, not {event.get('in') or 'nobody'}"
        _expect("in" in event and event["in"] == chosen, number, named)
        teams[visit][seat] = chosen
    dealt = listed.dealt.teams if listed.dealt else {}
    return {visit: tuple(teams[visit]) if visit in teams else (None,) * len(team) for visit, team in dealt.items()}


def _left(event: Mapping[str, object], team: Sequence[str | None], number: int) -> int:
    """The seat that is given up, by the one who holds it: an empty seat cannot be given up (ruling 13)."""
    seat = event.get("seat")
    if not is_count(seat) or seat >= len(team) or team[seat] is None or event.get("out") != team[seat]:
        raise _unruly(number, "nobody of that name held that seat")
    return seat


def _next(
    suite: Suite,
    deal_key: str,
    frame: Frame,
    teams: Mapping[str, Sequence[str | None]],
    gone: Mapping[str, set[str]],
    visit: str,
    seat: int,
) -> str | None:
    """Whom the rule names for a seat; its present holder is out for this visit from now on."""
    sitting = [staff for place, staff in enumerate(teams[visit]) if staff is not None and place != seat]
    gone[visit].add(str(teams[visit][seat]))
    loads = Counter(staff for team in teams.values() for staff in team if staff is not None)  # the one who leaves is out anyway
    row = next(row for row in frame.objects if row.id == visit)
    return substitute(suite, deal_key, row, seat, sitting, gone[visit], loads, frame.inspectors, frame.bans)


def _expect(holds: bool, number: int, problem: str) -> None:
    if not holds:
        raise _unruly(number, problem)


def _unruly(number: int, problem: str) -> Invalid:
    return Invalid("draw_line_invalid", file="after.jsonl", row=number, problem=problem)
