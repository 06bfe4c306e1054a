"""What is wrong or odd about a file that people hand in: which row, which column, what, and how to mend it, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inspector.domain.errors import InspectorError
from inspector.flows.remedies import WORDS
from inspector.labels import Lang, hinted, in_part, known, label, words
from inspector.sheets.flaw import RowFlaw

_FACT = re.compile(r"\{([a-z][a-z0-9_]*)\}")

# Errors of intake: how to mend what they are about (English, Chinese). The others say it themselves.
FIXES: Mapping[str, tuple[str, str]] = {
    "item_unknown": ("write the code of one of the known items", "请填已有事项的编码"),
    "items_none": (
        "take the row out: the agency's pack takes no cases, it is for daily supervision alone",
        "请删去该行：本机关的政策包只用于日常监管，不受理办件",
    ),
    "item_excluded": (
        "take the row out: this item goes by the ordinary certificate procedure",
        "请删去该行：该事项应按提交证明的普通程序办理",
    ),
    "subject_barred": (
        "leave the row out, and handle the matter with certificates; after a repair hand in a letter signed since",
        "请删去该行，改按提交证明办理；信用修复后可以另行提交修复之日起签署的承诺书",
    ),
    "item_withdrawn": (
        "take the row out, or hand it in by the certificate route: the item takes no new commitment",
        "请删去该行，或按提交证明的方式报送：该事项不再受理新的承诺",
    ),
    "matter_not_covered": ("write a kind of matter that the item covers", "请填该事项适用的事项类型"),
    "subject_not_covered": ("write a kind of subject that the item covers", "请填该事项适用的主体类型"),
    "proxy_not_allowed": ("leave the cell empty; the applicant promises in person", "请留空；须由申请人本人承诺"),
    "notice_unknown": (
        "write the version that stands on the letter; one that is missing is added to the item (notice) by a new version of the pack",
        "请按承诺书填写告知书版本；确有而事项没有的，由新版政策包补写（notice）",
    ),
    "signed_long_ago": ("write the day on the letter", "请按承诺书填写签署日期"),
    "claim_long_ago": ("write the day that the promised facts speak of", "请填写所承诺事实的日期"),
    "concluded_out_of_range": (
        "write the day the matter was concluded, or leave it empty while it is not",
        "请填写办结的日期；尚未办结的请留空",
    ),
    "publicity_before_signature": ("write the last day of publicity, or leave it empty", "请填写公开的最后一日，或留空"),
    "reference_blank": ("fill in the number of the case", "请填写申请编号"),
    "signed_in_future": ("write the day on the letter; see that the date is right", "请按承诺书填写签署日期"),
    "claims_missing": ("fill in at least one column of promised facts", "请至少填写一项承诺事实"),
    "fact_unknown": ("empty the cell, or name the column after a known fact", "请清空该格，或按已有事实改列名"),
    "reference_reused": (
        "give a new application its own number; a known one is corrected by its approving system (--sender) over the API",
        "新申请请另编申请编号；更正已有申请，由其审批系统（--sender）调用更正接口",
    ),
    "letter_missing": ("fill in the text of the letter, or its digest", "请填承诺书全文或其摘要"),
    "letter_digest_differs": (
        "leave the digest empty, or take text and digest of the same letter",
        "请留空摘要，或使全文与摘要一致",
    ),
    "identity_hidden_character": ("type the cell anew", "请重新录入该单元格"),
    "pack_missing": (
        "name an agency with a policy pack, or give it one in the settings",
        "请填有政策包的机关，或在配置中指定政策包",
    ),
    "pack_not_in_force": ("add the pack's version that is in force today", "请添加今天有效的政策包版本"),
}
CODES: Mapping[str, tuple[str, ...]] = {
    "categories": ("Excluded",),
    "covered": ("MatterKind", "SubjectKind"),
    "matter": ("MatterKind",),
    "kind": ("SubjectKind",),
    "warnings": ("IdentityWarning",),
}
"""Facts that are codes of an enum, and the labels with their words."""

# Errors of intake, and the column a person must look at.
COLUMN_OF: Mapping[str, str] = {
    "agency_unknown": "agency",
    "pack_missing": "agency",
    "pack_not_in_force": "agency",
    "item_unknown": "item",
    "items_none": "item",
    "item_excluded": "item",
    "subject_barred": "subject_code",
    "item_withdrawn": "item",
    "matter_not_covered": "matter",
    "subject_not_covered": "subject_kind",
    "proxy_not_allowed": "proxy",
    "notice_unknown": "notice_version",
    "signed_in_future": "signed_on",
    "signed_long_ago": "signed_on",
    "claim_long_ago": "claims_on",
    "publicity_before_signature": "publicity_until",
    "concluded_out_of_range": "concluded_on",
    "reference_blank": "reference",
    "subject_nameless": "subject_name",
    "signer_missing": "signed_by",
    "claim_blank": "claim:{fact}",
    "claims_missing": "claim:…",
    "fact_unknown": "claim:{fact}",
    "reference_reused": "reference",
    "letter_missing": "letter_text",
    "letter_digest_differs": "letter_digest",
}


@dataclass(slots=True, kw_only=True)
class Diagnosis:
    """All that was found in one file: with any flaw nothing is written; warnings are told and the file is taken."""

    flaws: list[RowFlaw] = field(default_factory=list)
    warnings: list[RowFlaw] = field(default_factory=list)


def of_error(row: int, error: InspectorError, column: str = "") -> RowFlaw:
    """An error of intake as a flaw of its row."""
    named = column or _fill(COLUMN_OF.get(error.code, "subject_code" if error.code.startswith("identity_") else ""), error.facts)
    return RowFlaw(row=row, column=named, code=error.code, facts=error.facts)


def what(flaw: RowFlaw, lang: Lang) -> str:
    """What is wrong."""
    if flaw.code in WORDS:
        return _fill(WORDS[flaw.code][0 if lang == "en" else 1], _told(flaw.facts, lang))
    text = words(lang).get(f"error.{flaw.code}")
    return _fill(hinted(text, flaw.facts, lang), _told(flaw.facts, lang)) if text else f"{flaw.code} {dict(flaw.facts)}"


def fix(flaw: RowFlaw, lang: Lang) -> str:
    """How to mend it; the row itself may be named in it."""
    if flaw.code in WORDS:
        return _fill(WORDS[flaw.code][2 if lang == "en" else 3], {"row": flaw.row} | dict(_told(flaw.facts, lang)))
    general = ("correct the cell and import the file again", "请改正该单元格后重新导入")
    return FIXES.get(flaw.code, general)[0 if lang == "en" else 1]


def _told(facts: Mapping[str, object], lang: Lang) -> Mapping[str, object]:
    """The facts with codes turned into words; a clerk still sees the code, since it is what the file must hold."""
    told = in_part(facts, lang)
    return {name: _decoded(CODES[name], value, lang) if name in CODES else value for name, value in told.items()}


def _decoded(groups: Sequence[str], value: object, lang: Lang) -> str:
    told = []
    for code in str(value).split(", "):
        key = next((key for group in groups if known(key := f"{group}.{code.upper()}", lang)), None)
        shown = label(key, lang) if key else code
        told.append(f"{shown} {code}" if key and code.isupper() else shown)
    return (", " if lang == "en" else "、").join(told)


def _fill(text: str, facts: Mapping[str, object]) -> str:
    return _FACT.sub(lambda found: str(facts.get(found[1], "…")), text)
