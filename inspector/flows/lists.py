"""The lists of a draw and their files: one of the lead's, and in a joint check one of each partner's (draw-protocol ruling 16).

The house keeps a file by its kind, a partner's under the name of its list; the objects are the same for all and are kept once. A
bundle names every list (7.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame, ObjectRow, content, lines, read, read_objects
from inspector.domain.plan import Draw, Listed
from inspector.domain.rowfile import RowFile
from inspector.domain.suite import Suite, climb, leaves
from inspector.flows.members import MEMBERS
from inspector.flows.office import Plan
from inspector.store.tx import Tx

FRAME = ("objects.tsv", "inspectors.tsv", "bans.tsv")
"""The three files of a list's frame."""
OBJECTS = FRAME[0]
LONG = (OBJECTS, MEMBERS)
"""The files with a row for each object: they are read part by part, and by who needs them."""
AFTER = "after.jsonl"
"""The running file of a list: what became of its teams."""
WHOLE = ("commit.json", "seed.json", "result.json")
"""The files that stand once in a bundle. The key to pseudonyms is not among them: it never leaves the house."""


def lists_of(plan: Plan) -> tuple[Listed, ...]:
    """The lists of a plan's draws: one by the plan's name, or in a joint check one by each agency's, the lead's first."""
    if not plan.partners:
        return (Listed(name=plan.name.lower(), agency=plan.agency),)
    return tuple(Listed(name=agency.lower(), agency=agency) for agency in (plan.agency, *plan.partners))


def kept(held: Draw, listed: Listed, kind: str) -> str:
    """The name under which the house keeps one file of a list."""
    return kind if listed == held.lists[0] or kind == FRAME[0] else f"{listed.name}.{kind}"


def frames(tx: Tx, held: Draw, files: Mapping[str, bytes], suite: Suite) -> dict[str, Frame]:
    """The frames of all lists, their objects read part by part and never held. Raises Invalid for rows that are not canonical.

    `files` need not have the objects. The frames are of use as long as the transaction.
    """
    rows = RowFile(lambda: tx.draws.parts(held.number, OBJECTS), suite)
    return {listed.name: replace(people(held, files, listed), objects=rows) for listed in held.lists}


def people(held: Draw, files: Mapping[str, bytes], listed: Listed) -> Frame:
    """The frame of a list without its objects."""
    return read(b"", *(files[kept(held, listed, kind)] for kind in FRAME[1:]))


def row_of(tx: Tx, number: str, name: str) -> ObjectRow:
    """One object's row. Raises Invalid (`draw_object_unknown`)."""
    part = tx.draws.part_with(number, OBJECTS, name.encode())
    for line in part.content.split(b"\n") if part is not None else ():
        if line.startswith(f"{name}\t".encode()):
            ((_, row),) = read_objects([line])
            return row
    raise Invalid("draw_object_unknown", object=name)


def keep(tx: Tx, held: Draw, made: Mapping[str, Frame]) -> None:
    """Keep the files of the frames under the names of the house; the objects once, for all lists have the same."""
    suite, objects = Suite(), made[held.lists[0].name].objects
    tx.draws.keep_rows(
        held.number,
        OBJECTS,
        ((line[: line.index(b"\t")], line + b"\n") for line in lines(objects)),
        lambda part: climb(suite, leaves(suite, part))[0],
    )
    for listed in held.lists:
        one = made[listed.name]
        for kind, text in zip(FRAME[1:], (content(one.inspectors), content(one.bans)), strict=True):
            tx.draws.keep_file(held.number, kept(held, listed, kind), text)


def bundle(held: Draw, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of an auditor's bundle by their names in it (7.8). A list alone leaves its name out of what happened afterwards."""
    alone = len(held.lists) == 1
    told = {name: files[name] for name in WHOLE if name in files}
    for listed in held.lists:
        for kind in (*FRAME, AFTER):
            if (text := files.get(kept(held, listed, kind))) is not None:
                told[kind if alone and kind == AFTER else f"{listed.name}.{kind}"] = text
    return told
