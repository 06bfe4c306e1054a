"""`key secret`, `key status`, `key rotate`: the keys that seal personal data at rest; `key backup`: one that opens backups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.finding import Finding
from inspector.cli.progress import Bars
from inspector.cli.terminal import Terminal, office_now, sign
from inspector.domain.errors import Refusal

if TYPE_CHECKING:
    from inspector.store.keys import Lies
    from inspector.store.store import Store

CURRENT, FORMER, UNUSED, MISSING, OPEN = "CURRENT", "FORMER", "UNUSED", "MISSING", "OPEN"
"""A key that seals, one that something still lies under, one that nothing does, one that nobody has given; and values that lie open."""
RUNNING = "RUNNING"
"""A key that nothing lies under yet, or any more, by which a running daemon seals: it may not go."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "secret")(secret)
    command(app, "status")(status)
    command(app, "rotate")(rotate)
    command(app, "backup")(backup)


def secret(
    terminal: Terminal,
    file: Annotated[Path, typer.Argument(help="New file for the key 新密钥文件", metavar="FILE")],
) -> None:
    """Make a key that seals personal data at rest, in a file that only its owner reads. 生成加密个人信息的密钥。

    Two are needed: one for `privacy.key_files`, another for `privacy.lookup_key_files`. Keep a copy of each apart from the database and
    its backups: without them nothing that is sealed can be read again. 须另行保管密钥副本；密钥丢失则数据无法恢复。
    """
    from inspector import sealkeys

    held = sealkeys.write(file)
    terminal.value({"file": str(file), "key": held})
    terminal.say("secret_made", file=file, id=held)


def backup(
    terminal: Terminal,
    file: Annotated[Path, typer.Argument(help="New file for the private half 新私钥文件", metavar="FILE")],
) -> None:
    """Make a key for encrypted backups (age); its public half is told. 生成备份加密密钥。

    Name the public half in `backup.recipients`: from then on each backup is encrypted for it. Take the file off this machine and keep it
    in two places: what it opens nobody opens without it. Whoever makes the key elsewhere, by `age-keygen`, never brings it here.
    私钥须移出本机、异处双份保管；丢失则备份无法恢复。
    """
    from inspector import sealkeys
    from inspector.store import envelope

    private, public = envelope.new()
    sealkeys.keep(file, f"# public key: {public}\n{private}\n")
    terminal.value({"file": str(file), "recipient": public})
    terminal.say("backup_key_made", file=file, recipient=public)


def status(terminal: Terminal) -> None:
    """Tell which keys are in use, and how much lies under each. 查看各密钥的使用情况。

    A former key may go from the settings once it is unused here, and in every backup that is still to be read.
    """
    from inspector.store import keys

    held = terminal.open_store()
    told = keys.status(held)
    terminal.value({"keys": list(_rows(held, told)), "places": told})
    if not terminal.as_json:
        terminal.rows(("key", "purpose", "state", "count"), list(_rows(held, told)), {"purpose": "key", "state": "key"})


def rotate(terminal: Terminal) -> None:
    """Seal everything under the first keys of the settings. 用设置中的首个密钥重新加密全部数据。

    Texts and files are sealed anew beside a running daemon that has been started with these keys: one that does not know the new key
    could read nothing of it, so restart it first (`keys_unknown`). Broken off, it goes on where it was. Codes change at once: the daemon
    is stopped for it, where the key of codes is new, or a process of before has written since.
    """
    from inspector.store import keys
    from inspector.store.opening import sole_owner

    held = terminal.open_store()
    if not held.keys.current:
        raise Refusal("keys_none")
    _refuse_unknowing(terminal, held)
    lone = _codes_lie_elsewhere(held)
    if lone:
        _refuse_running(held)
    with sole_owner(terminal.settings.database.url) if lone else nullcontext():
        codes = keys.settle_codes(held) if lone else 0
    done: dict[str, int] = {}
    with Bars(terminal).steps() as begin:

        def told(table: str, at: int) -> None:
            done[table] = at
            begin(table)(at, at)

        rows = keys.rotate(held, told)
    facts = {"seals": held.keys.current, "lookup": held.keys.current_lookup, "rows": rows, "codes": codes}
    with held.begin() as tx:
        sign(tx, "key.rotate", "keys", office_now(terminal.settings, tx), facts)
    terminal.value({**facts, "tables": {name: count for name, count in done.items() if count}})
    terminal.say("rotated", **facts)


def _codes_lie_elsewhere(held: Store) -> bool:
    from inspector.store import keys

    try:
        keys.refuse_unfit(held)
    except Refusal:
        return True
    return keys.astray(held)


def _refuse_running(held: Store) -> None:
    """Raise Refusal (`keys_in_use`) while a daemon runs on the server: it would look codes up by the former key. A file has its lock."""
    from inspector.store.replicas import ALIVE

    with held.read() as tx:
        now = tx.machine_now()
        living = [str(row["id"]) for row in tx.replicas.all() if not held.sqlite and now - row["seen_at"] < ALIVE]
    if living:
        raise Refusal("keys_in_use", daemons=", ".join(living))


def _declared(held: Store) -> dict[str, list[str] | None]:
    """By which keys each living daemon reads, that which seals first; None for one of a release that does not tell."""
    from inspector.store.replicas import ALIVE, KEYS

    with held.read() as tx:
        living = tx.replicas.declared(tx.machine_now(), ALIVE)
    return {name: told[KEYS].split(",") if KEYS in told else None for name, told in living.items()}


def _refuse_unknowing(terminal: Terminal, held: Store) -> None:
    """Raise Refusal (`keys_unknown`) while a daemon runs that could not read what lies under the new key; say so where it does not tell."""
    told = _declared(held)
    if without := sorted(name for name, keys in told.items() if keys is not None and held.keys.current not in keys):
        raise Refusal("keys_unknown", daemons=", ".join(without), key=held.keys.current)
    if unsure := sorted(name for name, keys in told.items() if keys is None):
        terminal.say("rotate_unsure", daemons=", ".join(unsure))


def _rows(held: Store, told: list[Lies]) -> Iterator[dict[str, object]]:
    """Every key that is given or used, and what lies open."""
    from inspector.store.sealed import SubjectCode
    from inspector.store.tables import metadata

    codes = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SubjectCode)
    }
    running = {keys[0] for keys in _declared(held).values() if keys}
    for purpose, given, places in (
        ("text", held.keys.sealing, [one for one in told if one.place not in codes]),
        ("code", held.keys.lookup, [one for one in told if one.place in codes]),
    ):
        counts = dict.fromkeys(given, 0)
        for one in places:
            counts[one.key] = counts.get(one.key, 0) + one.count
        for key, count in counts.items():
            yield {
                "key": key,
                "purpose": purpose,
                "state": _state(
                    key, next(iter(given), ""), count, given=key in given, running=purpose == "text" and key in running
                ),
                "count": count,
            }


def _state(key: str, current: str, count: int, *, given: bool, running: bool) -> str:
    if not key:
        return OPEN
    if not given:
        return MISSING
    if key == current:
        return CURRENT
    return FORMER if count else RUNNING if running else UNUSED


def findings(held: Store) -> Iterator[Finding]:
    """Whether personal data is sealed, under keys that are there, and all of it."""
    from inspector.store import keys

    rows = list(_rows(held, keys.status(held)))
    missing = [str(row["key"]) for row in rows if row["state"] == MISSING]
    if missing:
        what = (f"what lies under {', '.join(missing)} cannot be read", f"用密钥 {'、'.join(missing)} 加密的数据无法读取")
        mend = ("name the files of these keys in [privacy] key_files and lookup_key_files", "请在 [privacy] 中写明这些密钥的文件")
        yield Finding.fail("privacy", what, mend)
        return
    if not held.keys.current:
        what = (
            "personal data lies open in the database and its backups (PIPL art. 51 (3))",
            "数据库及其备份中的个人信息未加密（个人信息保护法第五十一条第三项）",
        )
        mend = (
            "make two keys with `key secret`, name them in [privacy] and run `key rotate`",
            "请用 key secret 生成两个密钥，在 [privacy] 中写明后运行 key rotate",
        )
        yield Finding.warn("privacy", what, mend)
        return
    left = sum(int(str(row["count"])) for row in rows if row["state"] in (OPEN, FORMER))
    if left:
        what = (f"{left} values lie open or under a former key", f"有 {left} 项未加密或仍用旧密钥")
        yield Finding.warn("privacy", what, ("run `key rotate`", "请运行 key rotate"))
        return
    yield Finding.ok("privacy", (f"all is sealed under {held.keys.current}", f"已全部用密钥 {held.keys.current} 加密"))
