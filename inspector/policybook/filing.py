"""What is said of files that do not fit together: packs that build on others, approvals, examples, names that nothing reads."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "base_unknown": (
        "no pack {value} to build on; nearest is {nearest}, known are {known}",
        "没有可作底本的政策包“{value}”；最接近的是“{nearest}”，可用：{known}",
    ),
    "base_alone": (
        "no pack {value}, nor any other: a `policies` of your own hides those shipped; copy that folder whole, or use --folder for drafts",
        "没有底本“{value}”，也没有其他政策包：自设的 policies 会取代随软件发布的；请先整个复制过来，草案则另设文件夹，以 --folder 指明",
    ),
    "base_ring": ("builds on itself: {value}; one of them stands on its own", "以自身为底本：{value}；其中须有一个没有底本"),
    "base_passed_over": (
        "builds on {value} and passes over {other}: what that one changed does not hold here; build on {other} if it should",
        "以 {value} 为底本，越过了 {other}：后者所作的改动在本包中不适用；如应适用，请以 {other} 为底本",
    ),
    "file_stray": (
        "nothing reads a file of this name, nearest is {nearest}: packs are {known}; rename it, or move it elsewhere",
        "没有程序读取这个名称的文件，最接近的是 {nearest}；政策包文件夹中只有 {known}；请改名，或者移出",
    ),
    "examples_of_nothing": (
        "no pack {value}, so these examples are never run; nearest is {nearest}, known are {known}",
        "没有政策包“{value}”，这些示例从未运行；最接近的是“{nearest}”，可用：{known}",
    ),
    "duties_unmarked": (
        '{value} asks for duties that are listed here: write {code} = {{ title = "…", duties = "{fix}" }}, or name it in cites_only',
        '{value} 的义务已有清单：请写 {code} = {{ title = "…", duties = "{fix}" }} 并逐条落实；只引用的，写入 cites_only',
    ),
    "duties_unknown": (
        "no list of duties {value}.toml lies in `documents` beside the packs; nearest is {nearest}, known are {known}",
        "documents 文件夹中没有义务清单 {value}.toml；最接近的是“{nearest}”，可用：{known}",
    ),
    "duties_of_another": (
        "the list {value} is that of {number} {title}, and the source's title names neither; name the right one",
        "清单 {value} 属于{number}《{title}》，而来源的名称中两者都没有；请改用对应的清单",
    ),
    "duty_left_out": (
        "no clause answers duty {value} of {number}: cite {cites} and quote “{says}”",
        "没有条款落实{number}的义务 {value}：请引用 {cites}，照录“{says}”",
    ),
    "clause_no_duty": (
        "“{value}” ({cites}) is none of the listed duties of {number}; nearest is “{nearest}”",
        "“{value}”（{cites}）不在{number}的义务清单之中；最接近的是“{nearest}”",
    ),
    "cited_only_carried_out": (
        "the pack says that it only cites {value}; take it out of cites_only, or take the clause out",
        "本包写明只引用 {value}（cites_only）；请从中删去，或者删去本条款",
    ),
    "approval_inside": (
        "an approval written into the pack would change what was approved; write it into {value} beside it",
        "批准写进政策包，政策包就不再是被批准的原文；请另写在旁边的 {value} 中",
    ),
    "approval_of_nothing": (
        "no pack {value} is there to be approved; nearest is {nearest}, known are {known}",
        "没有可批准的政策包“{value}”；最接近的是“{nearest}”，可用：{known}",
    ),
    "approval_of_other": (
        "{value} was approved, and {pack} is {digest}: put back the text that was approved, or have this one approved",
        "批准的是 {value}，而 {pack} 的摘要是 {digest}；请放回经批准的原文，或者将现文另行报批",
    ),
    "digest_unreadable": (
        "{value} is no SHA-256: copy the 64 characters from the sheet that was approved",
        "{value} 不是 SHA-256 摘要；请照抄送批文本上的 64 位摘要",
    ),
    "approval_blank": (
        "{value} names nobody and nothing; without an approval there is no such file",
        "{value} 没有写明批准的机关或者文号；未经批准的，不写本文件",
    ),
    "without_base": ("takes nothing over from another pack; take it out", "没有底本，无从排除；请删去"),
    "without_stated": ("{value} is left out here and yet stated; do one of the two", "“{value}”既排除又写明；只取其一"),
    "source_redefined": (
        "{value} stands for another document in the pack this one builds on; use another code",
        "{value} 在底本中是另一份文件；请改用别的代号",
    ),
}
"""By code, in English and Chinese, as `flaws.WORDS`."""
