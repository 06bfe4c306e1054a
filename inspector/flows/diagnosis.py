"""What is wrong or odd about a file that people hand in: which row, which column, what, and how to mend it, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inspector.domain.errors import InspectorError
from inspector.labels import Lang, known, label, words

_FACT = re.compile(r"\{([a-z_]+)\}")
HEAD = 1
"""The row of the heads, as spreadsheets count."""

# code: what (English, Chinese), how to mend it (English, Chinese).
WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "column_unknown": (
        "there is no column {column}",
        "没有“{column}”这一列",
        "rename it ({nearest}?) or take it out",
        "请改名（{nearest}？）或删去",
    ),
    "column_twice": ("the column stands twice", "该列重复", "keep one", "保留一列"),
    "column_missing": ("the column is missing", "缺少该列", "add it; also called {other}", "请补上；也可写作“{other}”"),
    "cell_empty": ("the cell is empty", "单元格为空", "fill it in", "请填写"),
    "cell_too_long": ("{length} characters, at most {most}", "共{length}字，最多{most}字", "shorten it", "请缩短"),
    "cell_control": (
        "an invisible control character at place {place}",
        "第{place}个字符是不可见的控制字符",
        "type the cell anew",
        "请重新录入",
    ),
    "cell_is_number": (
        "a number, not text: spreadsheets round long numbers and drop zeros",
        "是数值而不是文本：表格软件会舍入长数字、丢掉前导零",
        "format the column as text and enter the value again from its source",
        "请把该列设为文本格式，并按原件重新录入",
    ),
    "choice_unknown": ("{value} is not known", "不认识“{value}”", "write one of: {known}", "请填其中之一：{known}"),
    "day_unreadable": ("{value} is no date", "“{value}”不是日期", "write it as 2026-03-02", "请写成 2026-03-02"),
    "number_unreadable": ("{value} is no whole number", "“{value}”不是整数", "write digits only", "请只填数字"),
    "cells_too_many": (
        "more cells than heads",
        "单元格多于列数",
        "take the surplus out, or quote commas",
        "请删去多余部分，或给逗号加引号",
    ),
    "reference_twice": ("also stands in row {other}", "与第{other}行重复", "keep one of the rows", "保留一行"),
    "code_twice": (
        "also stands in row {other}, with other content",
        "与第{other}行重复且内容不同",
        "keep one of the rows",
        "保留一行",
    ),
    "agency_outside": (
        "{agency} is not below {above}",
        "{agency} 不属于 {above}",
        "leave the cell empty, or import it with --agency {agency}",
        "请留空，或改用 --agency {agency} 导入",
    ),
    "level_unknown": (
        "{level} is on no pack's scale",
        "“{level}”不在任何政策包的等级表上",
        "write one of: {known}",
        "请填其中之一：{known}",
    ),
    "as_of_future": ("{as_of} lies in the future", "{as_of} 晚于当前时间", "write the day it was stated", "请填评定日期"),
    "day_future": ("{on} lies in the future", "{on} 晚于今天", "write the day of the check", "请填检查日期"),
    "digest_unreadable": ("no SHA-256", "不是 SHA-256 摘要", "64 digits 0-9a-f, or leave it empty", "应为64位 0-9a-f，或留空"),
    # Rosters and the plan of a draw without the daemon.
    "code_form": (
        "{value} has full-width or combined signs, and nothing is normalised in a commitment",
        "“{value}”含全角或组合字符，承诺中不作规范化处理",
        "write {normal}",
        "请改为 {normal}",
    ),
    "cell_not_nfc": (
        "the text is not in Unicode form NFC: two that look the same would differ",
        "文字不是 Unicode NFC 形式：看似相同的文字会被视为不同",
        "type it anew: {normal}",
        "请重新录入：{normal}",
    ),
    "cell_several": ("{value} names several", "“{value}”含多个名称", "write one, without commas", "请只填一个，不用逗号"),
    "ban_of_nobody": (
        "{value} is not in the roster; the row is committed to and has no effect",
        "“{value}”不在名录中；该行列入承诺但不起作用",
        "compare it",
        "请核对",
    ),
    "plan_key_unknown": ("nobody knows this key", "不认识该项", "take it out; known are {known}", "请删去；可用：{known}"),
    "plan_key_missing": ("it is missing", "缺少该项", "add it", "请补上"),
    "plan_table": (
        "{value} is no table",
        "“{value}”不是表",
        "write it as [strata.A] or [[seed]]",
        "请写成 [strata.A] 或 [[seed]]",
    ),
    "plan_text": ("{value} cannot stand here", "“{value}”不可用", "write a short text in quotes", "请填带引号的简短文字"),
    "plan_list": (
        "{value} cannot name a list",
        "“{value}”不能作名单名称",
        "use a-z, 0-9 and -, at most 32",
        "请用 a-z、0-9 和 -，最多32个",
    ),
    "plan_hex64": ("{value} is no digest", "“{value}”不是摘要", "64 digits 0-9a-f", "应为64位 0-9a-f"),
    "plan_count": ("{value} is no whole number", "“{value}”不是整数", "write digits only", "请只填数字"),
    "plan_team": (
        "a team of {value} cannot be",
        "每组不能是 {value} 人",
        "write 1 to 1000; law asks for 2",
        "请填1至1000；法定为2",
    ),
    "plan_codes": (
        "{value} are no codes",
        "“{value}”不是代码列表",
        'write ["cap", "closed"]; 1 is no code',
        '请写成 ["cap", "closed"]；1 不是代码',
    ),
    "plan_ratio": (
        "{value} is no ratio from 0 to 1",
        "“{value}”不是0到1的比例",
        'write it in quotes: "3%", "2.5%" or "1/30"',
        '请带引号填写："3%"、"2.5%" 或 "1/30"',
    ),
    "plan_ppm": ("{value} is not 0 to 1000000", "“{value}”不在0至1000000之间", "write parts per million", "请填百万分之几"),
    "plan_ratio_twice": ("ratio and ppm are both there", "ratio 与 ppm 并存", "keep one", "保留一项"),
    "plan_ratio_systematic": (
        "such a ratio is no whole number of parts per million, and is then not rounded systematically (ruling 9)",
        "该比例不是整数个百万分之一，不能用系统舍入（规则第9条）",
        'write round = "ceil"',
        '请写 round = "ceil"',
    ),
    "plan_party": ("{value} cannot name a party", "“{value}”不能作参与方名称", "leave =, / and \\ out", "请勿用 =、/ 和 \\"),
    "plan_list_twice": (
        "the list {list} stands twice",
        "名单“{list}”重复",
        "give each list its own name",
        "请给各名单不同的名称",
    ),
    "plan_party_twice": ("a party stands twice", "参与方重复", "give each its own name", "请各用不同名称"),
    "plan_make": ("{value} is no order", "“{value}”不可用", "write make = true, or the hash", "请写 make = true，或填写 hash"),
    "plan_reveal": (
        "a reveal has either the party's hash or make = true",
        "揭示方应有 hash 或 make = true，二者取一",
        "ask the party for its hash, or let its secret be made here",
        "请向参与方索取 hash，或在此生成其随机数",
    ),
    "plan_time": (
        "{value} is no time with its offset",
        "“{value}”不是带时区的时间",
        'write "2026-07-10T10:56:00.000Z"',
        '请写成 "2026-07-10T10:56:00.000Z"',
    ),
    "plan_form": (
        "{value} is no form of a ceremony",
        "“{value}”不是仪式的形式",
        "write dice = 26 and sides = 6 (lowest = 0 for digits), or balls = [[6, 33], [1, 16]]",
        "请写 dice = 26 和 sides = 6（数字从 0 起的写 lowest = 0），或 balls = [[6, 33], [1, 16]]",
    ),
    "plan_bits_overstated": (
        "{value} bits declared, the figures hold {most} at most",
        "声明 {value} 比特，而其数字至多含 {most} 比特",
        "leave bits out, or write no more than {most}",
        "请删去 bits，或填写不超过 {most} 的数",
    ),
    "plan_seed_of_one": (
        "without one party's secret the seed holds {bits} bits: that party knows the outcome beforehand",
        "除去一方的随机数，种子只剩 {bits} 比特：该方可预知结果",
        "add a ceremony or a beacon of {least} bits, or the reveal of another agency; of all with make = true one counts",
        "请增加不少于 {least} 比特的公开仪式或信标，或另一机关的随机数；写 make = true 的合计只算一方",
    ),
    "plan_bits": (
        "{bits} bits of chance, at least {least} are required: whoever makes the commitment could try out outcomes",
        "随机性 {bits} 比特，至少须 {least}：否则可反复试算结果",
        "add a source: 26 dice give 67 bits, a party's reveal or a beacon 256",
        "请增加来源：26枚骰子为67比特，一方揭示或信标为256比特",
    ),
    "identity_destroyed_by_spreadsheet": (  # the error itself tells the remedy, to those who are shown no other
        "the code was destroyed by a spreadsheet",
        "代码已被表格软件破坏",
        "format the column as text, enter the code again",
        "请把该列设为文本格式，重新录入代码",
    ),
    # Warnings: the file is taken all the same.
    "code_irregular": (
        "the code looks irregular ({warnings}); it is kept as it is",
        "代码不规范（{warnings}），按原样保留",
        "compare it with the original document",
        "请与原件核对",
    ),
    "code_rewritten": (
        "the code has full-width or small letters or blanks; it is kept in its plain form",
        "代码含全角、小写字符或空格，按规范形式保存",
        "nothing, if that is what was meant",
        "如无误，无需处理",
    ),
    "claim_ahead": (
        "speaks of {on}, a day to come (today {today})",
        "所指日期 {on} 尚未到来（今天 {today}）",
        "nothing, if it is promised by that day; else correct the day",
        "承诺届时达到的无需处理，否则请更正日期",
    ),
    "cell_trimmed": (
        "blanks before or behind the text were taken off",
        "文字前后的空格已去掉",
        "nothing, if that is what was meant",
        "如无误，无需处理",
    ),
    "cell_width": ("full-width digits, read as {read}", "含全角数字，已读作 {read}", "compare it", "请核对"),
    "cell_was_number": (
        "a number where text is expected, read as {read}: spreadsheets drop zeros",
        "此处应为文本而填了数值，已读作 {read}：表格软件会丢掉零",
        "compare it; better format the column as text",
        "请核对；最好把该列设为文本格式",
    ),
    "row_repeated": ("the same as row {other}; counted once", "与第{other}行相同，只计一次", "take one out", "请删去一行"),
    "rows_empty": ("{count} empty rows from here on were passed over", "自此共{count}行空白，已跳过", "nothing", "无需处理"),
    "rows_none": (
        "the file has heads and no row",
        "文件只有表头，没有数据行",
        "see whether it is the right file",
        "请核对是否为正确的文件",
    ),
    "cells_merged": (
        "merged cells {range}: only the first one has the content, the others are empty",
        "合并单元格 {range}：只有第一格有内容，其余为空",
        "undo the merging and fill every cell in",
        "请取消合并并逐格填写",
    ),
    "file_gb18030": (
        "the file is encoded in GB 18030",
        "文件编码为 GB 18030",
        "see whether names read well",
        "请核对姓名、名称是否正常",
    ),
    "file_delimiter": (
        "cells are parted by {delimiter}, not by commas",
        "单元格以 {delimiter} 分隔，不是逗号",
        "see whether columns are right",
        "请核对各列是否正确",
    ),
    "certificate_over": (
        "the certificate ended on {until}: the inspector will not be dealt",
        "执法证已于 {until} 到期，不会被抽派",
        "enter the new certificate",
        "请填写新的执法证",
    ),
    "channel_unknown": (
        "there is no push channel {channel}; known are {known}",
        "没有推送渠道“{channel}”；可用：{known}",
        "write one of them, or add it to the settings",
        "请填其中之一，或在配置中添加",
    ),
    "column_passed": ("the column is not used", "该列未使用", "nothing, if that is what was meant", "如无误，无需处理"),
}

# Errors of intake: how to mend what they are about (English, Chinese). The others say it themselves.
FIXES: Mapping[str, tuple[str, str]] = {
    "item_unknown": ("write the code of one of the known items", "请填已有事项的编码"),
    "item_excluded": (
        "take the row out: this item goes by the ordinary certificate procedure",
        "请删去该行：该事项应按提交证明的普通程序办理",
    ),
    "matter_not_covered": ("write a kind of matter that the item covers", "请填该事项适用的事项类型"),
    "subject_not_covered": ("write a kind of subject that the item covers", "请填该事项适用的主体类型"),
    "proxy_not_allowed": ("leave the cell empty; the applicant promises in person", "请留空；须由申请人本人承诺"),
    "signed_long_ago": ("write the day on the letter", "请按承诺书填写签署日期"),
    "claim_long_ago": ("write the day that the promised facts speak of", "请填写所承诺事实的日期"),
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
    "item_excluded": "item",
    "matter_not_covered": "matter",
    "subject_not_covered": "subject_kind",
    "proxy_not_allowed": "proxy",
    "signed_in_future": "signed_on",
    "signed_long_ago": "signed_on",
    "claim_long_ago": "claims_on",
    "publicity_before_signature": "publicity_until",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFlaw:
    """One thing wrong. `row` counts as spreadsheets do, the heads being row 1."""

    row: int
    column: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def what(self, lang: Lang) -> str:
        """What is wrong."""
        if self.code in WORDS:
            return _fill(WORDS[self.code][0 if lang == "en" else 1], _told(self.facts, lang))
        text = words(lang).get(f"error.{self.code}")
        return _fill(text, _told(self.facts, lang)) if text else f"{self.code} {dict(self.facts)}"

    def fix(self, lang: Lang) -> str:
        """How to mend it."""
        if self.code in WORDS:
            return _fill(WORDS[self.code][2 if lang == "en" else 3], _told(self.facts, lang))
        general = ("correct the cell and import the file again", "请改正该单元格后重新导入")
        return FIXES.get(self.code, general)[0 if lang == "en" else 1]


@dataclass(slots=True, kw_only=True)
class Diagnosis:
    """All that was found in one file: with any flaw nothing is written; warnings are told and the file is taken."""

    flaws: list[RowFlaw] = field(default_factory=list)
    warnings: list[RowFlaw] = field(default_factory=list)


def of_error(row: int, error: InspectorError, column: str = "") -> RowFlaw:
    """An error of intake as a flaw of its row."""
    named = column or _fill(COLUMN_OF.get(error.code, "subject_code" if error.code.startswith("identity_") else ""), error.facts)
    return RowFlaw(row=row, column=named, code=error.code, facts=error.facts)


def _told(facts: Mapping[str, object], lang: Lang) -> Mapping[str, object]:
    """The facts with codes turned into words; a clerk still sees the code, since it is what the file must hold."""
    return {name: _decoded(CODES[name], value, lang) if name in CODES else value for name, value in facts.items()}


def _decoded(groups: Sequence[str], value: object, lang: Lang) -> str:
    told = []
    for code in str(value).split(", "):
        key = next((key for group in groups if known(key := f"{group}.{code.upper()}", lang)), None)
        shown = label(key, lang) if key else code
        told.append(f"{shown} {code}" if key and code.isupper() else shown)
    return (", " if lang == "en" else "、").join(told)


def _fill(text: str, facts: Mapping[str, object]) -> str:
    return _FACT.sub(lambda found: str(facts.get(found[1], "…")), text)
