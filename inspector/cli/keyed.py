"""`roster key`: by which keys frames, bundles and the ledger know one subject."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.files import Agency
from inspector.cli.terminal import Terminal
from inspector.domain.case import SubjectKind
from inspector.domain.identity import identify, identity_kind

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.flows.keyed import Keys
    from inspector.store.tx import Tx


def key(
    terminal: Terminal,
    code: Annotated[str, typer.Argument(help="Code of the one subject 主体代码", metavar="CODE")],
    agency: Agency,
    by: Annotated[str, typer.Option("--by", help="The head who asks, or who stands in 负责人或其代行人")],
    kind: Annotated[
        SubjectKind, typer.Option("--kind", case_sensitive=False, help="Kind of subject 主体类型")
    ] = SubjectKind.PERSON,
    note: Annotated[str | None, typer.Option("--note", help="What for; needed 用途（必填）")] = None,
) -> None:
    """Compute the keys by which frames, bundles and ledger entries know one subject. 计算某一主体在抽取名册和台账中的代号。

    Of the code that is given alone; no key leads back to a code. The ledger keeps who asked, about whom by that key, and what for.
    Where the agency, or one above it, names a head, it is for a head or who stands in.
    """
    from inspector.flows import keyed

    office, why, who = terminal.office, terminal.reason(note, "--note"), terminal.signer(by)
    office.agency(agency)
    told = identify(identity_kind(kind), code, today=office.now().date()).normal

    def look(tx: Tx) -> Keys:
        return keyed.keys(office, tx, agency, kind, told, by)

    found = terminal.look(look)

    def do(_tx: Tx, _now: datetime) -> None:
        """The entry alone, before anything is shown."""

    terminal.act("roster.key", f"roster:{agency}", do, object=found.entries, note=why, by=who)
    terminal.fields({"agency": agency, "kind": kind.value, **asdict(found)})
