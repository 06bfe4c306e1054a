"""`publication`: results that are to be published, and what is to be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli import pinned
from inspector.cli.cases import CaseId, meant
from inspector.cli.command import Exit, command
from inspector.cli.days import day_of
from inspector.cli.dossiers import Growth, say_troubles
from inspector.cli.ledger import Heads, read_proof
from inspector.cli.terminal import Terminal
from inspector.cli.viewings import viewed
from inspector.domain import headlist
from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Invalid
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.manifest import LEDGER
from inspector.domain.publicationduty import PublicationState
from inspector.labels import of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from inspector.domain.publicationduty import PublicationDuty
    from inspector.domain.signature import Signature
    from inspector.flows.disclosing import Penalties
    from inspector.flows.edition import Edition
    from inspector.flows.gazette import Gathered
    from inspector.flows.pledges import Letters
    from inspector.store.tx import Tx

Duty = Annotated[str, typer.Argument(help="Id of the duty, as `publication list` tells it 编号", metavar="ID")]
On = Annotated[str | None, typer.Option("--on", help="The day, year-month-day; default: today 日期")]
Reference = Annotated[str, typer.Option("--reference", help="Where that is seen: an address, a notice's number 网址或者文号")]
By = Annotated[str | None, typer.Option("--by", help="The person who says so; default: the user of this machine 经办人")]
_HEADS = (LEDGER, headlist.FILE)
"""The files of heads that a register brings itself."""
_SHOWN = ("id", "agency", "state", "due_at", "reference")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_publications)
    command(app, "done")(done)
    command(app, "site")(site)
    command(app, "verify")(verify)
    command(app, "rule")(rule)
    command(app, "recall")(recall)
    command(app, "removed")(removed)
    command(app, "letters")(letters)
    command(app, "letter")(letter)


def list_publications(
    terminal: Terminal,
    state: Annotated[PublicationState | None, typer.Option("--state", help="Only duties in this state 状态")] = None,
    after: Annotated[str, typer.Option("--after", help="Go on behind this id 从此编号之后")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List results that are to be published, and what became of it, in order of id. 列出应当公布的结果。"""
    held = terminal.look(lambda tx: tx.publications.page(tuple(terminal.office.tree), state, after, limit + 1))
    shown = [
        {
            "id": one.id,
            "agency": one.agency,
            "state": one.state,
            "due_at": one.due_at if one.state.dated else None,
            "reference": one.posted.reference if one.posted else "",
        }
        for one in held
    ]
    terminal.page(_SHOWN, shown, limit, "--state", codes={"state": "PublicationState"})


def done(terminal: Terminal, duty: Duty, reference: Reference, on: On = None, by: By = None) -> None:
    """Say since when and where a result is public. A lead that nobody has decided about is refused. 登记已经公布。"""
    from inspector.flows import publication

    office, who = terminal.office, terminal.signer(by)
    _say(terminal, lambda tx, now: publication.publish(office, tx, duty, _day(terminal, on), reference, who, now))


def site(
    terminal: Terminal,
    folder: Annotated[Path, typer.Argument(help="Folder of the register 公示文件夹", metavar="FOLDER", file_okay=False)],
    post: Annotated[
        str | None,
        typer.Option("--post", help="The address under which it is public: what may be shown becomes public 公示网址"),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help="With --post: the folder that is served, where it is another 网站所用的文件夹", file_okay=False
        ),
    ] = None,
    by: By = None,
) -> None:
    """Write the public register as pages and data that need no server, in Chinese and English. 生成结果公示页面。

    Without --post it shows what is public already, and nothing changes. With it, what is owed and may be shown comes in, what is to be
    taken back goes out with its reason: the files are written, brought to where they are served, read there again and held to their
    digests; only then all are on record under your name, and the list of digests is an entry of the ledger, whose proof lies beside it
    (`publication verify`). Broken off anywhere, it is given again. What waits for an officer, or for other visits of its draw, is counted
    and not shown. Only files that differ are written; posted anew into the folder of the last posting, only what has moved since is read.
    """
    from inspector import gazette as pages
    from inspector.flows import affix, disclosing, edition, gazette, pledges, postedheads

    office, who, now = terminal.office, terminal.signer(by), terminal.office.now()
    if post is not None and not post.startswith(("https://", "http://")):
        raise Invalid("publication_address", address=post, field="--post")
    if to is not None and post is None:
        raise Invalid("publication_to_alone", field="--to")
    served, look = to or folder, pages.look(office.tree[office.house].name)
    if post is not None and postedheads.lost(served):
        terminal.say("heads_lost", folder=served)
    differs = postedheads.hold(office, served, now) if post is not None else []
    for one in differs:
        terminal.say("ledger_differs", size=one.size, root=one.root)
    former = edition.last(office, folder, look) if post is not None else None
    built = _build(terminal, folder, former, now, post=post is not None)
    if post is not None:
        try:
            listed = _bring(folder, to)
        except Invalid:
            if former is None:
                raise
            built = _build(terminal, folder, None, now, post=True)  # a file that stood was altered there: all are made again
            listed = _bring(folder, to)
        whole = gazette.say(office, built.held, post, who, now)
        pledges.say(office, built.letters, post, who, now)
        disclosing.say(office, built.penal, post, who, now)
        results = len(built.held.lines)
        terminal.act("publication.site", affix.ABOUT, lambda _tx, _now: None, by=who, address=post, results=results)
        ledger = affix.bind(office, listed, post, results, look if whole else "")
        for place in dict.fromkeys((folder, served)):
            affix.prove(place, ledger)
    held, shown, penal, written, left = built.held, built.letters, built.penal, built.written, built.left
    counts = {"results": len(held.lines), "posted": len(held.fresh), "removed": len(held.gone), "withheld": held.withheld}
    terminal.value(
        {
            **counts,
            "counted": held.counted,
            "penalties": len(penal.lines),
            "penalties_posted": len(penal.fresh),
            "penalties_withheld": penal.withheld,
            "letters": len(shown.shown),
            "letters_unread": shown.unread,
            "written": written,
            "unchanged": left,
        }
    )
    terminal.say("site_written", folder=served, written=written, unchanged=left, **counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    """A register as its files were written: so many of them, and so many that stand as they were."""

    held: Gathered
    letters: Letters
    penal: Penalties
    written: int
    left: int


def _build(terminal: Terminal, folder: Path, former: Edition | None, now: datetime, *, post: bool) -> _Built:
    """Gather the register and write its files: those that differ from a former edition's, or all that differ from what lies there."""
    from inspector import gazette as pages
    from inspector.cli.progress import Bars
    from inspector.flows import affix, disclosing, edition, gazette, pledges, postedheads

    office, bars = terminal.office, Bars(terminal)
    with bars.step("gathered") as seen:
        later = edition.later(office, now, former) if former is not None else None
        held = later.gathered if later else gazette.gather(office, now, post=post, advance=lambda count: seen(count, 0))
        shown = pledges.gather(office, now, post=post)
        penal = disclosing.gather(office, now, post=post)
    register = pages.Register(
        title=office.tree[office.house].name,
        lines=held.lines,
        withheld=held.withheld,
        counted=held.counted,
        pledges=shown.shown,
        least=shown.least,
        on=office.calendar.local_date(now) if post else terminal.look(lambda tx: affix.last(office, tx)),
        removed=held.removed,
        penalties=penal.lines,
        penalties_withheld=penal.withheld,
        penalties_counted=penal.counted,
        heads=postedheads.gather(office, now),
        key=postedheads.key(office),
        draws=held.draws,
    )
    register = replace(register, same=later.same) if later else register
    stand = {name: later.former.sums[name] for name in pages.unchanged(register)} if later else {}
    with bars.step("written"):
        written, left = affix.write(folder, pages.files(register), stand)
    return _Built(held=held, letters=shown, penal=penal, written=written, left=left)


def _bring(folder: Path, to: Path | None) -> bytes:
    """Bring the files to where they are served and hold them there to their list, byte for byte; the list. Raises Invalid."""
    from inspector.domain.manifest import MANIFEST
    from inspector.flows import affix

    if to is not None:
        affix.copy(folder, to)
    listed = (folder / MANIFEST).read_bytes()
    affix.check(to or folder, listed)
    return listed


def verify(
    terminal: Terminal,
    folder: Annotated[Path, typer.Argument(help="Folder of the register 公示文件夹", metavar="FOLDER", file_okay=False)],
    heads: Heads = None,
    growth: Growth = None,
    newer: Annotated[
        Path | None,
        typer.Option(
            "--newer", help="`ledger.json` as it is served now, or of another copy 网站现有的 ledger.json", dir_okay=False
        ),
    ] = None,
    key: pinned.Key = None,
) -> Exit | None:
    """Check a register's files by heads of the ledger that you hold, without database and settings. 离线核验公示文件。

    It says by what that was shown: a head that you gave, a file of heads that you have kept, or the signature of the key that you pin
    with --key. A head that comes with the folder shows that the folder agrees with itself, and counts for nothing: exit code 1. One from
    another hand a witness has, another agency that keeps this one's heads, or whoever kept `heads.json` before. By --key alone it is shown
    that this office has posted it; not that it has told nobody another ledger.

    It says when the register was posted, where, and by which head: a former one that is served again is as it was posted, too. Whether
    it is the newest is shown by the proof of a later posting alone: give `ledger.json` of the site, or of a copy that you had from
    elsewhere, as --newer. Found is every file that was changed, cut, added or taken away since it was posted; of the proof itself,
    `ledger.json`, every word of it. Exit code 0: all is as it was posted; 1: something is not, no head that counts covers the posting,
    or --newer shows a later one; 2: it cannot be checked, for neither head nor key is given, or there is no such folder.
    """
    from inspector.domain import manifest
    from inspector.flows import affix

    if not folder.is_dir():
        raise Invalid("publication_folder", folder=str(folder), field="FOLDER")
    listed, ledger = (_content(folder / name) for name in (manifest.MANIFEST, manifest.LEDGER))
    by, own, word = pinned.pinned(key), manifest.head_of(ledger), _word(ledger)
    given = pinned.held(heads, folder, _HEADS, by)
    held, size = given.heads, own.size if own is not None else 1
    if not heads and by is None:
        raise Invalid("file_head_needed", size=size, field="--head")
    there = dict(affix.sums_of(folder))
    grown = [read_proof(one) for one in growth or ()]
    judged = manifest.judge(there, listed, ledger, held, grown)
    if newer is not None and (late := manifest.outdated(ledger, newer.read_bytes(), held, grown)) is not None:
        judged = replace(judged, troubles=(*judged.troubles, late))
    judged = replace(judged, troubles=(*judged.troubles, *pinned.troubled(word, by)))
    shown = [one for one in given.witnesses if judged.holds and manifest.covers(ledger, one.head, grown)]
    said = manifest.posting(ledger)
    terminal.value(
        {
            "posted_at": said.at if said is not None else None,
            "address": said.address if said is not None else "",
            "head": f"{said.head.size}:{said.head.root}" if said is not None else "",
            "holds": judged.holds,
            **pinned.value(given, shown, word),
            "files": len(there),
            "younger": judged.younger,
            "troubles": [{"code": one.code, "about": one.about} for one in judged.troubles],
        }
    )
    if said is not None:
        told_at = said.at.astimezone(SHANGHAI)
        terminal.say(
            "register_posted", at=told_at.isoformat(sep=" ", timespec="minutes"), address=said.address, size=said.head.size
        )
        if newer is None and (last := max((one.size for one in held), default=0)) > said.head.size:
            terminal.say("register_since", size=said.head.size, last=last)
    if judged.holds:
        terminal.say("register_holds", files=len(there))
    pinned.say(terminal, given, shown, word, by)
    return say_troubles(terminal, judged, size, held, grown, broken="register_broken")


def _word(ledger: bytes) -> Signature | None:
    """The signature under the head of a register's proof, if there is one."""
    try:
        return headlist.words(ledger)[0][1]
    except (ValueError, RecursionError):
        return None


def _content(file: Path) -> bytes:
    """A file of the folder; nothing where there is none."""
    return file.read_bytes() if file.is_file() and not file.is_symlink() else b""


def rule(
    terminal: Terminal,
    duty: Duty,
    found: Annotated[CheckResult, typer.Option("--found", help="What it came to 认定结果")],
    reasons: Annotated[str, typer.Option("--reasons", help="Why; it stays in the house 理由（不公开）")],
    by: By = None,
) -> None:
    """Say what a finding in words came to, which no case says: until then it is a lead and no result. 认定检查中发现的问题。"""
    from inspector.flows import publication

    who = terminal.signer(by)
    _say(terminal, lambda tx, now: publication.rule(terminal.office, tx, duty, found, reasons, who, now))


def recall(
    terminal: Terminal,
    duty: Duty,
    why: Annotated[Fallen, typer.Option("--why", help="Why it does not stand; this is published 撤下原因（公开）")],
    note: Annotated[str, typer.Option("--note", help="In words, for the house alone 说明（不公开）")] = "",
    document: Annotated[str, typer.Option("--document", help="By which document; not published 文号（不公开）")] = "",
    by: By = None,
) -> None:
    """Say that what is public does not stand: it is to be taken back by the pack's date. 登记应当撤下。

    Published is the reason's code and no word that anybody has typed: words may name somebody.
    """
    from inspector.flows import publication

    office, who = terminal.office, terminal.signer(by)
    _say(terminal, lambda tx, now: publication.recall(office, tx, duty, why, note, document, who, now))


def removed(terminal: Terminal, duty: Duty, reference: Reference, on: On = None, by: By = None) -> None:
    """Say since when it is gone, and by what that is seen. 登记已经撤下。"""
    from inspector.flows import publication

    office, who = terminal.office, terminal.signer(by)
    _say(terminal, lambda tx, now: publication.remove(office, tx, duty, _day(terminal, on), reference, who, now))


def letters(terminal: Terminal) -> None:
    """List cases whose letters say of publicity what is not understood: they are not shown. 列出公开范围待认定的承诺书。

    Whether the words take in the public register an officer says with `publication letter`.
    """
    from inspector.flows import pledges

    held = list(pledges.unread(terminal.office))
    viewed(terminal, "LIST", held)
    shown = [
        {"id": one.id, "agency": one.agency, "item": one.item, "publicity_scope": one.letter.publicity_scope}
        for one in held
        if one.letter is not None
    ]
    terminal.rows(("id", "agency", "item", "publicity_scope"), shown)


def letter(
    terminal: Terminal,
    case: CaseId,
    site: Annotated[bool, typer.Option("--site/--no-site", help="Whether it may stand on the public register 可否上网公开")],
    reasons: Annotated[str, typer.Option("--reasons", help="Why; it stays in the house 理由（不公开）")],
    by: By = None,
) -> None:
    """Say whether a letter's own words of publicity take in the public register. 认定承诺书所写公开范围是否包括网站。

    Of these words alone: a letter that is corrected is read anew. The last word holds.
    """
    from inspector.flows import pledges

    office, who, now = terminal.office, terminal.signer(by), terminal.office.now()
    case = terminal.look(lambda tx: meant(terminal, tx, case))
    with terminal.store.begin() as tx:
        pledges.rule(office, tx, case, site, reasons, who, now)
    terminal.value({"case": case, "site": site})
    terminal.say("pledge_site" if site else "pledge_no_site", case=case)


def _say(terminal: Terminal, do: Callable[[Tx, datetime], PublicationDuty]) -> None:
    now = terminal.office.now()
    with terminal.store.begin() as tx:
        held = do(tx, now)
    terminal.value({"id": held.id, "state": held.state, "due_at": held.due_at})
    terminal.say("publication_said", id=held.id, state=of(held.state, terminal.lang))


def _day(terminal: Terminal, told: str | None) -> date:
    return day_of(told) or terminal.office.calendar.local_date(terminal.office.now())
