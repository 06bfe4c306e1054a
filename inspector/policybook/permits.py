"""What falls on those who committed alone, or is to somebody's discredit, needs an article that carries it (the plan, items 7 and 8).

The strata that committers stand in are held against the daily supervision of their level (`contradictions`). So no row may lead them
into one that has no level to be held by, nor give theirs a mark that the pool lacks.
"""

from __future__ import annotations

from collections.abc import Callable

from inspector.domain.case import MatterKind
from inspector.domain.reapply import WHOLE
from inspector.domain.sampling import FULL, MUST, POOL
from inspector.domain.source import FAIR, doubted
from inspector.domain.transition import Scope
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import PROPOSALS, Found


def carries(draft: Draft, basis: str) -> bool:
    """Whether some article of a basis is law or a document in force here: no proposal, nothing doubted by its title, not `FAIR`."""
    for cited in (one.strip() for one in basis.split(";")):
        source = cited.partition(":")[0]
        doubt = doubted(draft.sources.get(source, ""), statute=source in draft.statutes)
        if cited != FAIR and source not in PROPOSALS and not doubt:
            return True
    return False


def only_proposed(basis: str) -> bool:
    """Whether a basis is proposals alone; that is told of by a proof of its own."""
    return {cited.partition(":")[0].strip() for cited in basis.split(";")} <= PROPOSALS


def _reserved(draft: Draft, found: Found) -> None:
    """What is owed in any case has no level: nobody is put there by a row, and no row names a pool that is no level's."""
    pools = {f"{POOL}{level.code}" for level in draft.levels}
    for row in draft.strategies:
        named = row.stratum or ""
        if named in {FULL, MUST} or (named.startswith(POOL) and named not in pools):
            found("stratum_reserved", f"strategy {row.row}", "stratum", value=named)


def _bounded_alike(draft: Draft, found: Found) -> None:
    """The ceiling that binds others of the level binds those who committed: a key stratum is cut by none (handbook 1.2.5)."""
    rows = {row.stratum: row for row in draft.samplings}
    for stratum in sorted({row.stratum for row in draft.strategies if row.stratum is not None} & rows.keys()):
        row = rows[stratum]
        others = rows.get(f"{POOL}{row.level}")
        if draft.ceiling is None or others is None or draft.permits(row.basis):
            continue
        if row.key and not others.key:
            told = {"value": stratum, "level": row.level, "other": others.stratum, "by": draft.ceiling.row}
            found("key_uncited", f"sampling {row.row}", "key", **told)


def _discredit(draft: Draft, found: Found) -> None:
    """A dishonest act, and an outcome that changes for who committed before, rest on what binds here."""
    for act in draft.acts:
        if not carries(draft, act.basis) and not only_proposed(act.basis):
            found("act_unfounded", f"act {act.row}", "basis", value=act.basis)
    for row in draft.transitions:
        if {Scope.OUTCOMES, Scope.PROCEEDINGS} & row.scopes and not carries(draft, row.basis) and not only_proposed(row.basis):
            found("transition_unfounded", f"transition {row.row}", "basis", value=row.basis)


def _reapplied(draft: Draft, found: Found) -> None:
    """A bar on applying again is for items that are there, and by what binds here; the two of the Licensing Law are about licences."""
    matters = {item.code: item.matters for item in draft.items}
    for row in draft.reapplies:
        here = f"reapply {row.row}"
        for code in sorted(row.items):
            if code not in matters or (row.after in WHOLE and MatterKind.LICENCE not in matters[code]):
                found("reapply_item", here, "items", value=code)
        if not carries(draft, row.basis):
            found("reapply_unfounded", here, "basis", value=row.basis)


LATER: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("level", "strategy"), _reserved),
    (("strategy", "sampling", "ceiling"), _bounded_alike),
    (("act", "transition"), _discredit),
    (("item", "reapply"), _reapplied),
)
"""Proofs that a pack of before, kept because it is cited, is spared."""
