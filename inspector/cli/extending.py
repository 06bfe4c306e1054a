"""`draw extend`: more of what a draw has left, by two persons, a document and a seed of its own. Nothing here names an object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from inspector.cli.afterwards import By, Number, Reason
from inspector.cli.command import command
from inspector.cli.standing import stands
from inspector.cli.terminal import Terminal
from inspector.domain.errors import Invalid

COLUMNS = ("stratum", "row", "rows", "drawn", "able", "wanted", "added", "room")


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "extend")(extend)


def extend(
    terminal: Terminal,
    draw: Number,
    reason: Reason,
    basis: Annotated[str, typer.Option("--basis", help="Number of the document that orders it 批准文号")],
    more: Annotated[
        list[str] | None,
        typer.Option("--more", help="So many more of a stratum, [LIST/]STRATUM=NUMBER; may be repeated 某层追加户数"),
    ] = None,
    by: By = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be drawn, write nothing 试运行")] = False,
) -> None:
    """Extend a draw: one person asks, another one in the same words has it announced. 追加抽取（两人、同一理由和文号）。

    The next number draws, with a seed of its own, from the objects of the draw's own frame that were not drawn in the period. Without
    --more as many as the pack in force asks beyond what was drawn; with it as many as the document orders, of whole strata, never of
    one object. Only a plan's newest draw can be extended, once for each document, and within the published annual plan.
    """
    from inspector.domain.approval import Approval
    from inspector.flows import extend as extending

    office, who = terminal.office, terminal.signer(by)
    given = Approval(reason=reason, basis=basis, asked_by=who, asked_at=office.now(), more=numbers("--more", more))
    if dry_run:
        seen = terminal.look(lambda tx: extending.outlook(office, tx, draw, given, office.now()))
        facts = [
            {name: getattr(one, name) for name in ("stratum", "row", "rows", "drawn", "able", "wanted")}
            | {"added": seen.more.get(one.stratum, 0), "room": seen.room.get(one.stratum, 0) if seen.room is not None else None}
            for one in seen.left
        ]
        terminal.rows(COLUMNS, facts)
        terminal.say("dry")
        return
    done = terminal.act(
        "draw.extend", draw, lambda tx, now: extending.sign(office, tx, draw, given, now), signed=who, basis=basis
    )
    told = done.approval
    terminal.value(
        {
            "draw": draw,
            "extension": done.made.number if done.made is not None else None,
            "signed": told.names,
            "reason": told.reason,
            "basis": told.basis,
            "added": dict(done.more),
        }
    )
    if done.made is None:
        terminal.say("extension_asked", draw=draw, by=told.asked_by, words=told.words)
        return
    terminal.say("extension_made", draw=draw, by=", ".join(told.names), number=done.made.number)
    stands(terminal, done.made)


def numbers(option: str, told: Sequence[str] | None) -> dict[str, int]:
    """STRATUM=NUMBER, each once. Raises Invalid (`stratum_number_unreadable`)."""
    held: dict[str, int] = {}
    for text in told or ():
        code, _, count = text.partition("=")
        if not code or code in held or not (count.isascii() and count.isdigit()) or len(count) > 9:
            raise Invalid("stratum_number_unreadable", option=option, value=text)
        held[code] = int(count)
    return held
