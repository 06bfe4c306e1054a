"""What the title of a source says against citing it: a proposal, foreign practice, hearsay. It is shown wherever the source is cited."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from inspector.domain.policy import Policy
from inspector.domain.source import MARKS, doubted


def short(title: str) -> str:
    """A source's short name with what speaks against it: its number or title up to a bracket, a colon or a dash."""
    name = re.split(r"[《：:（》]|——", title.removeprefix("《"), maxsplit=1)[0]
    return name + told(title)


def told(title: str) -> str:
    """What speaks against a source, in brackets; empty where nothing does."""
    found = [mark for mark in MARKS if mark in title]
    return f"〔{'、'.join(found)}〕" if found else ""


def binding(basis: str, sources: Mapping[str, str], statutes: Collection[str]) -> str:
    """What of a basis may be given to the public: statutes, and documents whose titles say nothing against them; it may be nothing."""
    against = {code for code, title in sources.items() if doubted(title, statute=code in statutes)}
    return ";".join(one for one in basis.split(";") if one and one.partition(":")[0].strip() not in against)


HEADS = ("代号", "名称", "法律、法规", "允许对承诺人从严的条款", "义务")
"""The heads of the sheet's table of sources."""


def sources(policy: Policy) -> dict[str, tuple[str, ...]]:
    """What the pack says of each source: whether it is a law, which articles permit heavier checks, whether its duties are carried out."""
    permits = {
        code: "、".join(one.partition(":")[2] for one in sorted(policy.heavier) if one.startswith(f"{code}:"))
        for code in policy.sources
    }
    lists = {code: f"逐条落实（清单 {name}）" for code, name in policy.founding.items()}
    return {
        code: (name, "是" if code in policy.statutes else "", permits[code], lists.get(code, ""))
        for code, name in policy.sources.items()
    }


def whole(basis: str, sources: Mapping[str, str], statutes: Collection[str]) -> bool:
    """Whether all of a basis may be given to the public. What is left of another names articles that may not have its number."""
    return binding(basis, sources, statutes) == ";".join(one for one in basis.split(";") if one)
