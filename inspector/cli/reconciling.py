"""What `check` says of the draws: whether records agree about the recent and open ones, and registers and former draws with the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding
from inspector.labels import label

if TYPE_CHECKING:
    from inspector.flows.office import Office

_MEND = (
    "somebody wrote into the database beside the program: stop publishing, keep a copy, and ask who could; nothing mends this",
    "有人绕过程序写入数据库：请停止公开、保留副本并查明何人所为；程序不会自行改动",
)


def draws(office: Office) -> Iterator[Finding]:
    """One failure for the ledger, and for each draw and register about which the records contradict each other."""
    from inspector.flows import lookback, reconcile

    with office.store.read(steady=True) as tx:
        broken = reconcile.sealed(office, tx)[1]
        found = [*([("", "ledger", broken)] if broken else []), *reconcile.watched(office, tx, office.now())]
        past = lookback.differing(office, tx, sorted(office.tree), office.now())
    for _, about, lines in found:
        english, chinese = ([label(one.code, lang, **one.facts) for one in lines] for lang in ("en", "zh-Hans"))
        told = ("; ".join(english), "；".join(chinese))
        yield Finding.fail(f"draws.{about}", told, _MEND)
    if past:
        facts = {"draw": "—", "rows": lookback.named(past)}
        both = label(f"error.{lookback.MATTER}", "en", **facts), label(f"error.{lookback.MATTER}", "zh-Hans", **facts)
        yield Finding.fail("draws.history", both, _MEND)
    if not found and not past:
        yield Finding.ok("draws", ("the records agree about the recent ones", "近期抽查的各处记录一致"))
