"""`draw witness`, `draw open` and `draw redeal`: of a draw without the daemon. And which of both a word means, a folder or a number."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal
from inspector.domain.errors import Invalid
from inspector.domain.seatground import SeatGround

Folder = Annotated[
    str, typer.Argument(help="Folder of a draw without the daemon 离线抽取的文件夹", metavar="FOLDER", show_default=False)
]
NumberOrFolder = Annotated[
    str,
    typer.Argument(
        help="Number of the draw, or the folder of one without the daemon 抽取编号或离线文件夹", metavar="DRAW|FOLDER"
    ),
]
Both = Annotated[list[str] | None, typer.Option("--by", help="Both persons who say so 确认的两人，可重复")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "witness")(witness)
    command(app, "open")(open_)
    command(app, "redeal")(redeal)


def witness(
    terminal: Terminal,
    folder: Folder,
    receipt: Annotated[
        str,
        typer.Option("--receipt", help="The witness's own number for what it holds; everybody reads it 见证方的收存编号（公开）"),
    ],
    at: Annotated[
        str, typer.Option("--at", help="Since when the witness holds it, with offset 见证方收存时间（含时区）", metavar="MOMENT")
    ],
) -> None:
    """Enter the witness's receipt for a draw without the daemon, and since when it holds W. 登记离线抽取的见证回执。

    Both go into the folder's witness/record.json, once, and along in the public bundle with a time-stamp token that lies in witness/
    (NAME.tsr). It is the house's word: what proves the time is the witness's own (draw verify --witness --witnessed-at).
    """
    from inspector.cli import stated
    from inspector.cli.offline import afterwards

    told = stated.when(at, "--at")
    assert told is not None, "it is required"
    afterwards.witness(terminal, wanted(folder), receipt, told)


def open_(
    terminal: Terminal,
    folder: Folder,
    on: Annotated[
        datetime, typer.Option("--on", help="Day on which the last visit was over 最后一次检查完成之日", formats=["%Y-%m-%d"])
    ],
    by: Both = None,
) -> None:
    """Say that all visits of a draw without the daemon are over, so that it may be told. 声明离线抽取的检查已全部完成，可以公开。

    Two persons say it together, --by A --by B, once, for everybody: the visits of whomever it has drawn are made or called off, those
    of draws before it too. From then on draw receipt gives every firm its whole receipt and draw export --public the public
    bundle; until then neither tells who was drawn. The day and both names stand in the folder's witness/record.json; the public reads the
    day alone. A draw of the daemon opens by itself.
    """
    from inspector.cli.offline import afterwards

    afterwards.open_(terminal, wanted(folder), on.date(), by or [])


def redeal(
    terminal: Terminal,
    folder: Folder,
    visit: Annotated[str, typer.Argument(help="The drawn object 抽中的对象", metavar="OBJECT")],
    inspector: Annotated[str, typer.Argument(help="Who cannot or must not go 不能前往的检查人员", metavar="INSPECTOR")],
    ground: Annotated[SeatGround, typer.Option("--ground", case_sensitive=False, help="A ground of the closed list 事由")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in words; they stay in the house 理由（留存本机关）")],
    by: Both = None,
    listed: Annotated[
        str, typer.Option("--list", help="Whose list, where there are several 名单（有几列时）", show_default=False)
    ] = "",
) -> None:
    """Pass on the seat of an inspector who cannot go, in a draw without the daemon: to whom the rule names. 离线抽取改派（由规则确定）。

    Nobody names who comes in: it follows from the frozen roster and the draw's own seed, and every verifier recomputes it. Two persons
    say that the seat is free, --by A --by B, with one reason. The line goes into after.jsonl; the words and both names into a
    private paper beside the folder, whose hash the line has. A visit's second seat does not pass on: that visit is dealt by a draw
    of the next number. With the daemon seats pass on by the register, the answers and the head's decision.
    """
    from inspector.cli.offline import afterwards

    where = wanted(folder)
    afterwards.redeal(terminal, where, visit, inspector, ground=ground, reason=reason, by=by or [], listed=listed)


def folder_of(draw: str) -> Path | None:
    """The folder that a word names; None where it may be a draw's number. Raises Invalid (`bundle_is_file`) for a file."""
    where = Path(draw)
    if where.is_file():
        raise Invalid("bundle_is_file", file=draw, folder=str(where.parent))
    return where if where.is_dir() else None


def wanted(folder: str) -> Path:
    """The folder of a command that no draw of the daemon has. Raises Invalid (`bundle_is_file`, `draw_folder_wanted`)."""
    where = folder_of(folder)
    if where is None:
        raise Invalid("draw_folder_wanted", name=folder)
    return where
