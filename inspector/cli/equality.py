"""`equality`: whether who committed and like subjects with a certificate are treated alike."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.items import itemized
from inspector.cli.terminal import Terminal
from inspector.labels import Lang, label

if TYPE_CHECKING:
    from inspector.domain.equality import Compared, Equality, Group
    from inspector.domain.policy import Policy
    from inspector.flows.office import Office
    from inspector.store.tx import Tx

Since = Annotated[
    datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="From this day on; default: the first of January 起")
]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Before this day; default: the first of this month 止")
]
Whose = Annotated[
    str | None, typer.Option("--agency", help="Whose; default: the house's, or of the only agency that takes cases 机关")
]
_MEASURES = ("measure", "committed", "certified", "odds", "chance", "counted", "power", "verdict")
_GROUPS = ("measure", "item", "level", "committed", "certified", "enough", "lawful")
_CODES = {"measure": "Measure", "verdict": "EqualityVerdict", "reason": "Aside"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "report")(report)
    command(app, "groups")(groups)


def report(
    terminal: Terminal,
    since: Since = None,
    until: Until = None,
    agency: Whose = None,
) -> None:
    """Compare who committed with like subjects who brought a certificate: drawn, visited, waits, findings. 平等对待报告。

    Like are subjects of one item and one level. A small group is told as insufficient and stays; draws under embargo come later.
    """
    from inspector.flows import equality, equalitytold

    office = terminal.office
    now = office.now()
    first, last = equality.year_so_far(office, now.date())
    first = office.calendar.midnight(since.date()) if since is not None else first
    last = office.calendar.midnight(until.date()) if until is not None else last
    held = terminal.look(lambda tx: equality.report(office, tx, agency or _whose(office, tx), first, last, now))
    if terminal.as_json:
        terminal.value(equalitytold.told(held))
        return
    span = {"since": first.date(), "until": last.date(), "draws": held.draws, "waiting": held.waiting}
    terminal.say("equality_of", agency=held.agency, pack=held.pack, basis=held.rule.basis, **span)
    spent = {"spending": label(f"Spending.{held.rule.spending.name}", terminal.lang), "level": f"{float(held.level):.2g}"}
    told = {
        "alpha": f"{float(held.rule.alpha):.1%}",
        **spent,
        "effect": held.rule.effect,
        "power": f"{float(held.rule.power):.0%}",
    }
    terminal.say("equality_by", **told)
    terminal.rows(_MEASURES, [_measured(one, equalitytold.measured(one)) for one in held.compared], _CODES)
    terminal.rows(_GROUPS, grouped(held, office.book.get(held.pack), terminal.lang), _CODES)
    aside = [{"reason": why, "committed": two[0], "certified": two[1]} for why, two in held.aside.items()]
    terminal.rows(("reason", "committed", "certified"), aside, _CODES)


def groups(
    terminal: Terminal,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since", formats=["%Y-%m-%d"], help="First day of a quarter; default: the first of January 起（季度首日）"
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until", formats=["%Y-%m-%d"], help="Before this first day of a quarter; default: of this one 止（季度首日）"
        ),
    ] = None,
    agency: Whose = None,
) -> None:
    """Tell findings by area pool and level, for training: never by person, and no figure of too few of them. 分片区情况。

    Whole quarters that are over, by when a visit was made. A pool without a name is all those too small by themselves; of fewer persons
    than a group needs at a level nothing is told. A quarter waits while a draw of its visits is under embargo.
    """
    from inspector.flows import training

    office = terminal.office
    now = office.now()
    first, last = training.quarters_so_far(office)
    first, last = since.date() if since is not None else first, until.date() if until is not None else last
    held = terminal.look(lambda tx: training.groups(office, tx, agency or _whose(office, tx), first, last, now))
    if terminal.as_json:
        terminal.value(training.told(held))
        return
    days = {name: ", ".join(map(str, some)) or "—" for name, some in (("quarters", held.quarters), ("waiting", held.waiting))}
    terminal.say("equality_groups", **days)
    shown = [{**asdict(one), "area_pool": one.pool} for one in held.groups]
    terminal.rows(("area_pool", "level", "visits", "found", "looked", "differs"), shown)


def _whose(office: Office, tx: Tx) -> str:
    from inspector.flows.equality import whose

    return whose(tx, office.house, office.tree, "--agency")


def _measured(one: Compared, told: dict[str, object]) -> dict[str, object]:
    chances = {"chance": f"{one.chance:.3g}", "counted": f"{one.counted:.3g}"}
    return (
        told
        | chances
        | {"committed": f"{one.committed_hit}/{one.committed}", "certified": f"{one.certified_hit}/{one.certified}"}
    )


def grouped(held: Equality, policy: Policy, lang: Lang) -> list[dict[str, object]]:
    """The groups as people read them: items by the names that the pack of the report gives them."""
    return [_group(one, itemized(policy, one.item, lang)) for one in held.groups]


def _group(one: Group, item: str) -> dict[str, object]:
    return {
        "measure": one.measure,
        "item": item,
        "level": one.level,
        "committed": f"{one.committed_hit}/{one.committed}",
        "certified": f"{one.certified_hit}/{one.certified}",
        "enough": one.enough,
        "lawful": one.lawful,
    }
