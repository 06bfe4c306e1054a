"""`check`: everything that must be right before the daemon starts, one line each, and how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli import lastcopy, sealing, words
from inspector.cli.command import Exit, command, expected
from inspector.cli.finding import Fault, Finding, State
from inspector.cli.show import show
from inspector.cli.terminal import Terminal, UnreachableError
from inspector.domain.errors import InspectorError, Invalid, Missing

if TYPE_CHECKING:
    from inspector.domain.calendar import WorkingCalendar
    from inspector.store.store import Store

Step = Callable[[], Iterator[Finding]]

LITTLE, LEAST = 2_000_000_000, 200_000_000
"""Free bytes below which to warn, and below which a write-ahead log may not fit."""

APART, FAR_APART = 2.0, 30.0
"""Seconds between the machine's clock and the database's."""


_BROKEN = ("database", "database.integrity")
"""The findings behind which a file may have to be brought back."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "check")(check)


def check(
    terminal: Terminal,
    call: Annotated[bool, typer.Option("--call", help="Also open connections to the outside 同时连接外部")] = False,
) -> Exit | None:
    """Say what is wrong and how to mend it: settings, packs, calendar, connectors, database, disk, clock. 自检。

    Exit code 1 when anything failed; warnings alone are 0.
    """
    failed: list[Finding] = []

    def watched() -> Iterator[Finding]:
        for one in _all(terminal, call=call):
            if one.state is State.FAIL:
                failed.append(one)
            yield one

    show(terminal, watched())
    return Exit.WRONG if failed else None


def _all(terminal: Terminal, *, call: bool) -> Iterator[Finding]:
    """Every finding, in the order in which things build on each other. A step that fails does not hide the later ones."""
    settings = list(_guarded("settings", partial(_settings, terminal)))
    yield from settings
    if any(one.state is State.FAIL for one in settings):
        return
    broken = False
    for name, step in (
        ("web", partial(_web, terminal)),
        ("policies", partial(_packs, terminal)),
        ("calendar", partial(_calendar, terminal)),
        ("agencies", partial(_office, terminal)),
        ("agencies", partial(_visit_keys, terminal)),
        ("connectors", partial(_connectors, terminal, call=call)),
        ("database", partial(_database, terminal)),
    ):
        for one in _guarded(name, step):
            broken = broken or (one.state is State.FAIL and one.name in _BROKEN)
            yield one
    yield from _guarded("backup", partial(lastcopy.findings, terminal.settings, broken=broken))


def _guarded(name: str, step: Step) -> Iterator[Finding]:
    """A step's findings; an expected error is one more of them."""
    try:
        yield from step()
    except Exception as error:
        ours = expected(error)
        if ours is None:
            raise
        yield _failed(name, ours)


def _failed(name: str, error: InspectorError) -> Finding:
    """An expected error as a finding."""
    told = (words.told(error, "en").replace("\n", " "), words.told(error, "zh-Hans").replace("\n", " "))
    mend = ("mend it, then run check again", "请改正后再次自检")
    return Finding.fail(name, told, mend, Fault.AWAY if isinstance(error, UnreachableError) else Fault.OURS)


def _settings(terminal: Terminal) -> Iterator[Finding]:
    from inspector.cli.reaching import permissions

    held, file = terminal.settings, terminal.config
    if file is None:
        mend = ("name a file: --config FILE, or INSPECTOR_CONFIG", "请指定：--config 文件，或 INSPECTOR_CONFIG")
        yield Finding.warn("settings", ("no file, variables and defaults alone", "没有配置文件，仅使用环境变量和默认值"), mend)
    else:
        yield Finding.ok("settings", (f"{file} is valid", f"{file} 有效"))
    if held.database.password_file is not None:
        yield from permissions("database.password_file", held.database.password_file)
    if not held.agencies:
        mend = ("add [agencies.NAME] sections", "请添加 [agencies.名称]")
        yield Finding.warn("settings", ("there are no agencies", "没有机关"), mend)
    if held.pulse is None:
        told = (
            "no dead-man's switch: nobody hears when this machine falls silent",
            "未设外部失联监测：本机停止工作时无人知晓",
        )
        mend = (
            'add [pulse] with kind = "http" and the url of a monitor on another machine that wakes somebody when no ping comes',
            '请添加 [pulse]：kind = "http"，url 为另一台机器上的监测地址，收不到心跳时由其报警',
        )
        yield Finding.warn("pulse", told, mend)
    if not held.witnesses:
        told = (
            "no witness: whoever owns the database can lay the ledger anew unseen (SECURITY.md)",
            "未设存证方：掌握数据库的人可以不露痕迹地重写台账（见 SECURITY.md）",
        )
        mend = (
            "add [witnesses.NAME] of another agency, or send it the line of `ledger head` daily",
            "请添加 [witnesses.名称]（其他机关），或者每日将 ledger head 的一行送交其他机关",
        )
        yield Finding.warn("witnesses", told, mend)
    if not held.time.real:
        mend = ("real offices leave [time] alone", "正式运行请勿设置 [time]")
        yield Finding.warn("time", ("office time does not run like the clock", "办公时间与时钟不同步"), mend)


def _web(terminal: Terminal) -> Iterator[Finding]:
    from inspector.cli import linking

    yield from linking.address(terminal.settings)


def _packs(terminal: Terminal) -> Iterator[Finding]:
    from inspector.calendars import load_calendars
    from inspector.policybook import PacksInvalid, Policybook, check_examples, idle_examples, passed_over, read_examples

    folder = terminal.settings.policies
    book = Policybook.read(folder)
    calendar = load_calendars(folder / "calendars") if book.packs else None
    for pack in book.packs:
        name = f"policies.{pack.label}"
        try:
            differences = check_examples(pack, folder / pack.id, calendar)
        except Missing:
            line = f'pack = "{pack.label}"'
            mend = (f"write examples-{pack.version}.toml beside it: {line}", f"请在旁边写 examples-{pack.version}.toml：{line}")
            yield Finding.warn(name, ("is proven, and has no examples", "已校验，没有示例"), mend)
            continue
        except PacksInvalid as error:
            mend = ("policy check shows each", "policy check 逐条显示")
            yield Finding.fail(name, (f"examples cannot be read: {error.flaws[0]}", f"示例无法读取：{error.flaws[0]}"), mend)
            continue
        count = len(read_examples(folder / pack.id, pack.label))
        if differences:
            mend = ("policy check shows each", "policy check 逐条显示")
            yield Finding.fail(name, (f"examples that differ: {len(differences)}", f"与 {len(differences)} 处示例不一致"), mend)
        else:
            yield Finding.ok(name, (f"is proven and agrees with its examples ({count})", f"已校验，与 {count} 个示例一致"))
    for one in (*passed_over(book.packs), *idle_examples(folder, {pack.label for pack in book.packs})):
        name = f"policies.{one.file} · {one.field}"
        yield Finding.warn(name, one.said, ("see docs/how-to/write-a-pack.md", "见 docs/how-to/write-a-pack.md"))
    for gap in book.warnings:
        yield Finding.warn("policies", (gap, gap), ("close the gap between the versions", "请补上版本之间的空档"))


def _calendar(terminal: Terminal) -> Iterator[Finding]:
    from inspector.lawbook import calendar_of

    calendar = calendar_of(terminal.settings)
    today, horizon = _today(calendar), calendar.horizon
    known = ", ".join(map(str, sorted(calendar.years)))
    following = today.year + 1 if today.year in calendar.years else today.year
    mend = (
        f"when the State Council's notice is out, add cn-{following}.toml to the folder that `calendars` names in the settings",
        f"国务院办公厅通知发布后，在设置项 calendars 所指的文件夹中添加 cn-{following}.toml",
    )
    if horizon is None or horizon < today:
        yield Finding.fail("calendar", (f"ends before today (years {known})", f"未涵盖今天（已有 {known}）"), mend)
    elif calendar.ends_soon(today):
        told = (f"is certain until {horizon} only; later dates are provisional", f"仅到 {horizon} 确定，之后的日期为暂定")
        yield Finding.warn("calendar", told, mend)
    else:
        yield Finding.ok("calendar", (f"is certain until {horizon} (years {known})", f"至 {horizon} 确定（已有 {known}）"))


def _connectors(terminal: Terminal, *, call: bool) -> Iterator[Finding]:
    from inspector.cli.reaching import configured, findings
    from inspector.cli.turns import Turns

    for one in configured(terminal.settings):
        yield from findings(one, terminal.settings, call=call, turns=Turns(terminal))


def _database(terminal: Terminal) -> Iterator[Finding]:
    from inspector.store import checkup, migrate

    held = terminal.open_store()
    yield Finding.ok("database", (f"{held.url.get_backend_name()} answers", f"{held.url.get_backend_name()} 可连接"))
    yield from _disk(checkup.folder(held))
    present, wanted = migrate.present(held), migrate.newest()
    if present != wanted:
        told = (f"is at revision {present or 'none'}, this release wants {wanted}", f"版本为 {present or '无'}，需要 {wanted}")
        anew = ("restore a backup, or run migrate if this is a new office", "请从备份恢复；如为新建，请执行 migrate")
        yield Finding.fail("database.revision", told, ("run migrate", "请执行 migrate") if present else anew)
        return
    yield Finding.ok("database.revision", (f"is {present}", f"为 {present}"))
    damage = checkup.damage(held)
    if damage:
        mend = ("stop the daemon and restore the last backup; see below", "请停止守护进程并恢复最近的备份，见下")
        first, more = damage[0], len(damage) - 1
        told = (f"the file is damaged: {first}; {more} more", f"文件已损坏：{first}；另有 {more} 处")
        yield Finding.fail("database.integrity", told, mend)
    elif held.sqlite:
        yield Finding.ok("database.integrity", ("the file is whole", "文件完好"))
    yield from _guarded("clock", partial(_clock, terminal, held))
    yield from _guarded("privacy", partial(sealing.findings, held))
    yield from _guarded("policies", partial(_kept, terminal, held))


def _office(terminal: Terminal) -> Iterator[Finding]:
    """The proof that `serve` starts with, and what it lets pass although somebody should look."""
    from inspector import bootstrap
    from inspector.cli import above, deciders, fitting, pacing, platforms, ruled
    from inspector.lawbook import calendar_of
    from inspector.policybook import Policybook

    told = terminal.settings
    book = Policybook.read(told.policies)
    calendar = calendar_of(told)
    if found := list(bootstrap.flaws(told, book, calendar)):  # a connector's manners and canary are told with it
        yield from (_failed("agencies", one) for one in found if not one.code.startswith(("manners_", "canary_")))
        return
    tree, plans = bootstrap.proven(told, book, calendar)
    counts = (f"agencies: {len(tree)}, plans: {len(plans)}", f"机关 {len(tree)} 个，计划 {len(plans)} 个")
    yield Finding.ok("agencies", counts)
    yield from fitting.settings(told, book, tree, _today(calendar))
    yield from pacing.plans(told, book, tree, _today(calendar))
    yield from fitting.excuses(bootstrap.given(told), book, _today(calendar))
    yield from fitting.exemptions(book, tree, _today(calendar))
    yield from fitting.approvals(book, tree, _today(calendar))
    yield from ruled.packs(book, tree, _today(calendar))
    yield from fitting.headless(tree, fitting.sending(told))
    yield from deciders.unnamed(book, tree, _today(calendar), tree.keys() - deciders.answering(tree, fitting.sending(told)))
    yield from above.mute(tree)
    yield from above.alike(tree)
    yield from above.unrung(tree, fitting.sending(told))
    yield from above.unlisted(book, tree, _today(calendar))
    yield from platforms.strange(told.channels, book, tree, _today(calendar))


def _visit_keys(terminal: Terminal) -> Iterator[Finding]:
    """The keys of visit codes: without one that is named neither the daemon starts nor a register is imported."""
    from inspector import visitkeys

    told = terminal.settings.agencies
    for name, node in told.items():
        if visitkeys.read([(name, node.visit_key_file, node.visit_keys_before_file)]).signing:
            yield Finding.ok(f"agencies.{name}.visit_key_file", ("is a key", "可用"))


def _kept(terminal: Terminal, held: Store) -> Iterator[Finding]:
    """What only the records tell: packs edited or gone (raises), what leads nowhere, connectors at rest, stopped work."""
    from inspector import bootstrap, lawbook
    from inspector.cli import above, deciders, fitting, invariants, persons, reconciling, ways
    from inspector.policybook import Policybook

    told = terminal.settings
    book, tree, today = Policybook.read(told.policies), bootstrap.given(told).tree, _today(lawbook.calendar_of(told))
    for pack in lawbook.note_packs(held, book, tree, today).kept:
        what = (
            "has left the folder; what cites it goes on by the copy in the database",
            "已不在文件夹中；引用它的办件按数据库中的副本继续",
        )
        mend = ("put the file back beside the new version", "请将文件放回，与新版本并存")
        yield Finding.warn(f"policies.{pack.label}", what, mend)
    with held.read() as tx:
        yield from fitting.records(terminal.settings, tx)
        yield from fitting.headless(tree, tx.rosters.staffed() - fitting.sending(terminal.settings))
        only_asked = deciders.answering(tree, fitting.sending(told))
        yield from deciders.unnamed(book, tree, today, only_asked & deciders.at_work(tx))
        yield from above.unrung(tree, (tx.cases.agencies() | tx.rosters.staffed()) - fitting.sending(told))
        yield from above.unconfirmed(tree, tx.rosters.staffed())
        yield from fitting.moved(tree, tx)
        yield from fitting.lanes(terminal.settings, tx)
        yield from fitting.stopped(tx)
        yield from persons.joined(told, tree, tx)
        yield from ways.unanswerable(told, tree, tx)
    try:
        office = terminal.office
    except Invalid:
        return  # `_office` has told what is wrong with the plans themselves
    yield from terminal.look(lambda tx: [*fitting.maintenance(tx, office.now(), office.calendar.zone)])
    yield from fitting.annual(office)
    yield from fitting.catalogue(office)
    yield from reconciling.draws(office)
    yield from invariants.findings(office)


def _disk(folder: Path | None) -> Iterator[Finding]:
    if folder is None:
        return
    free = shutil.disk_usage(folder).free
    told = (f"{free / 1e9:.1f} GB free at {folder}", f"{folder} 剩余 {free / 1e9:.1f} GB")
    mend = ("make room, or move the database", "请清理空间或迁移数据库")
    if free < LITTLE:
        yield (Finding.fail if free < LEAST else Finding.warn)("disk", told, mend)
    else:
        yield Finding.ok("disk", told)


def _clock(terminal: Terminal, held: Store) -> Iterator[Finding]:
    """The machine against the database, and both against what has happened already: time never runs backwards."""
    from inspector.lawbook import calendar_of
    from inspector.store import checkup

    calendar = calendar_of(terminal.settings)
    with held.read() as tx:
        database = tx.machine_now()
        last = max((row["seen_at"] for row in tx.replicas.all()), default=None)
        pace = tx.office.pace(calendar)
    now = pace.office(database) if pace is not None else None
    apart = abs((datetime.now(UTC) - database).total_seconds())
    mend = ("set the clock by NTP on both machines", "请在两台机器上用 NTP 校时")
    told = (f"machine and database are {apart:.1f} s apart", f"本机与数据库相差 {apart:.1f} 秒")
    if pace is not None and (begins := terminal.settings.time.starts_at) and datetime.fromisoformat(begins) != pace.office_anchor:
        late = (
            f"time.starts_at ({begins}) counts for an empty database alone: this office has begun",
            f"time.starts_at（{begins}）只对空库有效：本办公系统已经开始运行",
        )
        yield Finding.warn("time", late, ("take it out, or begin with an empty database", "请删去该项，或者另建空库"))
    if now is not None and (later := checkup.behind(held, now)) is not None:
        at, then = (f"{one.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z" for one in (now, later))
        told = (f"it is {at}, and the ledger has an entry of {then}", f"现在是 {at}，台账中已有 {then} 的记录")
        right = (
            "set it by NTP; if it was ahead then and is right now, start once with `serve --clock-is-right`",
            "请用 NTP 校时；如当时超前、现已校准，请用 serve --clock-is-right 启动一次",
        )
        yield Finding.fail("clock", told, right)
        return
    if now is not None and terminal.settings.time.real:
        checkup.refuse_astray(now.astimezone(calendar.zone), database)
    if last is not None and (last - database).total_seconds() > FAR_APART:
        moment = f"{last.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
        ahead = (f"a daemon was seen at {moment}, which is yet to come", f"曾记录到未来的时间 {moment}")
        yield Finding.fail("clock", ahead, mend)
    elif apart > APART:
        yield (Finding.fail if apart > FAR_APART else Finding.warn)("clock", told, mend)
    else:
        yield Finding.ok("clock", told)


def _today(calendar: WorkingCalendar) -> date:
    """The office's day, wherever the machine believes itself to be."""
    return datetime.now(calendar.zone).date()
