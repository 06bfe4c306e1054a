"""That a repair (信用修复) of a credit record is asked for, and with which papers (handbook 1.7.2, 1.7.10). Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.creditlaw import RepairPaper, RepairRow
from inspector.domain.evidence import blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A paper of a repair: its SHA-256, what whoever brought it calls it, by whom it came, and when."""

    digest: str
    name: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairAsked:
    """That a repair is asked for: since when, by whom through which door, with which papers (SHA-256 by what each shows).

    `missing`: those that the pack asks for and that were not there when it was last asked. `files`: SHA-256 of what came by the
    subject's link, which does not say what it shows. `brought`: what is known of both; nothing of what an earlier release has taken.
    `stamp`: what shows when it was handed in, where that was before it was typed in.
    """

    asked_at: datetime
    by: str
    words: str
    papers: tuple[tuple[RepairPaper, str], ...]
    due_at: datetime | None = None
    due_provisional: bool = False
    missing: tuple[RepairPaper, ...] = ()
    files: tuple[str, ...] = ()
    brought: tuple[Brought, ...] = ()
    stamp: str = ""

    @property
    def handed_in(self) -> dict[str, str]:
        """Since when it counts, and what shows that, where it was handed in before it was typed in."""
        return {"at": self.asked_at.isoformat(), "document": self.stamp} if self.stamp else {}

    @property
    def unread(self) -> tuple[str, ...]:
        """The files of the subject of which no officer has said what they show."""
        return tuple(one for one in self.files if one not in {digest for _, digest in self.papers})

    def lacking(self, row: RepairRow) -> tuple[RepairPaper, ...]:
        """The papers that the pack asks for and that are not there."""
        return tuple(one for one in row.papers if one not in {paper for paper, _ in self.papers})

    @property
    def listed(self) -> tuple[tuple[RepairPaper | None, str, Brought | None], ...]:
        """All that was handed in: what it shows (None: nobody has said so yet), its SHA-256, and what is known of it."""
        known = {one.digest: one for one in self.brought}
        shown = [*self.papers, *((None, one) for one in self.unread)]
        return tuple((paper, digest, known.get(digest)) for paper, digest in shown)

    def unnamed(self, row: RepairRow) -> tuple[RepairPaper, ...]:
        """The papers of which nobody knows more than a number: they have no name here, and are no file that can be opened."""
        known = {one.digest for one in self.brought if not blank(one.name)} | {*self.files}
        return tuple(one for one in row.papers if not any(paper is one and digest in known for paper, digest in self.papers))


def brought(before: tuple[Brought, ...], added: tuple[Brought, ...]) -> tuple[Brought, ...]:
    """What is known of each paper: since when it is here is said once, what it is called whenever somebody says so."""
    held = {one.digest: one for one in before}
    for one in added:
        known = held.get(one.digest)
        held[one.digest] = one if known is None else replace(known, name=one.name or known.name)
    return tuple(held.values())
