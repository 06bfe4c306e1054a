"""A draw's record held to what the ledger and the register of draws say of it: its plan and period, its witness, its times, its void."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from inspector.domain.audit import AuditLine
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.register import Entry, EntryKind
from inspector.domain.voiding import ALTERED

_BEFORE = ("draw.prepare", "draw.promise", "draw.announce")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One ledger entry about the draw. `sound`: it is what was written; `state` is that in which it left the draw.

    `told` is what it says beside its facts.
    """

    rule: str
    facts: Mapping[str, object]
    at: datetime | None = None
    pack: str = ""
    state: str = ""
    told: Mapping[str, object] = field(default_factory=dict)
    sound: bool = True


def clock(draw: Draw) -> dict[str, str | None]:
    """The seed's times, for the entries of the decisions that set them."""
    return {name: _told(getattr(draw, name)) for name in ("seed_at", "figures_by", "reveal_by", "further_by")}


def prepared(draw: Draw, said: Sequence[Said], register: Sequence[Entry]) -> Iterator[AuditLine]:
    """Plan, period, pack, parties and whom it does without are those on which the draw was prepared and entered.

    One draw per plan and period rests on them: who moves a draw to another period frees its own.
    """
    entries = [one for one in said if one.rule == "draw.prepare"]
    lines = [one for one in register if one.kind is not EntryKind.VOID]
    mine: dict[str, object] = {
        "plan": draw.plan,
        "slot": draw.slot,
        "parties": list(draw.parties),
        "without": list(draw.without),
        "further": list(draw.further),
        "extends": draw.extends,
    }
    odd = any(one.pack != draw.pack or not _at(one.at, draw.made_at) for one in entries)
    odd = odd or any(not _at(one.at, draw.made_at) for one in lines)
    odd = odd or any(_odd(mine, {**one.told, **one.facts}) for one in entries) or any(_odd(mine, one.facts) for one in lines)
    extends = any(one.kind is EntryKind.EXTENSION for one in lines)
    supplements = any("supplements" in one.facts for one in lines)
    looks = any("looks_at" in one.facts for one in lines)
    plain = DrawKind.SECOND_LOOK if looks else DrawKind.PLAN
    kind = DrawKind.EXTENSION if extends else DrawKind.SUPPLEMENT if supplements else plain
    if odd or (lines and draw.kind is not kind) or (draw.extends is not None) is not (draw.kind is DrawKind.EXTENSION):
        yield AuditLine(code="draw.records_period")


def timed(draw: Draw, said: Sequence[Said]) -> Iterator[AuditLine]:
    """It was announced, carried out and void when its entries say; the seed's times are those that were last set."""
    stamped = {"draw.announce": draw.announced_at, "draw.carry_out": draw.drawn_at}
    odd = any(not _at(one.at, stamped[one.rule]) for one in said if one.rule in stamped)
    lodged = any(one.rule == "draw.lodge" for one in said)  # from there the times are counted anew
    told = [one.told["clock"] for one in said if "clock" in one.told and not (lodged and one.rule in _BEFORE)]
    odd = odd or bool(told and clock(draw) not in told)
    if odd:
        yield AuditLine(code="draw.records_times")


def witnessed(draw: Draw, said: Sequence[Said]) -> Iterator[AuditLine]:
    """The receipt of the witness and its dates are those that the ledger has of the lodging."""
    entry = next((one.facts for one in said if one.rule == "draw.lodge"), {})
    mine = {"receipt": draw.witness, "witnessed_at": _told(draw.witnessed_at), "lodged_at": _told(draw.lodged_at)}
    if any(_same(entry.get(name)) != _same(value) for name, value in mine.items()):
        yield AuditLine(code="draw.records_witness")


def voided(draw: Draw, said: Sequence[Said]) -> Iterator[AuditLine]:
    """It is void if the ledger says so, for the reason that stands there, and by the names; whose part was lacking too."""
    void = draw.state is DrawState.VOID
    differs = any(one.state == DrawState.VOID.value for one in said) is not void
    by_rule = [one.facts for one in said if one.rule == "draw.void"]
    lacked = (
        [by_rule[0].get("withheld"), *(by_rule[0].get(word, []) for word in ("turned_away", "unasked"))] if by_rule else [[]] * 3
    )
    reasons = [one.get("reason") for one in by_rule]
    reasons += [f"{ALTERED}:{one.facts.get('file')}" for one in said if one.rule == "draw.altered"]
    signed = [one.facts for one in said if one.rule == "draw.void_signed"]
    reasons += [one.get("reason") for one in signed]
    names = [one.by for one in draw.signed] if draw.freed else None
    if (
        differs
        or lacked != [[*draw.withheld], [*draw.turned_away], [*draw.unasked]]
        or (void and draw.void_reason not in reasons)
        or (names is not None and [one.get("by") for one in signed] != [names])
    ):
        yield AuditLine(code="draw.records_void")


def _odd(mine: Mapping[str, object], told: Mapping[str, object]) -> bool:
    """Whether an entry says otherwise about any of it; one that is silent says nothing."""
    return any(told[name] != value for name, value in mine.items() if name in told)


def _at(one: datetime | None, other: datetime | None) -> bool:
    return one is None or (other is not None and one == other)


def _told(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at is not None else None


def _same(value: object) -> object:
    """A text, its moment in UTC where it is one."""
    try:
        return _told(datetime.fromisoformat(value)) if isinstance(value, str) else value
    except ValueError:
        return value
