"""What the command line says of a maintenance, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

RESTS: Mapping[str, tuple[str, str]] = {
    "rests": (
        "nothing leaves the house until {until}; each daemon knows within seconds, and what is under way ends",
        "至 {until} 暂停一切对外发送；各服务进程在数秒内执行，正在进行的将办完",
    ),
    "rests_dates": ("due until then: {dates}", "期间到期：{dates}"),
    "rests_order": (
        "{kind}: the time of {count} ends before; what was never tried is tried once when it is over",
        "{kind}：{count} 项在此之前到期；从未尝试过的，结束后仍尝试一次",
    ),
    "rested": ("it is over: what waits leaves now", "维护结束：等待的工作即行发出"),
    "rested_not": ("there was no maintenance", "当前不在维护中"),
}
