"""`serve`: the daemon for real. With no command: the demo office, whose daemon differs by its configuration file alone.

What people of a real office give in by commands (tokens, registers, plans) is put into the demo's store before that daemon starts.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from socket import socket

    from inspector.bootstrap import House
    from inspector.demo.office import DemoFolder
    from inspector.demo.start import DemoOffice
    from inspector.flows.office import Office
    from inspector.store.tx import Tx

NEEDED = ("inspector.bootstrap", "inspector.daemon.daemon", "inspector.web.app")
"""What a running house imports; a command that only looks something up must not wait for it."""


def serve(
    config: Annotated[Path, typer.Option("--config", "-c", help="Settings file 配置文件", envvar="INSPECTOR_CONFIG")],
    clock_right: Annotated[
        bool,
        typer.Option(
            "--clock-is-right", help="Start although the ledger has later dates: the clock was ahead 时钟曾经超前，现已校准"
        ),
    ] = False,
) -> None:
    """Run the daemon until SIGTERM or Ctrl-C. 启动守护进程。"""
    _told(lambda: run(config, clock_right=clock_right), config)


def demo() -> None:
    """Run the demo office: the real daemon beside a small simulated outside world. 演示。"""
    _told(_demo, None)


def _demo() -> None:
    """The demo's one owner prepares it, so that a second start leaves the first one's files alone, and says where that one is.

    Raises Refusal (`demo_running`).
    """
    from inspector.demo import start
    from inspector.demo.office import address, where
    from inspector.domain.errors import Refusal
    from inspector.store.opening import owned

    folder = where()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # in a fresh checkout there is not even the one above it
    with ExitStack() as ours:
        try:
            ours.enter_context(owned(folder / "demo.toml"))
        except Refusal as error:
            if error.code == "database_in_use" and (url := address(folder)):
                raise Refusal("demo_running", url=url, owner=error.facts["owner"]) from error
            raise
        _say("demo_starts")  # the panel stands some seconds later
        threading.Thread(target=_import, args=NEEDED, daemon=True).start()  # while the world wakes
        held = start.prepare()
        try:
            run(
                held.config_path,
                before=lambda house: furnish(house.office, held.made),
                beside=lambda: _watch(held),
                listener=held.listener,
            )
        finally:
            held.stop()


def _import(*modules: str) -> None:
    for module in modules:
        import_module(module)


def _told(body: Callable[[], None], config: Path | None) -> None:
    """Expected errors are one clear line with an exit code, here as everywhere."""
    from inspector.cli.command import guarded
    from inspector.cli.terminal import Terminal

    guarded(Terminal(config, None, as_json=False), body)


def run(
    config: Path,
    *,
    before: Callable[[House], None] | None = None,
    beside: Callable[[], Callable[[], None]] | None = None,
    fault: Callable[[str], None] = lambda _point: None,
    listener: socket | None = None,
    clock_right: bool = False,
) -> None:
    """Put the house together, run it, drain it.

    `before` furnishes the migrated store, `beside` starts something to watch by and returns how to end that; `fault` is called at the
    worker's named points, for the fault tests; `listener` is the web's socket where it is held already; `clock_right`: a person says
    that later dates in the ledger are the fault of a clock that was ahead.
    """
    from inspector import bootstrap, settings
    from inspector.daemon.daemon import on_signal, until
    from inspector.daemon.keeper import Keeper
    from inspector.store.checkup import refuse_astray, refuse_past
    from inspector.store.opening import PATIENCE, make_folder, ready, sole_owner
    from inspector.telemetry import logs

    told = settings.load(config)
    proof = bootstrap.prove(told)  # what is refused here leaves nothing behind
    logs.configure(level=told.log.level, json=told.log.format == "json")
    make_folder(told.database.own_folder)
    with sole_owner(told.database.url):
        held = bootstrap.store(told)
        try:
            ready(
                held,
                late=lambda problem: _say("awaiting", problem=problem, seconds=f"{PATIENCE:.0f}"),
                made=None if beside is not None else lambda where: _say("begun", where=where),
            )
            house = bootstrap.house(told, held, fault=fault, listener=listener, proof=proof)
            try:
                if not clock_right:
                    refuse_past(held, house.office.now())
                if told.time.real:
                    refuse_astray(house.office.now(), held.clock.now())
            except BaseException:
                house.server.stop()  # its port was taken already
                raise
            if before is not None:
                before(house)
            asked = on_signal()
            gc.freeze()  # what was imported and put together stays: nobody need look through it for months
            gc.enable()
            house.daemon.start()
            house.server.start()
            if house.office.shadow:
                _say("shadow")
            end = beside() if beside is not None else _said(house.office.base_url)
            keeper = Keeper(lambda: house.daemon.live)
            keeper.ready()
            until(asked, keeper.look)
            keeper.stopping()
            end()
            _say("draining")
            house.daemon.stop()  # the edge answers meanwhile: whoever asks hears that we are not ready any more
            house.server.stop()
        finally:
            held.close()
    _say("stopped")


def furnish(office: Office, held: DemoFolder) -> None:
    """Tokens, registers and annual plans of the demo, put in at every start; what is there already stays."""
    with office.store.begin() as tx:
        now = tx.machine_now()
        for token in held.tokens:
            tx.tokens.issue(token.name, token.agency, token.role, now, now + timedelta(days=3650), text=token.text)
        for row in held.objects:
            tx.rosters.enrol(row)
        if not tx.rosters.inspectors(held.inspectors[0].agency):
            tx.rosters.put_inspectors(held.inspectors)
        _plan(office, tx)


def _plan(office: Office, tx: Tx) -> None:
    """The demo's people draw up, approve and publish the annual plans: of all years that can be, since a year passes in half an hour."""
    from inspector.demo.office import PAPER
    from inspector.domain.annual import AHEAD, Consent
    from inspector.flows import planning

    now, name = office.now(), PAPER.plan
    for year in range(now.year, now.year + AHEAD + 1):
        if tx.annual.last(name, year) is None:
            planning.create(office, tx, name, year, by=PAPER.created_by, now=now)
            planning.approve(office, tx, name, year, Consent(by=PAPER.approved_by, document=PAPER.document), now)
            planning.publish(office, tx, name, year, by=PAPER.approved_by, reference=PAPER.reference, on=None, now=now)


def _watch(held: DemoOffice) -> Callable[[], None]:
    """Show the live summary in a thread of its own."""
    from inspector.demo.screen import Screen

    token = next(token.text for token in held.tokens if token.role == "auditor")
    stop = threading.Event()
    screen = Screen(
        held.base_url,
        token,
        world=f"http://127.0.0.1:{held.world_port}",
        keys=str(held.made.keys),
        kept=held.made.folder / "screen.json",
    )
    thread = threading.Thread(target=screen.watch, args=(stop,), name="screen", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(timeout=3)

    return end


def _said(base_url: str) -> Callable[[], None]:
    """One line for people; the logs tell the rest."""
    _say("serving", url=base_url)
    return lambda: None


def _say(what: str, **facts: str) -> None:
    """One line for people, on standard output. Whoever reads it may be gone at a stop, which must end well all the same."""
    from inspector.cli import words
    from inspector.cli.terminal import language

    with suppress(OSError):
        typer.echo(words.say(what, language(os.environ), **facts))
