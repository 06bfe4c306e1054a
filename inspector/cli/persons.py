"""`check`: whether the house can tell that two names are one person's: of the accounts of its pages, and of the machine's users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding
from inspector.cli.terminal import operator
from inspector.domain.person import declared, same
from inspector.web.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.flows.office import AgencyNode
    from inspector.settings import Settings
    from inspector.store.tx import Tx

_SHOWN = 6


def joined(told: Settings, tree: Mapping[str, AgencyNode], tx: Tx) -> Iterator[Finding]:
    """Officers whose names cannot be held against each other: one person could take both steps of what two persons must do."""
    people, user = told.people, operator()
    now = tx.machine_now()
    held = [(row, row["revoked_at"]) for row in tx.tokens.all()] + [(row, row["ended_at"]) for row in tx.admissions.all()]
    valid = (row for row, ended in held if row["role"] == Role.OFFICER and ended is None and row["expires_at"] > now)
    names = list(dict.fromkeys(str(row["name"]) for row in valid))
    if names and not declared(user, people):
        alone = f"nobody is declared to be the machine's user {user}: whether he or she has an account of the pages, too, nobody can tell"
        what = (
            alone,
            f"未声明本机用户 {user} 是何人：无法判断其是否另有网页账户",
        )
        mend = (
            f'name the officer: [people] with "NAME" = ["{user}"]',
            f'请声明该工作人员：[people] "姓名" = ["{user}"]',
        )
        yield Finding.warn("people", what, mend)
    for node in tree.values():
        for head in node.heads:
            signs = declared(head, people)
            if signs and not same(signs, head):
                what = (f"the head {head} of {node.id} signs as {signs}", f"{node.id} 的负责人 {head} 以“{signs}”签署")
                yield Finding.warn("people", what, (f"name {signs} as the head", f"请将负责人写为“{signs}”"))
    unknown = [name for name in names if people and not declared(name, people)]
    if unknown:
        some = ", ".join(unknown[:_SHOWN]) + (f" (+{len(unknown) - _SHOWN})" if len(unknown) > _SHOWN else "")
        what = (
            f"officers' accounts whose holder is not declared: {some}; their names cannot be held against the others'",
            f"下列工作人员账户未声明持有人：{some}；无法与其他名称比对是否为同一人",
        )
        mend = (
            'add each to [people]: as a person of its own ("NAME" = []), or among the names of one who is there',
            '请逐一写入 [people]：另为一人（"姓名" = []），或者列入已有人员的名称',
        )
        yield Finding.warn("people", what, mend)
