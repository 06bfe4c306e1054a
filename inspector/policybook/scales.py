"""The rows of a pack that make one credit level of several ratings."""

from __future__ import annotations

from inspector.domain.scale import Axis, CombineRow
from inspector.policybook.part import Part


def axis(part: Part) -> Axis:
    """`[[axis]]`."""
    part.keys(("code", "name", "values"), ("basis",))
    part.some("values")
    basis = part.maybe_basis("basis") or ""
    held = Axis(code=part.text("code"), name=part.text("name"), values=part.texts("values"), basis=basis)
    for word in (held.code, *held.values):
        if set("=;|") & {*word} or word != word.strip():
            part.flaw("axis_word", "values" if word != held.code else "code", value=word)
    return held


def combine(part: Part) -> CombineRow:
    """`[[combine]]`; `of` holds a list of values for each axis that matters."""
    part.keys(("id", "level", "of", "basis"))
    of = part.table("of")
    for name in of.content:
        of.some(name)
    return CombineRow(
        row=part.text("id"),
        level=part.text("level"),
        of={name: frozenset(of.texts(name)) for name in of.content},
        basis=part.basis("basis"),
    )
