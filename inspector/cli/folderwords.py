"""What the command line says of a draw's folder once it is drawn, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

FOLDERS: Mapping[str, tuple[str, str]] = {
    "until_the_visit": (
        "UNTIL THE VISITS ARE OVER this list is for those who go, and for nobody else: it is neither shown, sent nor left lying about.",
        "检查全部完成之前，本名单仅供承办检查的人员使用，不得出示、转发或者随意放置。",
    ),
    "list_named": ("list {list}", "名单 {list}"),
    "visits_of": ("visits, in the order in which teams were dealt:", "检查任务（按派员次序）："),
    "reserve_of": (
        "in reserve, in this order; none of them is visited unless one is replaced:",
        "候补（依次；未发生替换的不检查）：",
    ),
    "folder_opened": (
        "draw {number} may be told: all visits were over on {on}, say {by}",
        "抽取 {number} 可以公开：检查已于 {on} 全部完成，由 {by} 声明",
    ),
    "opened_next": (
        "next: ./run draw export {folder} NEW-FOLDER --public, and ./run draw receipt {folder} CODE for any firm that asks",
        "下一步：./run draw export {folder} 新文件夹 --public；企业索取回执的，./run draw receipt {folder} 代码",
    ),
    "witness_entered": (
        "the witness holds draw {number} since {at}, receipt {receipt}: this is public; a time-stamp token goes into witness/, NAME.tsr",
        "已登记：见证方自 {at} 起收存抽取 {number}，回执 {receipt}，随公开包一并公开；时间戳凭证请以 名称.tsr 存入 witness/",
    ),
    "stays_within": (
        "! not in the public bundle, as they may name people: {files}; of witness/ the paper with W, the record and tokens (.tsr) go along",
        "! 可能载有个人信息，未放入公开包：{files}；witness/ 中仅载 W 的文书、记录和时间戳凭证（.tsr）随之公开",
    ),
    "before_elsewhere": (
        "! a draw before {draw} lies elsewhere: whether its visits are over is not seen from here, and its C can be read from this one",
        "! 抽取 {draw} 之前的某次抽取不在同一目录下，此处无从得知其检查是否完成；而由本次可读出其承诺值 C",
    ),
    "seat_passed": (
        "seat {seat} at {object}: {out} cannot go, by the rule it passes to {came}",
        "{object} 第 {seat} 席：{out} 不能前往，依规则改派 {came}",
    ),
    "seat_left_empty": (
        "seat {seat} at {object}: {out} cannot go, and by the rule nobody is left: it stays empty",
        "{object} 第 {seat} 席：{out} 不能前往，依规则已无人可派，席位空缺",
    ),
    "seat_paper": (
        "private: {file} has the reason and both names; keep it with the minutes, its hash stands in the line",
        "内部：{file} 载明理由和两人姓名，请与记录一并保存；其摘要已写入该行",
    ),
    "seat_after": (
        "tell the witness: SHA-256 of what followed is {digest}; ./run draw verify {folder} --after {digest} holds it to that",
        "请告知见证方：后续记录的 SHA-256 为 {digest}；可用 ./run draw verify {folder} --after {digest} 核对",
    ),
}
