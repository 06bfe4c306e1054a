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

# "Is as required", "is true and valid": by what that would be seen is left open. Beside a word of the matter itself they may stand.
_BARE = re.compile(
    r"(?:[\s、，；。,;]|应当?|必须|须|均|都|全部|且|并|和|及|与|为|是|经?核实|材料|资料|内容|信息|情况|事项|承诺|证明|文件|所述|提交的?|填写的?"
    r"|符合|满足|达到|具备|法律|法规|国家|法定|规定的?|要求|条件|标准|资格|真实性?|准确|完整|有效|合法|合规|合格|属实|达标|齐全|良好|无误)+"
)


def vague(text: str) -> str:
    """The first words that say nothing, or the whole text where it has no word that says by what; empty where all say something.

    A list of words, and no judge: what passes may still be measured by nobody, and is for the legality review to see.
    """
    if not any(map(str.isalnum, text)) or _BARE.fullmatch(text):
        return text
    found = _VAGUE.search(text)
    return found[0] if found else ""
