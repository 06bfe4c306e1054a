"""A pack that builds on another one: it states its own tables, and the rest is the other's, word for word.

A table stated here replaces the other's table whole, so nobody has to guess which of two rows holds; `without` names tables that
do not hold at all. Sources are added to. The other one may build on a third, and so on: of the files that state a table the nearest
holds, and the approval sheet prints what came of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from inspector.domain.policy import Policy
from inspector.policybook.flaws import Flaw
from inspector.policybook.part import Part, nearest

BASE, WITHOUT = "extends", "without"

_OWN = ("id", "version", "title", "effective_from", "effective_to")
"""What every pack says for itself."""

_TABLE = re.compile(r"[a-z_]+")

Contents = Mapping[str, Mapping[str, object]]
"""The packs as written, by label."""


def chain(own: Mapping[str, object], packs: Contents) -> tuple[str, ...]:
    """The labels of what a pack builds on, the nearest first, as far as they are there; the last may lead back to one before it."""
    held = [_label(own)]
    label = str(own.get(BASE, ""))
    while label in packs and label not in held:
        held.append(label)
        label = str(packs[label].get(BASE, ""))
    return tuple(held[1:])


def merged(own: Mapping[str, object], packs: Contents, part: Part) -> dict[str, object] | None:
    """The whole content of a pack that may build on one of the `packs`; None where what it builds on cannot be told.

    Flaws are noted in `part`; those of the others are told with theirs.
    """
    content = {key: value for key, value in own.items() if key not in (BASE, WITHOUT)}
    if BASE not in own:
        if WITHOUT in own:
            part.flaw("without_base", WITHOUT)
        return content
    label = part.text(BASE)
    if label not in packs:
        if label:
            others = sorted(packs.keys() - {_label(own)})
            code = "base_unknown" if others else "base_alone"
            part.flaw(code, BASE, value=label, nearest=nearest(label, others), known=", ".join(others))
        return None
    line = (_label(own), *chain(own, packs))
    last = str(packs[line[-1]].get(BASE, "")) if len(line) > 1 else label
    if last in line:
        part.flaw("base_ring", BASE, value=" → ".join((*line, last)))
        return None
    base = merged(packs[label], packs, Part(part.file, "", packs[label], []))
    if base is None:
        return None
    held = {key: value for key, value in base.items() if key not in _OWN}
    for name in part.texts(WITHOUT) if WITHOUT in own else ():
        if name not in held:
            part.flaw("value_unknown", WITHOUT, value=name, nearest=nearest(name, sorted(held)), known=", ".join(sorted(held)))
        elif name in content:
            part.flaw("without_stated", WITHOUT, value=name)
        held.pop(name, None)
    return {**held, **content, "sources": _sources(held.get("sources"), content.get("sources", {}), part)}


def located(flaws: Sequence[Flaw], own: Mapping[str, object], files: Mapping[str, Mapping[str, object]]) -> list[Flaw]:
    """The flaws of a pack, each with the file in which its row stands; `files` are those it builds on by name, the nearest first."""
    return [replace(flaw, stands=_stands(flaw, own, files)) for flaw in flaws]


def _stands(flaw: Flaw, own: Mapping[str, object], files: Mapping[str, Mapping[str, object]]) -> str:
    table = found[0] if (found := _TABLE.match(flaw.row)) else ""
    if not table or table in own:
        return ""
    return next((name for name, content in files.items() if table in content), "")


def passed_over(packs: Sequence[Policy]) -> Iterator[Flaw]:
    """Each pack that builds on an earlier version than the one before it: what that one changed does not hold in it."""
    held = {pack.label: pack for pack in packs}
    for pack in packs:
        base = held.get(pack.extends)
        if base is None or base.id != pack.id:
            continue
        line = set(_line(pack, held))
        for other in packs:
            if (
                other.id == pack.id
                and other.label not in line
                and base.effective_from < other.effective_from < pack.effective_from
            ):
                yield Flaw(
                    code="base_passed_over", file=pack.label, field=BASE, facts={"value": base.label, "other": other.label}
                )


def _line(pack: Policy, held: Mapping[str, Policy]) -> Iterator[str]:
    while pack.extends in held:
        pack = held[pack.extends]
        yield pack.label


def _label(own: Mapping[str, object]) -> str:
    return f"{own.get('id')}@{own.get('version')}"


def _sources(base: object, own: object, part: Part) -> object:
    """A code stands for one document in both files: the rows that are taken over cite it."""
    if not isinstance(base, dict) or not isinstance(own, dict):
        return own
    for code in sorted(code for code in own.keys() & base.keys() if own[code] != base[code]):
        part.flaw("source_redefined", f"sources.{code}", value=code)
    return {**base, **own}
