"""`draw`, once it is announced: voids by two persons, objects that cease or are replaced, and the register of all. Nothing is deleted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.bundles import known
from inspector.cli.command import Exit, command
from inspector.cli.folders import NumberOrFolder
from inspector.cli.standing import stands
from inspector.cli.terminal import Terminal
from inspector.domain.errors import Invalid
from inspector.domain.replacement import Ceased, Ground
from inspector.labels import label

if TYPE_CHECKING:
    from inspector.domain.register import Entry
    from inspector.domain.visit import Visit as Owed
    from inspector.flows.replacing import Replaced
    from inspector.flows.supplement import Outlook
    from inspector.labels import Lang

Number = Annotated[str, typer.Argument(help="Number of the draw 抽取编号", metavar="DRAW")]
Visit = Annotated[str, typer.Argument(help="Id of the visit 检查任务编号", metavar="VISIT")]
Signers = Annotated[
    list[str] | None,
    typer.Option(
        "--by", help="The person who does this; default: the user of this machine; of a folder both 经办人；离线时写两人"
    ),
]
By = Annotated[str | None, typer.Option("--by", help="The person who does this; default: the user of this machine 经办人")]
Reason = Annotated[str, typer.Option("--reason", help="Why 理由")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "void")(void)
    command(app, "register")(show_register)
    command(app, "cease")(cease)
    command(app, "replace")(replace)
    command(app, "supplement")(supplement)


def void(terminal: Terminal, draw: NumberOrFolder, reason: Reason, by: Signers = None) -> None:
    """Sign that a draw be void: one person asks, another one with the same reason makes it so. 作废抽取（两人、同一理由）。

    From the day on which its seed may be known until its result is there nobody can. A draw that was carried out keeps its result;
    its slot may then be announced again, and both stay visible.

    Of a draw without the daemon name its folder, and both persons at once: --by A --by B. The record in it says why and by whom, draw
    carry-out refuses it from then on, draw verify says it, and everything in the folder stays.
    """
    from inspector.flows import voiding

    if Path(draw).is_dir():
        from inspector.cli.offline import commands

        commands.void(terminal, Path(draw), by or [], reason)
        return
    before = known(terminal, draw)
    if by is not None and len(by) > 1:
        raise Invalid("draw_void_each", draw=draw)
    office, who = terminal.office, terminal.signer(by[0] if by else None)
    held = terminal.act(
        "draw.void", draw, lambda tx, now: voiding.sign(office, tx, draw, by=who, reason=reason, now=now), signed=who
    )
    names = [one.by for one in held.signed]
    terminal.value({"draw": draw, "state": held.state, "signed": names, "reason": held.signed[0].reason})
    if (was := next((one.reason for one in before.signed if one.on is before.state), None)) and held.signed[0].reason != was:
        terminal.say("void_asked_anew", reason=was)
    terminal.say("void_made" if held.freed else "void_asked", draw=draw, by=", ".join(names), reason=held.signed[0].reason)


def show_register(
    terminal: Terminal,
    agency: Annotated[str | None, typer.Option("--agency", "-a", help="Agency, with all below it 机关（含下级）")] = None,
) -> Exit | None:
    """List every draw, extension and void in its number, and recompute the chain. 抽取、追加与作废登记簿（逐条复核）。

    Each commitment names the register's end of its day, so the chain is held to all of them: it cannot be written anew. It is also
    held to the draws and to the ledger, which knows every number under which a draw was ever prepared, and whose chain of seals is
    recomputed for it: that takes as long as the ledger is.

    Ends with 1 when a line was changed, left out or put in, a draw was taken out, or the ledger does not hold.
    """
    from inspector.flows import reconcile

    if agency is not None:
        terminal.office.agency(agency)
    within = terminal.office.within(agency) if agency is not None else None
    chains = terminal.look(lambda tx: {name: tx.register.of_agency(name) for name in tx.register.agencies(within)})
    entries = [one for held in chains.values() for one in held]
    lines = [_line(one) if terminal.as_json else _line(one) | _in_words(one, terminal.lang) for one in entries]
    terminal.rows(("agency", "line", "kind", "draw", "at", "facts", "digest"), lines)
    office = terminal.office
    with office.store.read(steady=True) as tx:
        found = [*reconcile.intact(tx)]
        found += [
            one
            for name in sorted({*chains, *(office.tree if within is None else within)})
            for one in reconcile.chain(tx, name, office.now(), whole=True)
        ]
    for one in found:
        terminal.aside(label(one.code, terminal.lang, **one.facts))
    return Exit.WRONG if found else None


def cease(
    terminal: Terminal,
    visit: Visit,
    how: Annotated[Ceased, typer.Option("--how", case_sensitive=False, help="What has become of it 情形")],
    evidence: Annotated[str, typer.Option("--evidence", help="By what this is known: extract, document, statement 证据")],
    by: By = None,
) -> None:
    """Record that a drawn object is no more; another person signs the same words. 记录抽中对象已不存在（须另一人以同样内容签署）。

    Until then the visit is to be made. The result keeps it, and the rule says who comes in. Who does not agree closes the matter.
    """
    from inspector.flows import replacing

    office, who = terminal.office, terminal.signer(by)
    done = terminal.act(
        "visit.cease", visit, lambda tx, now: replacing.cease(office, tx, visit, how=how, evidence=evidence, by=who, now=now)
    )
    _tell(terminal, done)


def replace(
    terminal: Terminal,
    visit: Visit,
    ground: Annotated[Ground, typer.Option("--ground", case_sensitive=False, help="A ground of the closed list 事由")],
    reason: Reason,
    by: By = None,
) -> None:
    """Have a drawn object replaced by the next of its stratum's reserve, within the pack's share. 替换个别对象（由候补依次补入）。

    Nobody chooses who comes in, or who goes there.
    """
    from inspector.flows import replacing

    office, who = terminal.office, terminal.signer(by)
    done = terminal.act(
        "visit.replace",
        visit,
        lambda tx, now: replacing.give_up(office, tx, visit, ground=ground, reason=reason, by=who, now=now),
    )
    _tell(terminal, done)


def supplement(
    terminal: Terminal,
    plan: Annotated[str, typer.Argument(help="Name of the plan 抽查计划", metavar="PLAN")],
    by: By = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what could be done today, write nothing 试运行")] = False,
) -> Exit | None:
    """Deal a plan's visits that are short of inspectors anew, with today's register and a seed of their own. 补充派员。

    The selection of objects stands. Without whole teams for any of them it is refused, and the certificate says which seats only
    whom could fill.
    """
    from inspector.flows import supplement as supplementary

    office, who, now = terminal.office, terminal.signer(by), terminal.office.now()
    seen = terminal.look(lambda tx: supplementary.outlook(office, tx, plan, now))
    if dry_run or not seen.visits:
        rows = [_outlook(seen, one) for one in seen.visits]
        terminal.rows(("id", "could", "seats", "inspectors", "capacity"), rows)
        return None
    made = terminal.act(
        "draw.supplement", f"plan:{plan}", lambda tx, now: supplementary.announce(office, tx, plan, by=who, now=now), plan=plan
    )
    terminal.value({"draw": made.number if made else None, "visits": [one.id for one in seen.visits]})
    if made is None:
        return Exit.REFUSED
    stands(terminal, made)
    return None


def _outlook(seen: Outlook, visit: Owed) -> dict[str, object]:
    """One short visit: whether a whole team is there today; if not, which seats only whom could fill, and how many of them."""
    told = [one for one in seen.shortages if one.object == visit.object_id]
    return {
        "id": visit.id,
        "could": not told,
        "seats": sorted({seat for one in told for seat in seen.seats(one)}),
        "inspectors": sorted({name for one in told for name in one.inspectors}),
        "capacity": max((one.capacity for one in told), default=None),
    }


def _tell(terminal: Terminal, done: Replaced) -> None:
    came = done.came.id if done.came is not None else None
    terminal.value({"visit": done.left.id, "state": done.left.state, "came": came, "spent": done.spent, "most": done.most})
    said = "ceased_asked" if done.left.state.open else "replaced" if came else "not_replaced"
    terminal.say(said, visit=done.left.id, came=came)
    terminal.say("budget", spent=done.spent, most=done.most)


def _in_words(held: Entry, lang: Lang) -> dict[str, object]:
    from inspector.flows import wording

    return {"line": held.number, "facts": wording.facts({name: value for name, value in held.facts.items() if value}, lang, {})}


def _line(held: Entry) -> dict[str, object]:
    told = ", ".join(f"{name}={value}" for name, value in held.facts.items() if value)
    plain = {name: getattr(held, name) for name in ("agency", "number", "kind", "draw", "at", "prev", "digest")}
    return plain | {"facts": told}
