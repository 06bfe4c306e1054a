"""`assistance`: requests to other agencies: what is open, what an officer says about it, written notices, the scoreboard."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli import columns, number, printing
from inspector.cli.command import Reasons, command
from inspector.cli.heads import head
from inspector.cli.printing import RequestId
from inspector.cli.terminal import Terminal, echo, in_words
from inspector.cli.viewings import viewed
from inspector.domain.errors import Invalid
from inspector.labels import Lang, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from inspector.domain.assistance import Request
    from inspector.domain.case import Case
    from inspector.domain.scoreboard import Score
    from inspector.store.tx import Tx

By = Annotated[str | None, typer.Option("--by", help="The officer; default: the user of this machine 经办人")]
Seen = Annotated[datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="The proposed day, as `show` says it 对方所提日期")]
Since = Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Opened from this day on 起")]
Until = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Opened to this day, it included 止")]
Csv = Annotated[bool, typer.Option("--csv", help="As CSV with a head 以 CSV 输出")]

_DAYS = "answer_days_median"
_MORE = ("heard_in_time", "punctual", _DAYS, "escalated", "disproved", "badly_put")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    steps = (("show", show), ("agree", agree), ("keep", keep), ("contest", contest), ("decide", decide), ("notice", notice))
    for name, body in (*steps, ("dossier", dossier), ("scoreboard", scoreboard), ("connect", connect)):
        command(app, name)(body)
    command(app, "list")(list_open)
    command(app, "letter")(printing.letter)
    command(app, "pdf")(printing.letters)


def list_open(
    terminal: Terminal,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
    skip: Annotated[int, typer.Option("--skip", min=0, max=1_000_000, help="Behind the first so many 跳过前若干条")] = 0,
    over: Annotated[bool, typer.Option("--over", help="Those that are over, the newest first 已结束的，新的在前")] = False,
) -> None:
    """List open requests, the nearest date first, or those that are over. 列出未结（期限近的在前）或已结束的协助请求。"""
    from inspector.domain.letter import short
    from inspector.domain.scoreboard import ended_as

    held = terminal.look(lambda tx: (tx.assistance.finished if over else tx.assistance.unfinished)(limit, skip))
    count = terminal.look(lambda tx: tx.assistance.count_of(over=over))
    rows = [
        {
            "id": one.id,
            "short": short(one.id),
            "requested": one.requested,
            "fact": one.question["fact"],
            "state": _stands(terminal, one),
            "end": ended_as(one),
            "due_at": one.due_at,
        }
        for one in held
    ]
    terminal.rows(("id", "short", "requested", "fact", "state", "due_at"), rows)
    if (shown := skip + len(held)) < count:
        terminal.aside(terminal.words("more_open", count=count - shown, skip=shown))


def show(terminal: Terminal, request: RequestId) -> None:
    """Show a request and what has happened to it. 显示协助请求及经过。"""
    from inspector.domain.letter import short
    from inspector.flows import unsettled
    from inspector.flows.past import said

    request = number.meant(terminal, request)
    held = terminal.look(lambda tx: tx.assistance.get(request))
    viewed(terminal, "REQUEST", [terminal.look(lambda tx: tx.cases.get(held.case_id))])
    past = [
        f"{in_words(one.at, terminal.lang)} {in_words(one.rule, terminal.lang, 'rule')} {one.who} {said(one.rule, one.said, terminal.lang)}"
        for one in held.history
    ]
    told = {
        "id": held.id,
        "short": short(held.id),
        "case_id": held.case_id,
        "requested": held.requested,
        "fact": held.question["fact"],
        "state": _stands(terminal, held),
        "opened_at": held.opened_at,
        "due_at": held.due_at,
        "case_due_at": terminal.look(lambda tx: tx.cases.get(held.case_id)).due_at,
        "proposed": held.proposed.due_at if held.proposed else None,
        "urgency": held.urgency,
        "forwarded_from": held.forwarded_from,
        "forwarded_to": held.forwarded_to,
        "replied": _replied(held, terminal.lang),
        "written": held.door.written if held.door else "",
        "echo": held.echo,
        "history": past,
    }
    waiting = terminal.look(lambda tx: unsettled.unread(tx, request))
    told["mails"] = [_mail(one, terminal.lang) for one in waiting]
    lists = ("replied", "mails", "history")
    terminal.fields({name: value for name, value in told.items() if name not in lists or terminal.as_json}, {"echo": "Echo"})
    for name in () if terminal.as_json else lists:
        lines = told[name]
        assert isinstance(lines, list), "both are lists of lines"
        for line in [f"{head(name, terminal.lang)}:", *(f"  {one}".rstrip() for one in lines)] if lines else ():
            terminal.line(line)


def _mail(told: Mapping[str, Any], lang: Lang) -> str:
    """A mail of whoever has the letter that nobody has read yet: whose, why it was not taken, and where it lies."""
    why = dict(told.get("reason", {})).get(lang, "")
    return f"{told.get('sender', '')}: {why} ({told.get('file', '')})"


def _replied(request: Request, lang: Lang) -> list[str]:
    """What the agency has answered or refused, in the words of the page that it answers on; its parts first."""
    groups = {"verdict": "Verdict", "signed": "Verdict", "inability": "Inability"}
    said = [
        *((name, one[key]) for one in request.parts for name, key in (("parts", "value"), ("rest", "rest"))),
        *(request.reply or {}).items(),
    ]
    names = {"signed": "ticked", "verdict": "their_verdict", "value": "their_value"}
    return [
        f"{label(f'ui.{names.get(name, name)}', lang)}: {in_words(value, lang, groups.get(name))}"
        for name, value in said
        if value
    ]


def agree(terminal: Terminal, request: RequestId, day: Seen, by: By = None) -> None:
    """Agree to the date that an agency has proposed: it binds. 同意对方所提期限。"""
    from inspector.flows import assist

    request = number.meant(terminal, request)
    office, who = terminal.office, terminal.signer(by)
    seen = office.calendar.closing(day.date())
    held = terminal.act("assistance.agree", request, lambda tx, now: assist.agree_date(office, tx, request, seen, who, now))
    _said(terminal, held)


def keep(terminal: Terminal, request: RequestId, day: Seen, reasons: Reasons = None, by: By = None) -> None:
    """Do not agree to the date that an agency has proposed, and say why: the old one stays. 不同意对方所提期限。"""
    from inspector.flows import assist

    request = number.meant(terminal, request)
    office, who, why = terminal.office, terminal.signer(by), terminal.reason(reasons, "--reasons")
    seen = office.calendar.closing(day.date())
    held = terminal.act("assistance.keep", request, lambda tx, now: assist.keep_date(office, tx, request, seen, who, why, now))
    _said(terminal, held)


def contest(terminal: Terminal, request: RequestId, reasons: Reasons = None, by: By = None) -> None:
    """Dispute a refusal: the common superior decides, and the case goes on meanwhile. 对不予协助提出争议。"""
    from inspector.flows import assist

    request = number.meant(terminal, request)
    office, who, why = terminal.office, terminal.signer(by), terminal.reason(reasons, "--reasons")
    _said(
        terminal,
        terminal.act("assistance.contest", request, lambda tx, now: assist.contest_refusal(office, tx, request, why, who, now)),
    )


def decide(
    terminal: Terminal,
    request: RequestId,
    helps: Annotated[bool, typer.Option("--helps/--need-not", help="Whether the agency is to help 是否应予协助")],
    superior: Annotated[str, typer.Option("--signer", help="Who has decided, for which agency 作出决定的机关和人员")],
    reasons: Reasons = None,
    by: By = None,
) -> None:
    """Enter the common superior's decision of a dispute that came on paper, or from whom a person has picked. 登记共同上级的决定。"""
    from inspector.flows import assist

    request = number.meant(terminal, request)
    office, who, why = terminal.office, terminal.signer(by), terminal.reason(reasons, "--reasons")
    before = terminal.look(lambda tx: len(tx.assistance.get(request).afterwords))
    held = terminal.act(
        "assistance.decide", request, lambda tx, now: assist.decide(office, tx, request, helps, why, superior, now), signed=who
    )
    _said(terminal, held)
    if len(held.afterwords) > before:
        terminal.line(label("ui.decision_kept", terminal.lang))


def dossier(terminal: Terminal, request: RequestId) -> None:
    """Print the dossier for whom a person has picked, where nobody above both sides is known. 输出供告知上级使用的材料。"""
    from inspector.domain.letter import LetterKind
    from inspector.flows import dossier as prepared
    from inspector.flows.requests import policy_of

    request = number.meant(terminal, request)

    def look(tx: Tx) -> tuple[Case, str]:
        held = tx.assistance.get(request)
        return tx.cases.get(held.case_id), prepared.dossier(
            office, policy_of(office, tx, held), held, LetterKind.ESCALATION, terminal.lang
        )

    office = terminal.office
    case, told = terminal.look(look)
    viewed(terminal, "REQUEST", [case])
    terminal.value({"id": request, "dossier": told})
    for line in told.splitlines():
        terminal.line(line)


def notice(terminal: Terminal, request: RequestId) -> None:
    """Show the written notices of refusal with the seals that sign them. 显示不予协助告知书及台账封印。"""
    from inspector.flows.notice import sealed

    request = number.meant(terminal, request)
    held = terminal.look(lambda tx: [(row, sealed(tx, row["entry"])) for row in tx.assistance.notices(request)])
    if held:
        viewed(terminal, "REQUEST", [terminal.look(lambda tx: tx.cases.get(tx.assistance.case_of(request)))])
    rows = [
        {
            "number": row["number"],
            "text": row["body"],
            "digest": row["digest"],
            "entry": row["entry"],
            "seal": seal.number,
            "head": seal.head,
        }
        for row, seal in held
    ]
    terminal.value(rows)
    for row in rows:
        for line in str(row.pop("text")).splitlines():
            terminal.line(line)
        for name, value in row.items():
            terminal.line(f"{name}: {in_words(value, terminal.lang)}")
    if not rows:
        terminal.say("nothing")


def scoreboard(terminal: Terminal, since: Since = None, until: Until = None, as_csv: Csv = False) -> None:
    """How each agency answers each kind of question; where requests stand adds up to those asked. 各机关协助情况。"""
    from inspector.domain.scoreboard import ENDS
    from inspector.flows.scoreboard import SCORES, score_rows

    rows = _named(terminal, score_rows(_scores(terminal, since, until)), as_csv=as_csv)
    if not rows or as_csv or terminal.as_json or columns.of_terminal() is None:
        _table(terminal, ("agency", "fact", "asked", *ENDS, *_MORE), SCORES, rows, as_csv=as_csv)
        return
    for line in blocks(rows, terminal.lang):
        terminal.line(line)


def blocks(rows: Sequence[Mapping[str, object]], lang: Lang) -> Iterator[str]:
    """Scores for a terminal, which no table of theirs fits: who was asked what, where that stands, how it was answered; no counts of 0."""
    from inspector.domain.scoreboard import ENDS

    between = "，" if lang == "zh-Hans" else ", "
    for row in rows:
        yield between.join((f"{row['agency']} · {row['fact']}", f"{head('asked', lang)} {row['asked']}"))
        for names in (ENDS, _MORE):
            told = [f"{head(name, lang)} {row[name]}" for name in names if row[name] or (name == _DAYS and row[name] == 0)]
            if told:
                yield f"  {between.join(told)}"


def connect(terminal: Terminal, since: Since = None, until: Until = None, as_csv: Csv = False) -> None:
    """Where a data interface would have saved most working days. 优先接通数据共享的建议。"""
    from inspector.flows.scoreboard import GAINS, gain_rows

    _table(terminal, GAINS, GAINS, _named(terminal, gain_rows(_scores(terminal, since, until)), as_csv=as_csv), as_csv=as_csv)


def _scores(terminal: Terminal, since: datetime | None, until: datetime | None) -> list[Score]:
    from inspector.flows.scoreboard import scoreboard as read

    office = terminal.office
    first, last = (one.date() if one is not None else None for one in (since, until))
    if first is not None and last is not None and last < first:
        raise Invalid("period_reversed", first=first, last=last)
    return terminal.look(lambda tx: read(office, tx, first, last))


def _named(terminal: Terminal, rows: list[dict[str, object]], *, as_csv: bool) -> list[dict[str, object]]:
    """Rows for people: an agency by its name, and by the connector that settings and packs call it by. Programs get that alone."""
    from inspector.flows.office import names_of

    if as_csv or terminal.as_json:
        return rows
    names = names_of(terminal.office.tree)
    return [{**row, "agency": called(str(row["agency"]), names)} for row in rows]


def called(connector: str, names: Mapping[str, str]) -> str:
    """An agency by its name where the tree has one, and its connector."""
    return f"{names[connector]} ({connector})" if connector in names else connector


def _table(
    terminal: Terminal, shown: Sequence[str], columns: Sequence[str], rows: list[dict[str, object]], *, as_csv: bool
) -> None:
    from inspector.flows.scoreboard import csv_text

    if as_csv and not terminal.as_json:
        echo(csv_text(columns, rows).rstrip("\r\n"))
        return
    terminal.rows(shown, rows)


def _said(terminal: Terminal, held: Request) -> None:
    """What became of the request."""
    terminal.value({"id": held.id, "state": held.state, "due_at": held.due_at})
    terminal.say("request_stands", request=held.id, state=_stands(terminal, held), due_at=in_words(held.due_at, terminal.lang))


def _stands(terminal: Terminal, held: Request) -> str:
    """Where a request stands, in words that tell as what it ended, which is not always the agency's doing; its state to programs."""
    from inspector.domain.scoreboard import ended_as
    from inspector.flows.past import stands

    return held.state if terminal.as_json else stands(held.state, ended_as(held), terminal.lang)
