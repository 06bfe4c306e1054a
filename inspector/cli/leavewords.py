"""What the command line says where an office is copied, moved, or taken along, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

LEAVES: Mapping[str, tuple[str, str]] = {
    "moved": (
        "{rows} rows are there, alike on both sides; the ledger's last seal is {number} {head}",
        "已迁移 {rows} 行，两侧内容一致；台账最后封存为第 {number} 号 {head}",
    ),
    "moved_on": (
        "the file is closed: say the new address in database.url and database.password_file, then start the daemon",
        "原文件已停用：请在 database.url 与 database.password_file 中填写新地址后启动",
    ),
    "move_would": (
        "{rows} rows would move; the ledger's last seal is {number} {head}",
        "将迁移 {rows} 行；台账最后封存为第 {number} 号 {head}",
    ),
    "move_back": ("the file is open again; the office is where it was", "原文件已重新启用"),
    "move_open": ("the file was not closed; nothing to do", "原文件并未停用，无需处理"),
    "backed_up": (
        "{rows} rows are in {file}, alike; the ledger's last seal is {number} {head}: note it apart from the file",
        "已备份 {rows} 行至 {file}，内容一致；台账最后封存为第 {number} 号 {head}：请另行记录",
    ),
    "backup_key_made": (
        "{file} opens backups: take it off this machine, keep it in two places. Name in backup.recipients: {recipient}",
        "{file} 为备份私钥：请移出本机、异处双份保管。请在 backup.recipients 中写明：{recipient}",
    ),
    "restored": (
        "{rows} rows are back from {file}, alike; the ledger's last seal is {number} {head}",
        "已自 {file} 恢复 {rows} 行，内容一致；台账最后封存为第 {number} 号 {head}",
    ),
    "exported": (
        "{rows} rows and {files} files are in {folder}; they lie open: keep the folder as you keep the office",
        "已导出 {rows} 行、{files} 个文件至 {folder}；内容未加密，请妥善保管",
    ),
    "exported_manifest": (
        "note apart from the folder: SHA-256 of its manifest {digest}; the ledger's last seal is {number} {head}",
        "请另行记录：清单（manifest.json）的 SHA-256 为 {digest}；台账最后封存为第 {number} 号 {head}",
    ),
    "exported_unread": (
        "{place}: was altered where it lies, and is told as it reads there",
        "{place}：在数据库中已被改动，按现状导出",
    ),
    "exported_whole": (
        "{files} files and {rows} rows are what the manifest says; the ledger holds to its seal {number} {head}",
        "{files} 个文件、{rows} 行与清单一致；台账至第 {number} 号封存 {head} 成立",
    ),
    "exported_alone": (
        "this shows only that the folder agrees with itself: give --manifest or --head, noted elsewhere",
        "以上仅说明文件夹自身一致：请提供另行留存的 --manifest 或者 --head",
    ),
    "exported_gone": ("{of}: is not there", "{of}：不存在"),
    "exported_altered": ("{of}: is not what was exported", "{of}：与导出时不同"),
    "exported_surplus": ("{of}: was not exported; somebody put it there", "{of}：并非导出内容，系他人放入"),
    "exported_count": ("{of}: has more or fewer rows than the manifest says", "{of}：行数与清单不符"),
    "exported_ledger": ("the ledger does not hold: {of}", "台账不成立：{of}"),
    "exported_head": ("the ledger does not begin with the head {of}", "台账与台账根 {of} 不符"),
    "exported_manifest_other": (
        "{of}: is another one than that whose SHA-256 you hold",
        "{of}：与您留存的 SHA-256 不符",
    ),
}
