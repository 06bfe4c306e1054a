"""Wording that measures nothing: what is asked of people, and what is held against them, must be said (the plan, items 5 and 8)."""

from __future__ import annotations

import re

# 等 alone is a catch-all; in 等级, 相等, 高等 and their like it is not.
_VAGUE = re.compile(
    r"其[他它]|(?:有关|相关)(?:要求|规定|条件|情况|材料|事项|标准)|视情|酌情|必要时|适当|原则上|兜底|基本(?:符合|一致|相符)"
    r"|(?<![相平同均对高中初优劣上下次])等(?![级于同额待效分式])|\betc\b|and so on|as appropriate",
    re.IGNORECASE,
)


def vague(text: str) -> str:
    """The first words that say nothing; empty where all do."""
    found = _VAGUE.search(text)
    return found[0] if found else ""
