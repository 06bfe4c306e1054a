"""`plan`: the annual plan of a year's draws, from its draft to its publication. Nothing here changes what is approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.days import day_of
from inspector.cli.extending import numbers
from inspector.cli.terminal import Terminal
from inspector.labels import of, told

if TYPE_CHECKING:
    from inspector.domain.annual import AnnualPlan

Name = Annotated[str, typer.Argument(help="Name of the plan in the settings 配置中的抽查计划", metavar="PLAN")]
Year = Annotated[int, typer.Option("--year", "-y", help="The year whose draws it is about 年度")]
By = Annotated[str | None, typer.Option("--by", help="The person who does this; default: the user of this machine 经办人")]
On = Annotated[str | None, typer.Option("--on", help="The day it was done, YYYY-MM-DD; default: today 日期")]

COLUMNS = ("plan", "year", "edition", "state", "draws", "objects", "yearly", "approved_by", "published_in")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, body in (("create", create), ("approve", approve), ("publish", publish), ("withdraw", withdraw)):
        command(app, name)(body)
    command(app, "list")(list_plans)
    command(app, "show")(show)


def create(
    terminal: Terminal,
    name: Name,
    year: Year,
    by: By = None,
    aside: Annotated[
        list[str] | None,
        typer.Option("--set-aside", help="For extensions, [LIST/]STRATUM=NUMBER; may be repeated 为追加抽取预留的户数"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count and show, write nothing 试运行")] = False,
) -> None:
    """Count the registers and write a year's plan as a draft. 编制年度抽查计划。

    The totals say how many objects the year's draws are expected to take by the pack's sampling rows, as the registers stand today.
    What is set aside beside them leaves room for extensions (draw extend).
    """
    from inspector.flows import planning

    office, who, more = terminal.office, terminal.signer(by), numbers("--set-aside", aside)
    if dry_run:
        now = office.now()
        _tell(terminal, terminal.look(lambda tx: planning.draft(office, tx, name, year, who, now, more)).state)
        _warn(terminal, name)
        terminal.say("dry")
        return
    made = terminal.act(
        "plan.create",
        f"plan:{name}:{year}",
        lambda tx, now: planning.create(office, tx, name, year, by=who, now=now, aside=more),
        plan=name,
        year=year,
    )
    _tell(terminal, made)
    _warn(terminal, name)
    next_ = f"plan approve {name} --year {year} --document … --digest {made.digest[:16]}"
    terminal.say("plan_approval_next", plan=name, year=year, command=next_)


def _warn(terminal: Terminal, name: str) -> None:
    """Say it where most slots of the plan would be lost, for its draws take longer than its period."""
    from inspector.flows import planning

    if (why := planning.crowded(terminal.office, name, terminal.office.now())) is not None:
        terminal.aside("! " + told(why, terminal.lang))


def approve(
    terminal: Terminal,
    name: Name,
    year: Year,
    document: Annotated[str, typer.Option("--document", help="Number of the document of approval 批准文号")],
    by: By = None,
    on: On = None,
    digest: Annotated[str, typer.Option("--digest", help="The digest that was read, its first 8 letters at least 摘要")] = "",
) -> None:
    """Approve a draft: another person than its creator. 批准年度抽查计划（不得由编制人批准）。"""
    from inspector.domain.annual import Consent
    from inspector.flows import planning

    office = terminal.office
    given = Consent(by=terminal.signer(by), document=document, on=day_of(on), digest=digest)
    held = terminal.act(
        "plan.approve",
        f"plan:{name}:{year}",
        lambda tx, now: planning.approve(office, tx, name, year, given, now),
        plan=name,
        year=year,
    )
    _tell(terminal, held)
    terminal.say("plan_next", command=f"plan publish {name} --year {year} --reference …")


def publish(
    terminal: Terminal,
    name: Name,
    year: Year,
    reference: Annotated[str, typer.Option("--reference", help="Where it is public: channel, address, number 公布渠道")],
    by: By = None,
    on: On = None,
) -> None:
    """Say that the approved plan is public: from now on its draws take place. 登记公布年度抽查计划。"""
    from inspector.flows import planning

    office, day = terminal.office, day_of(on)
    held = terminal.act(
        "plan.publish",
        f"plan:{name}:{year}",
        lambda tx, now: planning.publish(office, tx, name, year, by=terminal.signer(by), reference=reference, on=day, now=now),
        plan=name,
        year=year,
    )
    _tell(terminal, held)


def withdraw(
    terminal: Terminal,
    name: Name,
    year: Year,
    reason: Annotated[str, typer.Option("--reason", help="Why 理由")],
    by: By = None,
) -> None:
    """Withdraw a year's plan; a draw that is announced goes on. 撤回年度抽查计划（已发起的抽取照常进行）。"""
    from inspector.flows import planning

    office = terminal.office
    held = terminal.act(
        "plan.withdraw",
        f"plan:{name}:{year}",
        lambda tx, now: planning.withdraw(office, tx, name, year, by=terminal.signer(by), reason=reason, now=now),
        plan=name,
        year=year,
    )
    _tell(terminal, held)


def list_plans(
    terminal: Terminal,
    agency: Annotated[str | None, typer.Option("--agency", "-a", help="Agency, with all below it 机关（含下级）")] = None,
    year: Annotated[int | None, typer.Option("--year", "-y", help="This year alone 年度")] = None,
) -> None:
    """List annual plans, every edition. 列出年度抽查计划。"""
    if agency is not None:
        terminal.office.agency(agency)
    within = terminal.office.within(agency) if agency is not None else None
    terminal.rows(COLUMNS, [_row(held) for held in terminal.look(lambda tx: tx.annual.page(within, year))])


def show(terminal: Terminal, name: Name, year: Year) -> None:
    """Show a year's plan with its totals and those who stand for it. 显示年度抽查计划。"""
    _tell(terminal, terminal.look(lambda tx: tx.annual.get(name, year)))


def _tell(terminal: Terminal, held: AnnualPlan) -> None:
    if terminal.as_json:
        terminal.value({**_row(held), "strata": held.content.strata})
        return
    partners = [f"{one.agency} ({one.inspectors})" for one in held.content.partners] or None
    told = {**_row(held), "state": of(held.state, terminal.lang), "partners": partners}
    terminal.fields(told, {"lists": "lists"})
    columns = ("stratum", "row", "objects", "each", "yearly", "set_aside")
    rows = [("", one) for one in held.content.strata]
    rows += [(partner.agency, one) for partner in held.content.partners for one in partner.strata]
    agencies = ("agency",) if len(rows) > len(held.content.strata) else ()
    terminal.rows(
        (*agencies, *columns),
        [{"agency": agency or held.content.agency, **{name: getattr(one, name) for name in columns}} for agency, one in rows],
    )


def _row(held: AnnualPlan) -> dict[str, object]:
    told = held.content
    names = (
        *("plan", "year", "edition", "agency", "partners", "lists", "trigger", "pool"),
        *("pack", "since", "draws", "objects", "yearly", "inspectors"),
    )
    own = (
        *("digest", "state", "made_at", "created_by", "approved_at", "approved_by", "approved_on", "document"),
        *("published_at", "published_by", "published_on", "published_in", "withdrawn_at", "withdrawn_by", "reason"),
    )
    return {name: getattr(told, name) for name in names} | {name: getattr(held, name) for name in own}
