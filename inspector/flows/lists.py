"""The lists of a draw and their files: one of the lead's, and in a joint check one of each partner's (draw-protocol ruling 16).

The house keeps a file by its kind, a partner's under the name of its list; objects that are the same for all are kept once. A
bundle names every list (7.2).
"""

from __future__ import annotations

from collections.abc import Mapping

from inspector.domain.frame import Frame, content, read
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw
from inspector.flows.office import Plan

FRAME = ("objects.tsv", "inspectors.tsv", "bans.tsv")
"""The three files of a list's frame."""
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


def frozen(held: Draw, files: Mapping[str, bytes], listed: Listed) -> Frame:
    """The frame of a list from the stored files of its draw."""
    return read(*(files[kept(held, listed, kind)] for kind in FRAME))


def frames(held: Draw, files: Mapping[str, bytes]) -> dict[str, Frame]:
    """The frames of all lists."""
    return {listed.name: frozen(held, files, listed) for listed in held.lists}


def contents(held: Draw, made: Mapping[str, Frame]) -> dict[str, bytes]:
    """The files of the frames under the names by which the house keeps them; objects that all lists share once."""
    files: dict[str, bytes] = {}
    for listed in held.lists:
        one = made[listed.name]
        told = (content(one.objects), content(one.inspectors), content(one.bans))
        files |= {kept(held, listed, kind): text for kind, text in zip(FRAME, told, strict=True)}
    return files


def bundle(held: Draw, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of an auditor's bundle by their names in it (7.8). A list alone leaves its name out of what happened afterwards."""
    alone = len(held.lists) == 1
    told = {name: files[name] for name in WHOLE if name in files}
    for listed in held.lists:
        for kind in (*FRAME, AFTER):
            if (text := files.get(kept(held, listed, kind))) is not None:
                told[kind if alone and kind == AFTER else f"{listed.name}.{kind}"] = text
    return told
