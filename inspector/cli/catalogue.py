"""`catalogue`: the items open to commitment, from the application to the filing, and the public guide to those that are published."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.days import day_of
from inspector.cli.out import write_new
from inspector.cli.terminal import Terminal
from inspector.domain.counting import tally
from inspector.domain.errors import Invalid, Missing
from inspector.domain.policy import Excluded
from inspector.labels import of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from inspector.domain.catalogue import Entry
    from inspector.domain.repeal import Rereview
    from inspector.store.tx import Tx

Code = Annotated[str, typer.Argument(help="Code of the item 证明事项编号", metavar="ITEM")]
Agency = Annotated[
    str | None,
    typer.Option("--agency", "-a", help="Whose catalogue; default: the first agency that has none above it 目录所属机关"),
]
By = Annotated[str | None, typer.Option("--by", help="The person who does this; default: the user of this machine 经办人")]
On = Annotated[str | None, typer.Option("--on", help="The day it was done, YYYY-MM-DD; default: today 日期")]

COLUMNS = ("agency", "item", "edition", "state", "name", "published_on", "file_by", "filed_on")


class Form(StrEnum):
    """Forms of the guide."""

    MD = "md"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    steps = (("apply", apply), ("review", review), ("publish", publish), ("file", file), ("withdraw", withdraw))
    for name, body in (*steps, ("show", show), ("guide", guide)):
        command(app, name)(body)
    command(app, "list")(list_items)


def apply(  # noqa: PLR0913, PLR0917 - each is an option or argument of the command
    terminal: Terminal,
    item: Code,
    agency: Agency = None,
    by: By = None,
    on: On = None,
    name: Annotated[str | None, typer.Option("--name", help="Name; default: that of the pack 名称")] = None,
    basis: Annotated[
        str | None, typer.Option("--basis", help="Citations SOURCE:ARTICLE; default: those of the pack 设定依据")
    ] = None,
    excluded: Annotated[
        list[Excluded] | None,
        typer.Option("--excluded", help="An excluded category that it touches; may be repeated 涉及的排除情形"),
    ] = None,
    statute: Annotated[str | None, typer.Option("--statute", help="The statute that opens it 另行规定的法律依据")] = None,
    technical: Annotated[bool, typer.Option("--technical", help="Reviewed after an experts' meeting alone 须经论证会")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why the catalogue is adjusted 理由")] = "",
) -> None:
    """Apply for an item, or for the next edition of one. 申请列入（或调整）证明事项。

    One edition of an item is on its way at a time. What is left out is taken from the pack in force, or from a version to come.
    """
    from inspector.flows import catalogue

    where = agency_of(terminal, agency)
    given = catalogue.Proposal(
        agency=where,
        item=item,
        by=terminal.signer(by),
        name=name,
        basis=basis,
        excluded=tuple(excluded or ()),
        statute=statute,
        technical=technical,
        reason=reason,
        on=day_of(on),
    )
    office = terminal.office
    held = terminal.act(
        "catalogue.apply", about(where, item), lambda tx, now: catalogue.apply(office, tx, given, now), agency=where, item=item
    )
    _tell(terminal, held, terminal.look(lambda tx: tx.catalogue.rereviews(where, item, pending=True)))
    told = f"catalogue review {item} --agency {where} --bureau … --document … --digest {held.digest[:16]}"
    terminal.say("catalogue_review_next", agency=where, item=item, command=told)


def review(  # noqa: PLR0913, PLR0917 - each is an option or argument of the command
    terminal: Terminal,
    item: Code,
    bureau: Annotated[str, typer.Option("--bureau", help="The reviewing body, as the justice bureau 审查机构")],
    document: Annotated[str, typer.Option("--document", help="Number of the review's document 审查意见文号")],
    agency: Agency = None,
    by: By = None,
    on: On = None,
    digest: Annotated[str, typer.Option("--digest", help="The digest that was read, its first 8 letters at least 摘要")] = "",
    meeting_on: Annotated[str | None, typer.Option("--meeting-on", help="Day of the experts' meeting 论证会日期")] = None,
    experts: Annotated[int | None, typer.Option("--experts", min=1, help="How many experts were there 专家人数")] = None,
    expert: Annotated[list[str] | None, typer.Option("--expert", help="Name of one; may be repeated 专家姓名")] = None,
    minutes: Annotated[str | None, typer.Option("--minutes", help="Where the minutes lie 论证会纪要")] = None,
) -> None:
    """Enter the legality review: by another person than the applicant. 登记合法性审查（不得由申请人审查）。"""
    from inspector.domain.catalogue import Meeting, Opinion
    from inspector.flows import catalogue

    where, names, held_on = agency_of(terminal, agency), tuple(expert or ()), day_of(meeting_on, "--meeting-on")
    meeting = None
    if held_on is not None or minutes is not None or experts is not None or names:
        if held_on is None or minutes is None:
            raise Invalid("option_missing", option="--meeting-on" if held_on is None else "--minutes")
        meeting = Meeting(on=held_on, experts=experts if experts is not None else len(names), minutes=minutes, names=names)
    given = Opinion(by=terminal.signer(by), bureau=bureau, document=document, on=day_of(on), meeting=meeting, digest=digest)
    office = terminal.office
    _act(terminal, "catalogue.review", where, item, lambda tx, now: catalogue.review(office, tx, where, item, given, now))
    terminal.say("plan_next", command=f"catalogue publish {item} --agency {where} --reference …")


def publish(
    terminal: Terminal,
    item: Code,
    reference: Annotated[str, typer.Option("--reference", help="Where it is public: channel, address, number 公布渠道")],
    agency: Agency = None,
    by: By = None,
    on: On = None,
) -> None:
    """Say that the reviewed edition is public; from that day its filing is due. 登记公布，自公布之日起计算备案期限。"""
    from inspector.flows import catalogue

    office, where, day = terminal.office, agency_of(terminal, agency), day_of(on)
    _act(
        terminal,
        "catalogue.publish",
        where,
        item,
        lambda tx, now: catalogue.publish(office, tx, where, item, by=terminal.signer(by), reference=reference, on=day, now=now),
    )
    terminal.say("plan_next", command=f"catalogue file {item} --agency {where} --receipt …")


def file(
    terminal: Terminal,
    item: Code,
    receipt: Annotated[str, typer.Option("--receipt", help="The proof: number or reference of the receipt 备案回执")],
    agency: Agency = None,
    by: By = None,
    on: On = None,
) -> None:
    """Enter the proof that a publication, or a withdrawal, was filed. 登记报送备案的凭证。"""
    from inspector.flows import catalogue

    office, where, day = terminal.office, agency_of(terminal, agency), day_of(on)
    _act(
        terminal,
        "catalogue.file",
        where,
        item,
        lambda tx, now: catalogue.file(office, tx, where, item, by=terminal.signer(by), receipt=receipt, on=day, now=now),
    )


def withdraw(
    terminal: Terminal,
    item: Code,
    reason: Annotated[str, typer.Option("--reason", help="Why 理由")],
    agency: Agency = None,
    by: By = None,
    on: On = None,
    document: Annotated[str, typer.Option("--document", help="Number of the document that says so 文号")] = "",
    edition: Annotated[int | None, typer.Option("--edition", help="Which one, where several stand 版次")] = None,
) -> None:
    """Take an item out of the catalogue, or end an application: no new commitment is taken in. 退出目录或者撤回申请。

    Cases under way go on by their pack. That a public item is out is a change of the catalogue, and is filed like one.
    """
    from inspector.domain.catalogue import Exit
    from inspector.flows import catalogue

    office, where = terminal.office, agency_of(terminal, agency)
    given = Exit(by=terminal.signer(by), reason=reason, document=document, on=day_of(on))
    _act(
        terminal,
        "catalogue.withdraw",
        where,
        item,
        lambda tx, now: catalogue.withdraw(office, tx, where, item, given, now, edition),
    )


def list_items(
    terminal: Terminal,
    agency: Annotated[str | None, typer.Option("--agency", "-a", help="Agency, with all below it 机关（含下级）")] = None,
) -> None:
    """List the catalogue, every edition. 列出证明事项目录。"""
    if agency is not None:
        terminal.office.agency(agency)
    within = terminal.office.within(agency) if agency is not None else None
    terminal.rows(COLUMNS, [_row(held) for held in terminal.look(lambda tx: tx.catalogue.page(within))])


def show(terminal: Terminal, item: Code, agency: Agency = None) -> None:
    """Show an item's last edition with those who stand for it, and what is to be looked at again. 显示证明事项。"""
    from inspector.flows import catalogue

    where = agency_of(terminal, agency)
    held = terminal.look(lambda tx: catalogue.editions(tx, where, item))[-1]
    _tell(terminal, held, terminal.look(lambda tx: tx.catalogue.rereviews(where, item, pending=True)))


def guide(
    terminal: Terminal,
    agency: Agency = None,
    form: Annotated[Form, typer.Option("--format", help="Markdown or HTML 格式")] = Form.MD,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write it to a new file 写入新文件", metavar="FILE", dir_okay=False)
    ] = None,
) -> None:
    """Print the public guide to the published items, in Chinese: both ways, verification, how to turn back. 编制办事指南。"""
    from inspector.flows import catalogue, repeals, wording
    from inspector.policyrender import guide as page

    office, where = terminal.office, agency_of(terminal, agency)
    today = office.now().date()
    policy = office.policy(where, today)
    entries, gone = terminal.look(lambda tx: (catalogue.public(office, tx, where), repeals.known(office, tx, where)))
    marks = page.marks(gone, today)

    def cite(bases: Iterable[str], sources: Mapping[str, str]) -> str:
        return wording.citations(replace(policy, sources=sources), bases, "zh-Hans", marks)

    held = page.parts(policy, entries, cite, today, gone)
    if not held:
        raise Missing("catalogue_empty", agency=where)
    render = page.markdown if form is Form.MD else page.html
    text = render(office.agency(where).name, policy, held, today)
    if out is not None:
        write_new(out, text.encode())
        terminal.say("wrote", file=out)
    terminal.value({"agency": where, "pack": policy.label, "items": [part.code for part in held], form.value: text})
    if out is None:
        terminal.line(text.rstrip("\n"))


def agency_of(terminal: Terminal, named: str | None) -> str:
    """The agency that is named, or the house. Raises Invalid."""
    return terminal.office.agency(named if named is not None else terminal.office.house).id


def about(agency: str, item: str) -> str:
    """What ledger entries about an item stand under."""
    return f"catalogue:{agency}:{item}"


def _act(terminal: Terminal, rule: str, where: str, item: str, do: Callable[[Tx, datetime], Entry]) -> None:
    """Take a step in the machine's user's name and tell where the edition stands, and what it rests on that is repealed."""
    held = terminal.act(rule, about(where, item), do, agency=where, item=item)
    _tell(terminal, held, terminal.look(lambda tx: tx.catalogue.rereviews(where, item, pending=True)))


def _tell(terminal: Terminal, held: Entry, waits: list[Rereview]) -> None:
    told = _row(held) | {"rereviews": [rereviewed(one) for one in waits]}
    if terminal.as_json:
        terminal.value(told)
        return
    from inspector.flows import wording

    lang, duty = terminal.lang, held.duty
    shown = {
        **told,
        "state": of(held.state, lang),
        "excluded": [of(one, lang) for one in held.content.excluded] or None,
        "sources": [f"{code} {title}" for code, title in held.content.sources.items()],
        "technical": held.content.technical or None,
        "file_by_counted": wording.counted(duty.counted, lang) if duty else None,
        "file_by_days": wording.tallied(tally(duty.counted), lang) if duty else None,
        "rereviews": [f"{one.title} · {one.repealed_on}" for one in waits] or None,
    }
    terminal.fields(shown)


def _row(held: Entry) -> dict[str, object]:
    """An edition flat: what it says, and each step with who took it."""
    told, review, public, gone = held.content, held.review, held.publication, held.withdrawal
    meeting = review.meeting if review else None
    names = (
        *("agency", "item", "edition", "name", "basis", "sources", "pack", "excluded"),
        *("override_basis", "technical", "reason"),
    )
    return {
        **{name: getattr(told, name) for name in names},
        "digest": held.digest,
        "state": held.state,
        "applied_by": held.applied_by,
        "applied_on": held.applied_on,
        "reviewed_by": review.by if review else None,
        "reviewed_on": review.on if review else None,
        "bureau": review.bureau if review else None,
        "document": review.document if review else None,
        "met_on": meeting.on if meeting else None,
        "experts": meeting.experts if meeting else None,
        "expert_names": meeting.names if meeting else None,
        "minutes": meeting.minutes if meeting else None,
        "published_by": public.by if public else None,
        "published_on": public.on if public else None,
        "published_in": public.reference if public else None,
        "withdrawn_by": gone.by if gone else None,
        "withdrawn_on": gone.on if gone else None,
        "withdrawn_for": gone.reason if gone else None,
        "withdrawn_document": gone.document if gone else None,
        "file_by": held.duty.due_at if held.duty else None,
        "provisional": bool(held.duty.counted.awaited) if held.duty else None,
        "file_by_counted": held.duty.counted if held.duty else None,
        "file_by_days": tally(held.duty.counted) if held.duty else None,
        "filed_by": held.filed.by if held.filed else None,
        "filed_on": held.filed.on if held.filed else None,
        "receipt": held.filed.receipt if held.filed else None,
        "late": held.filed.late if held.filed else None,
    }


def rereviewed(held: Rereview) -> dict[str, object]:
    """A re-review flat."""
    names = ("agency", "item", "title", "repealed_on", "document", "opened_by", "ended", "ended_by", "edition", "reason")
    return {name: getattr(held, name) for name in names}
