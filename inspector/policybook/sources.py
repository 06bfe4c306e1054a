"""`[sources]`: the documents that bases cite, and what a pack says of each: a law, an article that permits, duties to be carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector.policybook.part import Part

NO_STATUTE = ("S0", "P", "H")
"""Sources whose codes say what they are: the plan, which excludes and so cannot open, and proposals. Never marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The titles by code; the codes of laws and regulations; the articles that permit heavier checks of those who committed.

    `founding` names the list of its duties for each document that the pack carries out.
    """

    titles: Mapping[str, str]
    statutes: frozenset[str]
    heavier: frozenset[str]
    founding: Mapping[str, str]


def sources(part: Part) -> Sources:
    """As `S1 = "title"`, or `S1 = { title = "title", statute = true, heavier = ["12"], duties = "list" }`."""
    titles, founding = dict[str, str](), dict[str, str]()
    statutes, heavier = set[str](), set[str]()
    for code, told in part.content.items():
        if not isinstance(told, dict):
            titles[code] = part.text(code)
            continue
        one = part.table(code)
        one.keys(("title",), ("statute", "heavier", "duties"))
        titles[code] = one.text("title")
        if "duties" in one.content:
            founding[code] = one.text("duties")
        marks = {"statute": "statute" in one.content and one.flag("statute"), "heavier": "heavier" in one.content}
        for mark in (mark for mark, set_ in marks.items() if set_ and code in NO_STATUTE):
            one.flaw("source_no_statute", mark, value=code, mark=mark)
        if marks["statute"] and code not in NO_STATUTE:
            statutes.add(code)
        one.some("heavier")
        heavier.update(f"{code}:{article}" for article in (one.texts("heavier") if marks["heavier"] else ()))
    return Sources(titles=titles, statutes=frozenset(statutes), heavier=frozenset(heavier), founding=founding)
