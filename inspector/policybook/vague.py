"""Wording that measures nothing: what is asked of people, and what is held against them, must be said (the plan, items 5 and 8)."""

from __future__ import annotations

import re

# 等 alone is a catch-all; in 等级, 相等, 高等 and their like it is not.
_VAGUE = re.compile(
    r"其[他它]|(?:有关|相关)(?:要求|规定|条件|情况|材料|事项|标准)|视情|酌情|必要时|适当|原则上|兜底|基本(?:符合|一致|相符)"
    r"|自由裁量|自行(?:判断|决定|掌握|把握)|(?:经办人|工作人员|承办人)[^，。；]{0,4}(?:判断|决定|掌握|把握)|大体|大致|别的"
    r"|相应的?(?:情形|情况|要求|条件|规定)|(?<![相平同均对高中初优劣上下次])等(?![级于同额待效分式])|\betc\b|and so on|as appropriate",
    re.IGNORECASE,
)


def vague(text: str) -> str:
    """The first words that say nothing, or the whole text where it has no word at all; empty where all say something."""
    if not any(map(str.isalnum, text)):
        return text
    found = _VAGUE.search(text)
    return found[0] if found else ""
