"""The fence round what the commitment route may not enter: only a statute that provides for it opens an excluded category."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from inspector.domain.errors import Invalid
from inspector.domain.policy import Excluded


class Fenced(Protocol):
    """What the fence asks about: an item of a pack, or one that the catalogue of items is to take up."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def excluded(self) -> Collection[Excluded]:
        """The excluded categories it touches."""

    @property
    def override_basis(self) -> str | None:
        """What is cited to open them."""


def fence(item: Fenced, statutes: Collection[str]) -> None:
    """Raise Invalid when an excluded category applies and no statute opens it (the plan, item 1; handbook 2.6).

    `statutes` are the sources of the pack that are laws or regulations; a plan, a practice of elsewhere or a proposal opens nothing.
    """
    cited = {citation.partition(":")[0].strip() for citation in (item.override_basis or "").split(";")}
    if item.excluded and cited.isdisjoint(statutes):
        raise Invalid("item_excluded", item=item.code, categories=tuple(sorted(item.excluded)), field="item")
