"""`case`: show, explain, list, import."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.files import Encoding, confirm, foresee, listed, refuse, warn
from inspector.cli.terminal import Terminal, clean, echo, operator, sign
from inspector.cli.viewings import viewed
from inspector.domain.case import CaseState, Outcome
from inspector.domain.creditrecord import warning
from inspector.domain.errors import Invalid, Missing
from inspector.domain.line import pasted
from inspector.domain.signs import among
from inspector.labels import label

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.domain.case import Case
    from inspector.flows.bulk import Loaded
    from inspector.store.tx import Tx

CaseId = Annotated[str, typer.Argument(help="Id of the case 办件编号", metavar="CASE")]
_SHARED = 10
"""So many cases of one number are named."""
Agency = Annotated[str | None, typer.Option("--agency", "-a", help="Agency, with all below it 机关（含下级）")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "show")(show)
    command(app, "explain")(explain)
    command(app, "list")(list_cases)
    command(app, "import")(import_cases)


def show(terminal: Terminal, case: CaseId) -> None:
    """Show what is stored of a case; --json shows it in codes. 显示办件（--json 显示代码）。

    Open credit records of its subject are told as facts; nothing is refused by it.
    """
    from inspector.cli import stored
    from inspector.flows import same
    from inspector.store.codec import dump

    held = terminal.look(lambda tx: tx.cases.get(meant(terminal, tx, case)))
    viewed(terminal, "CASE", (held,))
    open_ones = terminal.look(lambda tx: warning(same.records(tx, held.subject)))
    terminal.value(json.loads(dump(held)) | {"records": [one.entry for one in open_ones]})
    for line in stored.lines(held, terminal.lang):
        terminal.line(line)
    for one in open_ones:
        facts = {"entry": one.entry, "since": one.decided_on, "state": label(f"RecordState.{one.state}", terminal.lang)}
        terminal.say("on_record", **facts, grade=label(f"grade.{one.grade}", terminal.lang))


def explain(terminal: Terminal, case: CaseId) -> None:
    """Say why a case stands where it stands: rows, articles, answers, what is due and how it was counted. 说明缘由。"""
    from inspector.flows import embargo
    from inspector.flows.explain import explain as explained
    from inspector.flows.narrative import render
    from inspector.store.codec import dump

    case = terminal.look(lambda tx: meant(terminal, tx, case))
    viewed(terminal, "EXPLANATION", (terminal.look(lambda tx: tx.cases.get(case)),))
    told = terminal.look(lambda tx: explained(terminal.office, tx, case))
    if terminal.look(lambda tx: any(held.state.open for held in tx.visits.of_case(case))):
        with terminal.store.begin() as tx:
            embargo.note_case(tx, case, operator(), "explain", terminal.office.now())
    terminal.value(json.loads(dump(told)))
    terminal.line(render(told, terminal.lang).rstrip("\n"))


def list_cases(  # noqa: PLR0913, PLR0917 - each is an option
    terminal: Terminal,
    agency: Agency = None,
    state: Annotated[CaseState | None, typer.Option("--state", help="Only cases in this state 状态")] = None,
    outcome: Annotated[Outcome | None, typer.Option("--outcome", help="Only cases with this outcome 结果")] = None,
    item: Annotated[str | None, typer.Option("--item", help="Only cases of this item 事项编码")] = None,
    reference: Annotated[str | None, typer.Option("--reference", help="Only this number of a sender 申请编号")] = None,
    code: Annotated[str | None, typer.Option("--code", help="Only cases of the subject with this code 主体代码")] = None,
    after: Annotated[str, typer.Option("--after", help="Go on behind this id 从此编号之后")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List cases in order of id, oldest first; where there are more, it is said how to go on. 列出办件。"""
    from inspector.domain.identity import normalise

    within = _below(terminal, agency) if agency is not None else None
    only = {
        "state": state.value if state else None,
        "outcome": outcome.value if outcome else None,
        "item": item,
        "reference": pasted(reference) if reference is not None else None,
        "subject_code": normalise(code) if code is not None else None,
    }
    if after:
        terminal.look(lambda tx: tx.cases.get(after))  # an empty list behind a case that there is not would look like its end
    held = terminal.look(lambda tx: tx.cases.page(agencies=within, only=only, after=after, limit=limit + 1))
    if item is not None and not held:
        _refuse_strange(terminal, item)
    viewed(terminal, "LIST", held[:limit])
    names = ("id", "state", "outcome", "agency", "reference", "item", "subject", "opened_at", "due_at")
    filters = "--agency, --state, --outcome, --item, --reference, --code"
    terminal.page(names, [_row(case) for case in held[: limit + 1]], limit, filters)


def import_cases(  # noqa: PLR0913, PLR0917 - each is an option
    terminal: Terminal,
    file: Annotated[
        Path | None, typer.Argument(help="CSV or Excel file, gzip too; needed but with --template 文件", metavar="FILE")
    ] = None,
    agency: Annotated[
        str | None,
        typer.Option(
            "--agency", "-a", help="Whose cases they are, where a row names none below it; needed but with --template 办理机关"
        ),
    ] = None,
    sender: Annotated[
        str,
        typer.Option(
            "--sender",
            help="The approving system the cases are of, by its token's name; default: the agency's only one 审批系统（令牌名称）",
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge every row, write nothing 试运行")] = False,
    template: Annotated[bool, typer.Option("--template", help="Print the first row of a file to fill in 打印表头")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Even when no token of the sender's name is valid yet 尚无该系统的令牌也执行")
    ] = False,
    item: Annotated[str, typer.Option("--item", help="With --template: add the item's claim columns 事项编码")] = "",
    encoding: Encoding = None,
) -> Exit | None:
    """Take cases in from a file: every row is judged before one is written. 从文件导入：逐行核对无误后才写入。

    Where anything is wrong, nothing is written. Up to 5,000 rows are one transaction; more are written 1,000 at a time, so that nobody
    waits for the file: broken off, it is imported again and goes on where it stopped.

    One row is one case; promised facts are columns `claim:FACT` (承诺:FACT). Heads may be English or Chinese. The same file again
    changes nothing. CSV must be UTF-8 or GB 18030, or what --encoding says; in Excel codes must be text. Columns: --template --json.

    The cases are those of one approving system, which alone may correct, withdraw and conclude them. Where a pack keeps whoever withdraws
    from committing to the item again ([[reapply]], WITHDRAWN), that system says so to the applicant before.
    撤回后限制再次承诺的，须事先告知申请人。
    """
    if template:
        _template(terminal, agency, item)
        return None
    if file is None or agency is None:
        raise Invalid("option_missing", option="FILE" if file is None else "--agency")
    from inspector.flows import bulk, importing
    from inspector.sheets import sheet

    office = terminal.whole_office
    office.agency(agency)
    table = sheet.read(file.read_bytes(), encoding)
    parsed = importing.parse(table, agency, office.within(agency), frozenset(office.tree))
    line, systems = office.line(agency), terminal.look(lambda tx: tx.tokens.systems(tx.machine_now()))
    if sender and not yes:
        importing.known_sender(sender, line, systems)
    named = sender or importing.sender(line, agency, systems)

    def signed(tx: Tx, now: datetime, made: Loaded) -> None:
        told = {"file": file.name, "agency": agency, "sender": named, "opened": made.opened, "known": made.known}
        sign(tx, "case.import", f"import:{agency}", now, told)

    needs = foresee(terminal, importing.CASES, table) if dry_run and not parsed.flaws else []
    if not dry_run and not parsed.flaws:
        confirm(terminal, importing.CASES, table)
    total = len(parsed.lines) * (2 if len(parsed.lines) > bulk.STAGE and not dry_run else 1)
    with terminal.progress(total) as step:
        done = bulk.load(office, parsed, named, dry_run=dry_run, sign=signed, step=step)
    if done.flaws:
        return refuse(terminal, importing.CASES, done.flaws, done.warnings, written=done.opened)
    warnings = listed(terminal, done.warnings)
    told = {
        "opened": done.opened,
        "known": done.known,
        "sender": named,
        "dry_run": dry_run,
        "needs": needs,
        "flaws": [],
        "warnings": warnings,
    }
    terminal.value(told)
    warn(terminal, importing.CASES, done.warnings)
    terminal.say("would_open" if dry_run else "opened", opened=done.opened, known=done.known, sender=named)
    return None


def _template(terminal: Terminal, agency: str | None, item: str) -> None:
    """The head row, in the chosen language; as JSON what each column means.

    Chinese heads that go into a file begin with the mark of UTF-8, without which Excel reads them as another encoding.
    """
    from inspector.flows import importing

    facts: tuple[str, ...] = ()
    if item:
        if agency is None:
            raise Invalid("option_missing", option="--agency")
        office = terminal.office
        facts = tuple(fact.code for fact in office.policy(agency, office.now().date()).item(item).facts)
    terminal.value(
        [
            {"name": one.name, "chinese": one.chinese, "needed": one.needed, "meaning": one.meaning}
            for one in importing.CASES.columns
        ]
        + [{"name": f"claim:{fact}", "chinese": f"承诺:{fact}", "needed": False, "meaning": ""} for fact in facts]
    )
    line, chinese = io.StringIO(), terminal.lang == "zh-Hans"
    csv.writer(line).writerow(importing.heads(facts, chinese=chinese))
    if terminal.as_json:
        return
    mark = "\ufeff" if chinese and not sys.stdout.isatty() else ""
    echo(mark + clean(line.getvalue().strip()))


def meant(terminal: Terminal, tx: Tx, typed: str) -> str:
    """The id that was typed, or that of the one case with this number of an application, which is what stands on paper.

    Raises Missing (`case_reference_shared`) where several senders have given it.
    """
    found = tx.cases.page(agencies=None, only={"reference": typed}, limit=_SHARED + 1) if not tx.cases.known(typed) else []
    if len(found) > 1:
        raise Missing("case_reference_shared", reference=typed, known=", ".join(one.id for one in found[:_SHARED]))
    for one in found:
        terminal.aside(terminal.words("case_by_reference", reference=typed, case=one.id))
    return found[0].id if found else typed


def _below(terminal: Terminal, agency: str) -> tuple[str, ...]:
    terminal.office.agency(agency)
    return terminal.office.within(agency)


def _refuse_strange(terminal: Terminal, item: str) -> None:
    """Raise Invalid (`item_nowhere`) for an item that no pack of this house has or had: an empty list would look as if it had no cases."""
    book = terminal.desk.book
    known = sorted({code for pack in (*book.all, *book.kept) for code in pack.items})
    if item not in known:
        raise Invalid("item_nowhere", item=item, field="--item", **among(item, known))


def _row(case: Case) -> dict[str, object]:
    return {
        "id": case.id,
        "state": case.state,
        "outcome": case.outcome,
        "agency": case.agency,
        "sender": case.sender,
        "reference": case.reference,
        "item": case.item,
        "subject": case.subject.name,
        "opened_at": case.opened_at,
        "due_at": None if case.state.ended else case.due_at,
        "provisional": case.provisional,
    }
