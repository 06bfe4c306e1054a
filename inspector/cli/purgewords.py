"""What the command line says of what is let go, and of what the ledger tells of it, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

PURGES: Mapping[str, tuple[str, str]] = {
    "purge_rowless": (
        "nothing goes of cases under {packs}: these packs say of no record how long it is kept",
        "{packs} 未规定任何记录的保存期限：依其办理的案卷不会到期",
    ),
    "purge_unsaid": (
        "{about} {digest}: it is gone, and no entry ({rule}) says so: somebody else took it out",
        "{about} {digest}：已不存在，但台账没有删除记录（{rule}）：并非由本系统删除",
    ),
    "purge_still": (
        "{about} {digest}: an entry ({rule}) says that it went, and it is there: somebody brought it back",
        "{about} {digest}：台账记载已删除（{rule}），但仍然存在：有人将其恢复",
    ),
    "purge_early": (
        "{about}: by its own entry ({rule}), or the row that it cites, it went before its days were over",
        "{about}：按删除记录（{rule}）自身所载，或者按其所引的规定，保存期限未满即删除",
    ),
    "purge_unrowed": (
        "{about}: its entry ({rule}) cites a row of retention that the pack which it names does not have",
        "{about}：删除记录（{rule}）所引的保存期限，在其所载的政策包中并不存在",
    ),
    "purge_beyond": (
        "{about}: its entry ({rule}) took what is not let go of its class of record",
        "{about}：删除记录（{rule}）清除了该类记录不包括的内容",
    ),
    "purge_due": (
        "{count} records are over their days, and nothing keeps {free} of them; nothing was let go",
        "{count} 件保存期满，其中 {free} 件可以清除；未作任何清除",
    ),
    "purge_done": ("{about} was let go (entry {entry})", "{about} 已清除（台账条目 {entry}）"),
    "purge_altered": ("{about}: the entry ({rule}) is not what was written", "{about}：删除记录（{rule}）已被改动"),
}
