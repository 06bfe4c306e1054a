"""A pack that builds on another one: it states its own tables, and the rest is the other's, word for word.

A table stated here replaces the other's table whole, so nobody has to guess which of two rows holds; `without` names tables that
do not hold at all. Sources are added to. One level deep: what holds is in two files at most.
"""

from __future__ import annotations

from collections.abc import Mapping

from inspector.policybook.part import Part, nearest

BASE, WITHOUT = "extends", "without"

_OWN = ("id", "version", "title", "effective_from", "effective_to", "approval")
"""What every pack says for itself."""


def merged(own: Mapping[str, object], packs: Mapping[str, Mapping[str, object]], part: Part) -> dict[str, object]:
    """The whole content of a pack that may build on one of the `packs` by label; flaws are noted in `part`."""
    content = {key: value for key, value in own.items() if key not in (BASE, WITHOUT)}
    if BASE not in own:
        if WITHOUT in own:
            part.flaw("without_base", WITHOUT)
        return content
    label = part.text(BASE)
    base = packs.get(label)
    if base is None:
        if label:
            part.flaw("base_unknown", BASE, value=label, nearest=nearest(label, sorted(packs)), known=", ".join(sorted(packs)))
        return content
    held = {key: value for key, value in base.items() if key not in _OWN}
    for name in part.texts(WITHOUT) if WITHOUT in own else ():
        if name not in held:
            part.flaw("value_unknown", WITHOUT, value=name, nearest=nearest(name, sorted(held)), known=", ".join(sorted(held)))
        elif name in content:
            part.flaw("without_stated", WITHOUT, value=name)
        held.pop(name, None)
    return {**held, **content, "sources": _sources(held.get("sources"), content.get("sources", {}), part)}


def _sources(base: object, own: object, part: Part) -> object:
    """A code stands for one document in both files: the rows that are taken over cite it."""
    if not isinstance(base, dict) or not isinstance(own, dict):
        return own
    for code in sorted(code for code in own.keys() & base.keys() if own[code] != base[code]):
        part.flaw("source_redefined", f"sources.{code}", value=code)
    return {**base, **own}
