"""What is odd about a file of rows as a whole, and what a person looks at, in both languages by code."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "rows_empty": ("{count} empty rows from here on were passed over", "自此共{count}行空白，已跳过", "nothing", "无需处理"),
    "rows_none": (
        "the file has heads and no row",
        "文件只有表头，没有数据行",
        "see whether it is the right file",
        "请核对是否为正确的文件",
    ),
    "sheets_hidden": (
        "hidden sheets with rows were passed over: {sheets}; read was {read}",
        "有内容的隐藏工作表未读取：{sheets}；读取的是 {read}",
        "see whether their rows belong to the list",
        "请核对其中各行是否属于名单",
    ),
    "rows_hidden": (
        "{count} rows are hidden, by hand or by a filter, and are part of the list: {rows}",
        "有 {count} 行被隐藏或被筛选隐去，仍属于名单：{rows}",
        "show them, and take out those that do not belong there",
        "请取消隐藏并核对，不属于名单的请删去",
    ),
    "cells_merged": (
        "merged cells {range}: only the first one has the content, the others are empty",
        "合并单元格 {range}：只有第一格有内容，其余为空",
        "undo the merging and fill every cell in",
        "请取消合并并逐格填写",
    ),
    "cell_lines": (
        "LOOK AT THIS CELL: it holds {count} line breaks. What stands between two quotation marks is one cell: rows in it are not read",
        "请查看此单元格：其中有 {count} 处换行。两个引号之间的内容是一个单元格，其中的行不作为名单的行读取",
        "open the file as plain text; if rows of the list stand in it, take the quotation marks out, else the line breaks",
        "请用纯文本方式打开文件：其中有名单的行的，删去引号；否则删去换行",
    ),
    "cells_lines": (
        "LOOK: {count} cells hold {lines} line breaks in all; the {shown} with the most of them are told here",
        "请注意：共 {count} 个单元格含换行，合计 {lines} 处；这里列出换行最多的 {shown} 个",
        "take line breaks out of the file, so that a cell that hides rows is seen",
        "请删去文件中的换行，以便看出隐藏了行的单元格",
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
}
