"""What a stranger can check of a draw without its registers: the public bundle (draw-protocol ruling 17).

It holds the drawn rows with their paths instead of the registers. So it is shown that these rows were in the frame, that their
tickets are in order and under the limit, and that the numbers follow from the rules; not that nobody else had a smaller ticket.

Where a drawn row may not be named (a natural person; a firm, where the pack says so) its ticket alone stands there, as
`{"ticket": hex}`; and no reserve is named, since none of it was drawn. Who visited whom is not told: inspectors are persons.

Whoever is named, in the reserve too, has a row; and nobody stands twice in a list, by name or by ticket: else a drawn firm could be
hidden behind another, or behind somebody invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, cast

from inspector.domain.audit import Audit, AuditLine, House, Witness, problem, shown, timing
from inspector.domain.commitment import Commitment, DrawList, join, key
from inspector.domain.draw import Result
from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE, ObjectRow
from inspector.domain.frame import read as read_frame
from inspector.domain.selection import quotas, ticket
from inspector.domain.strict import HEX64, is_count, is_text, matches
from inspector.domain.suite import included
from inspector.domain.verify import overstating, shared, thrown, unchecked

_NONE = (-1, -1)
_WITHHELD = {"ticket"}
_STRATUM = {"n", "eligible", "k", "selected", "reserve", "limit"}
Receipts = Sequence[Mapping[str, object]]


def published(commitment: Commitment, result: Result, named: Mapping[str, AbstractSet[str]]) -> dict[str, object]:
    """The value of a public result.json: of each list only the `named` ids, tickets for all others, no teams (ruling 17)."""
    draw_key, told = key(commitment, result.seed, "draw"), cast("dict[str, Any]", result.value())

    def hidden(name: str) -> dict[str, str]:
        return {"ticket": ticket(commitment.suite, draw_key, name)}

    for held, listed in zip(result.lists, told["lists"], strict=True):
        may = named.get(held.name, frozenset())
        for one in listed["strata"].values():
            one["selected"] = [name if name in may else hidden(name) for name in one["selected"]]
            one["reserve"] = list(map(hidden, one["reserve"]))
        listed["teams"] = {}
    return told


def verify_public(
    commitment: Commitment,
    drawn: Mapping[str, Receipts],
    parts: Sequence[Mapping[str, object]],
    result: Mapping[str, object],
    witness: Witness | None,
    *,
    said: House | None = None,
    signatures: Mapping[int, AuditLine | None] | None = None,
) -> Audit:
    """Recompute what the drawn rows allow; `drawn` holds their receipts (line, index, n, path) by list."""
    time_proven, wrong, remarks = timing(commitment, witness, said, signatures)
    problems = [*wrong, *overstating(commitment)]
    unnamed = _unnamed(result)
    hidden = (AuditLine(code="draw.names_withheld", facts={"count": unnamed}),) if unnamed else ()
    others, typed = thrown(commitment, parts, witness)
    problems += others
    remarks = (AuditLine(code="draw.public_bundle"), *hidden, *remarks, *typed, *unchecked(commitment, signatures))
    try:
        seed = join(commitment, parts)
        remarks = (*remarks, *shared(commitment, parts))
        told = result.get("lists")
        bare = result.keys() == {"commit", "lists"} and result["commit"] == commitment.c
        if not bare or not isinstance(told, list) or len(told) != len(commitment.lists):
            problems.append(_unfit("result.json"))
        else:
            pairs = enumerate(zip(commitment.lists, told, strict=True))
            problems += [
                one for n, (held, listed) in pairs for one in _list(commitment, held, listed, drawn, seed, f"lists[{n}]")
            ]
    except Invalid as error:
        problems.append(problem(error))
    return Audit(holds=not problems, time_proven=time_proven, problems=tuple(problems), remarks=remarks)


def _list(
    commitment: Commitment, held: DrawList, listed: object, drawn: Mapping[str, Receipts], seed: str, at: str
) -> Iterator[AuditLine]:
    """The faults of one list."""
    strata = listed.get("strata") if isinstance(listed, dict) else None
    if (
        not isinstance(listed, dict)
        or listed.keys() != {"name", "strata", "teams"}
        or listed["name"] != held.name
        or not isinstance(strata, dict)
    ):
        yield _unfit(at)
        return
    rows = {row.id: row for row in _rows(commitment, held, drawn.get(held.name, ()))}
    counts = {code: _counts(told) for code, told in strata.items()}
    if (
        counts.keys() != held.rules.strata.keys()
        or _NONE in counts.values()
        or sum(n for n, _ in counts.values()) != held.objects[0]
    ):
        yield _unfit(f"{at}.strata")
        return
    sizes = quotas(held.rules, counts, commitment.suite, key(commitment, seed, f"round/{held.name}"))
    draw_key, seen = key(commitment, seed, "draw"), set[str]()
    for code, told in strata.items():
        wanted, k = sizes[code]
        selected, reserve = told["selected"], told["reserve"]
        tickets = [
            (one["ticket"], "") if isinstance(one, dict) else (ticket(commitment.suite, draw_key, one), one)
            for one in (*selected, *reserve)
        ]
        spare = min(held.rules.reserve, counts[code][1] - k)
        fresh = {
            one for one, _ in tickets
        } - seen  # one id has one ticket: a ticket that comes again, in any stratum, is a double
        seen |= fresh
        limit = tickets[k - 1][0] if 0 < k <= len(tickets) else None
        figures = {
            "k": (told["k"], k, is_count(told["k"]) and told["k"] == k),
            "wanted": (
                told.get("wanted"),
                wanted,
                "wanted" not in told or (is_count(told["wanted"]) and told["wanted"] == wanted),
            ),
            "selected.length": (len(selected), k, len(selected) == k),
            "reserve.length": (len(reserve), spare, len(reserve) == spare),
            "limit": (told["limit"], limit, told["limit"] == limit),
        }
        yield from (
            AuditLine(
                code="draw.result_differs",
                facts={"field": f"{at}.strata.{code}.{name}", "told": shown(published), "own": shown(own)},
            )
            for name, (published, own, holds) in figures.items()
            if not holds
        )
        right = {
            "selected": tickets == sorted(tickets) and len(fresh) == len(tickets),
            "rows": all(isinstance(one, dict) or _drawn_from(rows.get(one), code) for one in (*selected, *reserve)),
        }
        yield from (_unfit(f"{at}.strata.{code}.{name}") for name, holds in right.items() if not holds)
    drawn_ids = [one for told in strata.values() for one in told["selected"]]
    everybody = {one for one in drawn_ids if isinstance(one, str)}
    if listed.get("teams") != {} and (len(everybody) < len(drawn_ids) or not _teams_fit(held, listed.get("teams"), everybody)):
        yield _unfit(f"{at}.teams")


def _rows(commitment: Commitment, held: DrawList, receipts: Receipts) -> Iterator[ObjectRow]:
    """The drawn rows, each proven to be of the frame. Raises Invalid (`draw_line_invalid`, and `frame.read`'s)."""
    n, root = held.objects
    for number, told in enumerate(receipts, 1):
        line, index, steps = told.get("line"), told.get("index"), told.get("path")
        given = str(line).encode(errors="replace")
        fits = isinstance(line, str) and "\n" not in line and is_count(index) and isinstance(steps, list)
        fits = fits and is_count(told.get("n")) and told["n"] == n
        if not fits or not included(commitment.suite, given, int(str(index)), n, steps if isinstance(steps, list) else (), root):
            raise Invalid("draw_line_invalid", file="drawn.jsonl", row=number, problem="unrooted")
        yield from read_frame(given + b"\n", b"", b"").objects


def _drawn_from(row: ObjectRow | None, stratum: str) -> bool:
    return row is not None and (row.stratum, row.status) == (stratum, ELIGIBLE)


def _counts(told: object) -> tuple[int, int]:
    """(rows, eligible rows) of a stratum as published; `_NONE` where it has not the form of one (7.8)."""
    if (
        not isinstance(told, dict)
        or told.keys() - {"wanted"} != _STRATUM
        or not is_count(told["n"])
        or not is_count(told["eligible"])
    ):
        return _NONE
    named = all(isinstance(told[name], list) and all(map(_is_one, told[name])) for name in ("selected", "reserve"))
    return (told["n"], told["eligible"]) if named and told["eligible"] <= told["n"] else _NONE


def _is_one(told: object) -> bool:
    """An id, or the ticket of one that is not named."""
    return is_text(told) or (isinstance(told, dict) and told.keys() == _WITHHELD and matches(HEX64, told["ticket"]))


def _unnamed(result: Mapping[str, object]) -> int:
    """How many drawn rows are not named; 0 for what is no result."""
    lists = result.get("lists")
    held = [one.get("strata") for one in lists if isinstance(one, dict)] if isinstance(lists, list) else []
    strata = [told for one in held if isinstance(one, dict) for told in one.values() if isinstance(told, dict)]
    selected = [told["selected"] for told in strata if isinstance(told.get("selected"), list)]
    return sum(isinstance(one, dict) for every in selected for one in every)


def _teams_fit(held: DrawList, teams: object, selected: set[str]) -> bool:
    """One team of the right size for each drawn object and nobody twice in it; who should sit there needs the registers."""
    if not isinstance(teams, dict) or teams.keys() != (selected if held.inspectors is not None else set()):
        return False
    for team in teams.values():
        if not isinstance(team, list) or len(team) != held.rules.team or not all(one is None or is_text(one) for one in team):
            return False
        seated = [one for one in team if one is not None]
        if len(set(seated)) != len(seated):
            return False
    return True


def _unfit(field: str) -> AuditLine:
    """Not in the form, the order or the numbers that the rules give; who should stand there only the registers tell."""
    return AuditLine(code="draw.result_unfit", facts={"field": field})
