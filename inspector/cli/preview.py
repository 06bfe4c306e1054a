"""What an import would make of a register: shown before anything is written, the first rows to people, all of them as JSON.

The codes of natural persons and the addresses of inspectors are masked: a preview is passed on, and whoever needs them has the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.cli.files import CHANGES, listed
from inspector.cli.terminal import Terminal, in_words
from inspector.domain.errors import Refusal
from inspector.domain.identity import masked
from inspector.domain.roster import Change, InspectorRecord, RosterObject, Shift
from inspector.labels import told

if TYPE_CHECKING:
    from inspector.sheets.flaw import RowFlaw

Row = RosterObject | InspectorRecord
PARTS = 10
"""More than one part in so many removed is more likely a wrong file than a wave of closures."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a register is to become, and how far the person who asks may go."""

    agency: str
    what: str
    rows: Sequence[Row]
    file: str
    sha256: str
    dry_run: bool
    remove: bool
    keep: bool
    yes: bool
    uncovered: bool
    alike: int = 0
    """So many rows hold another code of an organisation that has one already, and somebody said that they are two."""
    needs: tuple[str, ...] = ()
    doubt: Refusal | None = None
    """That the file's encoding was guessed, where nobody sits there to be asked."""
    apart: int = 0
    """So many of these are not in force yet, and two people say so: `by` and `note` are of the one who does now."""
    by: str = ""
    note: str | None = None
    judged: frozenset[str] = frozenset()
    """The objects that were in force when the file was held against them."""


def preview(
    terminal: Terminal, wish: Wish, changes: Sequence[Change], held: int, warnings: Sequence[RowFlaw], why: Refusal | None
) -> None:
    """Tell what would change: which rows, and of a changed one each field with its old and its new value.

    `why` it would be refused for a town that it leaves to nobody.
    """
    kinds = {kind: [one for one in changes if one.kind == kind] for kind in ("added", "changed", "removed")}
    same = held - len(kinds["changed"]) - len(kinds["removed"])
    terminal.value(
        {
            **{kind: [_key(one) for one in found] for kind, found in kinds.items() if kind != "removed"},
            "changes": [
                {"key": _key(one), "name": one.name, "fields": {shift.field: _values(one, shift) for shift in one.shifts}}
                for one in kinds["changed"]
            ],
            "removed": [] if wish.keep else [_key(one) for one in kinds["removed"]],
            "kept": [_key(one) for one in kinds["removed"]] if wish.keep else [],
            "unchanged": same,
            "rows": len(wish.rows),
            "dry_run": wish.dry_run,
            "needs": [
                *wish.needs,
                *(lacking(wish, len(kinds["removed"]), held) if kinds["removed"] and not wish.keep else []),
                *(["--uncovered"] if why is not None else []),
            ],
            "flaws": [],
            "warnings": listed(terminal, warnings),
        }
    )
    terminal.say("preview_kept" if wish.keep else "preview", same=same, **{kind: len(found) for kind, found in kinds.items()})
    for kind, sign in (("removed", "=" if wish.keep else "-"), ("changed", "~"), ("added", "+")):
        for one in kinds[kind][:CHANGES]:
            terminal.line(f"  {sign} {_key(one)} {one.name}{_told(terminal, wish, one)}")
        if len(kinds[kind]) > CHANGES:
            terminal.line("  " + terminal.words("more", count=len(kinds[kind]) - CHANGES))


def settle(terminal: Terminal, wish: Wish, gone: int, held: int, why: Refusal | None) -> None:
    """Raise Refusal where somebody has to say more before the register is written: all that lacks at once, so that nobody is asked twice.

    One thing is told in its own words (`removals_many`, `removals_unconfirmed`, `towns_…`, `encoding_guessed`), several as
    `import_unconfirmed` with the options, each in its own words before. A person at a terminal is asked about removals alone.
    """
    wanted = [] if wish.keep or not gone else lacking(wish, gone, held)
    asked = [] if wish.doubt is None else [wish.doubt]
    asked += [Refusal("removals_many", removed=gone, held=held)] if "--yes" in wanted else []
    others = bool(asked) or why is not None
    unsaid = "--remove" in wanted and (others or not terminal.manned)
    asked += [Refusal("removals_unconfirmed", removed=gone)] if unsaid else []
    asked += [why] if why is not None else []
    if len(asked) < 2:
        for one in asked:
            raise one
        return
    if not terminal.as_json:
        for one in asked:
            terminal.aside(told(one, terminal.lang))
    options = [*wish.needs, *wanted, *(["--uncovered"] if why is not None else [])]
    facts = {name: value for one in asked for name, value in one.facts.items()}
    raise Refusal("import_unconfirmed", **(facts | {"options": " ".join(options)}))


def lacking(wish: Wish, gone: int, held: int) -> list[str]:
    """The options without which rows do not go."""
    return [*([] if wish.remove else ["--remove"]), *(["--yes"] if gone * PARTS > held and not wish.yes else [])]


def _key(one: Change) -> str:
    """A row's key as it may be shown."""
    kind, _, code = one.key.partition(":")
    return f"{kind}:{masked(code)}" if one.person else one.key


def _told(terminal: Terminal, wish: Wish, one: Change) -> str:
    """The fields of a changed row, named as in the file; a comma would part the values of one field."""
    from inspector.flows import registers

    columns = (registers.OBJECTS if wish.what == "objects" else registers.INSPECTORS).columns
    names = {column.name: column.name if terminal.lang == "en" else column.chinese for column in columns}
    own = {name: terminal.words(f"field_{name}") for name in ("original", "warnings", "enrolled", "unfiled")}
    said = []
    for shift in one.shifts:
        old, new = (in_words(value, terminal.lang) or "—" for value in _values(one, shift).values())
        said.append(f"{(names | own)[shift.field]} {old} → {new}")
    return f": {'; '.join(said)}" if said else ""


def _values(one: Change, shift: Shift) -> dict[str, object]:
    """Old and new as they may be shown."""
    private = shift.field == "address" or (one.person and shift.field == "original")
    return {name: masked(str(value)) if private else value for name, value in (("old", shift.old), ("new", shift.new))}
