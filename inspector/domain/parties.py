"""Whose parts make a draw's seed, held to the pack and to the void draw that it follows (ruling 12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from inspector.domain.audit import AuditLine
from inspector.domain.plan import Draw, DrawKind, DrawState, follows


def held_to(
    draw: Draw, before: Draw | None, seeds: Sequence[str], further: Collection[str], lacked: Collection[str]
) -> Iterator[AuditLine]:
    """That a draw's parties are those that the rule gives it: nobody is left out whose part was not lacking before.

    `before`: the draw whose number it follows; `seeds` and `further` as the packs say; `lacked`: whose part was lacking in earlier
    draws of its kind, from which a supplement or an extension of its own slot takes over whom it does without.
    """
    if draw.parties != (*(party for party in seeds if party not in draw.without), *draw.further) or _odd(
        draw, before, further, lacked
    ):
        yield AuditLine(code="draw.records_parties")


def _odd(draw: Draw, before: Draw | None, further: Collection[str], lacked: Collection[str]) -> bool:
    if not follows(draw.slot):
        if draw.kind in (DrawKind.PLAN, DrawKind.SECOND_LOOK):
            return bool(draw.without or draw.further)
        return not ({*draw.without} <= {*lacked} and {*draw.further} <= {*further})
    if before is None or before.state is not DrawState.VOID:
        return True
    if not before.lacked:  # two have signed
        return (draw.without, draw.further) != (before.without, before.further)
    gone = {*before.without, *before.lacked}
    kept = tuple(party for party in before.further if party not in gone)
    joined = draw.further[len(kept) :]
    new = len(joined) == 1 and joined[0] in {*further} - gone - {*before.parties}
    return draw.without != tuple(sorted(gone)) or draw.further[: len(kept)] != kept or not new
