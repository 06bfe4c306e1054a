"""What the title of a source says against citing it: that it is a proposal, practice of elsewhere, or was read in a report alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping

PROPOSED = "非规定"
"""In the titles of proposals: what is so marked may be quoted to nobody as a rule."""

MARKS = ("仅供参照", "未核对原文")
"""In the titles of what is law elsewhere, and of what was read in a report alone."""

FAIR = "S0:7"
"""The article that forbids to discriminate against those who committed: by itself it carries nothing that weighs on them."""


def doubted(title: str, *, statute: bool) -> bool:
    """Whether a source binds nobody here by its own title. A statute does, whatever is said of how a pack uses it."""
    return not statute and any(mark in title for mark in (PROPOSED, *MARKS))


def permitting(basis: str, heavier: Collection[str], sources: Mapping[str, str], statutes: Collection[str]) -> bool:
    """Whether an article of a basis is one of those marked as permitting heavier treatment of who committed (`heavier`, as `S8:22`).

    What its own title calls practice of elsewhere, or unread, permits nothing, whatever is marked; a statute does.
    """
    marked = {cited.partition(":")[0] for cited in map(str.strip, basis.split(";")) if cited in heavier}
    return any(not doubted(sources[code], statute=code in statutes) for code in marked)
