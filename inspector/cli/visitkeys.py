"""`key`: the keys that sign visit codes are made, listed and published; the firms' page as one file to hand out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "new")(new)
    command(app, "list")(list_keys)
    command(app, "page")(page)


def new(
    terminal: Terminal,
    file: Annotated[
        Path, typer.Argument(help="File to write the key to; FILE.pub gets its public half 密钥文件", metavar="FILE")
    ],
) -> None:
    """Make a key that signs visit codes, in a file that only its owner reads. 生成签发执法码的密钥。

    Name it as `visit_key_file` of an agency. To change keys, put the public half of the old one into `visit_keys_before_file`, and take it
    out again when its codes are over. 更换密钥时，把旧公钥放入 visit_keys_before_file，其执法码过期后再移除。
    """
    from inspector import visitkeys

    private, public = visitkeys.new()
    beside = file.with_name(f"{file.name}.pub")
    for where, content, rights in ((file, private, 0o600), (beside, public, 0o644)):
        with os.fdopen(os.open(where, os.O_CREAT | os.O_EXCL | os.O_WRONLY, rights), "wb") as out:
            out.write(content)
    terminal.value({"key": str(file), "public": str(beside)})
    terminal.say("key_made", file=file, public=beside)


def list_keys(terminal: Terminal) -> None:
    """List the keys by which visit codes are believed, with the marks to post up. 列出执法码公钥及其标记。

    The house's own signs the ledger's heads, too, and what is handed out: its fingerprint is what a reader pins (`--key`).
    """
    office = terminal.office
    signing = len(office.keys.signing)
    rows = [
        {"agency": one.agency, "mark": one.mark, "signs": at < signing, "fingerprint": one.fingerprint, "point": one.point.hex()}
        for at, one in enumerate(office.keys.public)
    ]
    terminal.rows(("agency", "mark", "signs", "fingerprint"), rows)


def page(
    terminal: Terminal,
    file: Annotated[Path, typer.Argument(help="File to write 文件", metavar="FILE.html")],
) -> None:
    """Write the page on which firms judge visit codes as one file that works from a disk. 写出供企业离线核验执法码的单文件网页。

    It speaks the language that --lang says, holds the public keys alone, and sends nothing. 不含私钥，不发送任何内容。
    """
    from inspector.web import visitcodes

    file.write_text(visitcodes.alone(terminal.office, terminal.lang), encoding="utf-8")
    terminal.value({"page": str(file), "keys": [one.mark for one in terminal.office.keys.public]})
    terminal.say("key_page", file=file)
