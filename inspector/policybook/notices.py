"""The notices of an item, the one of now and those of before: what each announced, beyond which no verification goes (the plan, item 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise

from inspector.domain.case import Method
from inspector.domain.notice import Notice
from inspector.domain.policy import Item, Policy
from inspector.policybook.flaws import Flaw
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import Found


def _former(draft: Draft, found: Found) -> None:
    """A former notice is not the one of now, was over before this version of the pack, and no two stood on one day."""
    for item in draft.items:
        for held in item.notices:
            here = f"item {item.code} · notice {held.version}"
            if held.version == item.notice_version:
                found("notice_twice", here, "version", value=held.version)
            if held.until is not None and held.until >= draft.effective_from:
                found("notice_not_former", here, "to", value=held.until, start=draft.effective_from)
        for one, other in pairwise(sorted(item.notices, key=_begin)):
            if one.stood(_begin(other)):
                found(
                    "notice_overlap", f"item {item.code} · notice {other.version}", "from", value=other.since, other=one.version
                )


def _begin(held: Notice) -> date:
    return held.since or date.min


def _announced(draft: Draft, found: Found) -> None:
    """Each way of a strategy row is announced by the notice of some item that the row is about: any other could never be used."""
    for row in draft.strategies:
        about = [item for item in draft.items if row.fits(item) and not item.exempt]
        spare = [method for method in row.methods if not any(method in item.methods for item in about)]
        if about and spare:
            told = {"value": ", ".join(spare), "items": ", ".join(item.code for item in about)}
            found("method_unannounced", f"strategy {row.row}", "methods", **told)


def kept_notices(packs: Sequence[tuple[str, Policy]]) -> Iterator[Flaw]:
    """Between the versions of one pack: what a notice announced is not more afterwards, and no notice of an item is forgotten.

    Whoever signed under it has been told just that; a letter may come in long after it was signed. Each notice is held against the
    last version that knew it, for an item may have been left out in between; and a pack of another name, to which an agency may
    pass, against the one it builds on, of which it may leave out what was never its own notice.
    """
    ordered = sorted(packs, key=lambda held: (held[1].id, held[1].effective_from))
    for _, group in groupby(ordered, key=lambda held: held[1].id):
        last = dict[tuple[str, str], tuple[str, Notice]]()
        for file, pack in group:
            for (code, _), (label, old) in last.items():
                if code in pack.items:
                    yield from _between(label, old, file, pack.items[code], forgets=True)
            last |= {(code, notice.version): (pack.label, notice) for code, notice in _told(pack)}
    held = {pack.label: pack for _, pack in packs}
    for file, pack in packs:
        base = held.get(pack.extends)
        for code, old in _told(base) if base is not None and base.id != pack.id else ():
            if base is not None and code in pack.items:
                yield from _between(base.label, old, file, pack.items[code], forgets=False)


def _told(pack: Policy) -> Iterator[tuple[str, Notice]]:
    """Each notice that a pack knows, with the code of its item."""
    for item in pack.items.values():
        for version in (item.notice_version, *(former.version for former in item.notices)):
            notice = item.notice(version)
            assert notice is not None, "one of its own"
            yield item.code, notice


def _between(label: str, old: Notice, file: str, item: Item, *, forgets: bool) -> Iterator[Flaw]:
    new = item.notice(old.version)
    if new is None:
        if forgets:
            yield _flaw("notice_forgotten", file, item, {"value": old.version, "other": label})
    elif more := [method for method in Method if method in new.methods - old.methods]:
        yield _flaw("notice_widened", file, item, {"value": old.version, "other": label, "methods": ", ".join(more)})


def _flaw(code: str, file: str, item: Item, facts: Mapping[str, str]) -> Flaw:
    return Flaw(code=code, file=file, row=f"item {item.code}", field="notice", facts=facts)


PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("item", "effective"), _former),
    (("item", "strategy"), _announced),
)
"""Each proof with the tables it needs whole; a pack of before, kept because it is cited, is spared: its text can be mended no more."""
