"""The lists of a draw and their files: one of the lead's, and in a joint check one of each partner's (draw-protocol ruling 16).

The house keeps a file by its kind, a partner's under the name of its list; objects that are the same for all are kept once. A
bundle names every list (7.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame, ObjectRow, content, lines, read, read_objects
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw
from inspector.domain.rowfile import RowFile
from inspector.domain.suite import Suite, climb, leaves
from inspector.flows.office import Plan
from inspector.store.drawtables import MEMBERS
from inspector.store.tx import Tx

FRAME = ("objects.tsv", "inspectors.tsv", "bans.tsv")
"""The three files of a list's frame."""
OBJECTS = FRAME[0]
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
    shared = kind == FRAME[0] and not held.own
    return kind if listed == held.lists[0] or shared else f"{listed.name}.{kind}"


def frames(tx: Tx, held: Draw, files: Mapping[str, bytes], suite: Suite) -> dict[str, Frame]:
    """The frames of all lists, their objects read part by part and never held. Raises Invalid for rows that are not canonical.

    `files` need not have the objects. The frames are of use as long as the transaction.
    """
    named = {kept(held, listed, OBJECTS): listed for listed in held.lists}
    objects = {name: objects_of(tx, held, listed, suite) for name, listed in named.items()}
    return {
        listed.name: replace(people(held, files, listed), objects=objects[kept(held, listed, OBJECTS)]) for listed in held.lists
    }


def objects_of(tx: Tx, held: Draw, listed: Listed, suite: Suite) -> RowFile:
    """A list's objects, read anew whenever they are looked through. Raises Invalid for rows that are not canonical."""
    name = kept(held, listed, OBJECTS)
    return RowFile(lambda: tx.draws.parts(held.number, name), suite)


def small(tx: Tx, held: Draw) -> dict[str, bytes]:
    """A draw's files without those that have a row for each object: they are read part by part, and by who needs them."""
    return tx.draws.files(held.number, without={MEMBERS, *(kept(held, listed, OBJECTS) for listed in held.lists)})


def people(held: Draw, files: Mapping[str, bytes], listed: Listed) -> Frame:
    """The frame of a list without its objects."""
    return read(b"", *(files[kept(held, listed, kind)] for kind in FRAME[1:]))


def find(tx: Tx, held: Draw, listed: Listed, name: str) -> ObjectRow | None:
    """One object's row in a list, if it stands there."""
    part = tx.draws.part_with(held.number, kept(held, listed, OBJECTS), name.encode())
    for line in part.content.split(b"\n") if part is not None else ():
        if line.startswith(f"{name}\t".encode()):
            ((_, row),) = read_objects([line])
            return row
    return None


def row_of(tx: Tx, held: Draw, listed: Listed, name: str) -> ObjectRow:
    """One object's row in a list. Raises Invalid (`draw_object_unknown`)."""
    if (row := find(tx, held, listed, name)) is None:
        raise Invalid("draw_object_unknown", object=name)
    return row


def keep(tx: Tx, held: Draw, made: Mapping[str, Frame]) -> dict[str, str]:
    """Keep the files of the frames under the names of the house; objects that all lists share once. The root over each such file."""
    suite, roots = Suite(), dict[str, str]()
    for name, objects in {kept(held, listed, OBJECTS): made[listed.name].objects for listed in held.lists}.items():
        nodes: list[bytes] = []

        def node(part: list[bytes], nodes: list[bytes] = nodes) -> bytes:
            nodes.append(climb(suite, leaves(suite, part))[0])
            return nodes[-1]

        tx.draws.keep_rows(held.number, name, ((line[: line.index(b"\t")], line + b"\n") for line in _lines(objects)), node)
        roots[name] = (climb(suite, nodes)[0] if nodes else suite.digest(b"")).hex()
    for listed in held.lists:
        one = made[listed.name]
        for kind, text in zip(FRAME[1:], (content(one.inspectors), content(one.bans)), strict=True):
            tx.draws.keep_file(held.number, kept(held, listed, kind), text)
    return roots


def _lines(objects: Sequence[ObjectRow]) -> Iterator[bytes]:
    return objects.lines() if isinstance(objects, RowFile) else lines(objects)


def bundle(held: Draw, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of an auditor's bundle by their names in it (7.8). A list alone leaves its name out of what happened afterwards."""
    alone = len(held.lists) == 1
    told = {name: files[name] for name in WHOLE if name in files}
    for listed in held.lists:
        for kind in (*FRAME, AFTER):
            if (text := files.get(kept(held, listed, kind))) is not None:
                told[kind if alone and kind == AFTER else f"{listed.name}.{kind}"] = text
    return told
