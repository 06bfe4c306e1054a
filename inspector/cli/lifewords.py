"""What the command line says of simulated lives, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

LIVES: Mapping[str, tuple[str, str]] = {
    "simulated": ("{work} pieces of work, {kills} deaths; {seconds} s", "工作 {work} 项，中断 {kills} 次；用时 {seconds} 秒"),
    "life": ("{seed}: {seconds} s, {kills} deaths, head {head}…", "{seed}：{seconds} 秒，中断 {kills} 次，链首 {head}…"),
    "lives": ("{count} lives; something is wrong in {amiss}", "共 {count} 次；有误 {amiss} 次"),
    "simulated_head": ("Ledger head {head} ({seals} seals)", "台账链首 {head}（封存 {seals} 次）"),
}
