"""`case dossier`, `duty file`, `case dossier-check`: a file in a folder, and its check on a machine that has nothing of this office."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli import pinned
from inspector.cli.cases import meant
from inspector.cli.command import Exit, command
from inspector.cli.days import typed
from inspector.cli.ledger import Heads, read_proof
from inspector.cli.progress import Bars
from inspector.cli.terminal import Terminal, operator
from inspector.cli.viewings import shower, viewed
from inspector.domain import folio
from inspector.domain.errors import Invalid
from inspector.domain.treehead import Proof, TreeHead
from inspector.labels import label
from inspector.printing import browser, printed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inspector.flows.casefile import Made

Case = Annotated[str, typer.Argument(help="Id of the case 办件编号", metavar="CASE")]
Pdf = Annotated[
    Path | None,
    typer.Option(
        "--pdf",
        help="Print the page into this file too, by an installed Chromium: in Chinese, or as --lang says 另存为 PDF",
        dir_okay=False,
    ),
]
To = Annotated[Path, typer.Option("--to", help="A new folder for the file 新文件夹", file_okay=False)]
Growth = Annotated[
    list[Path] | None,
    typer.Option(
        "--growth",
        help="What `ledger prove --since SIZE --size LATER` has written, for a later head 台账增长证明",
        dir_okay=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "dossier")(dossier)
    command(app, "dossier-check")(check)
    command(app, "replay")(replay)


def register_duty(app: typer.Typer) -> None:
    """Add the command of duty files."""
    command(app, "file")(duty)


def dossier(terminal: Terminal, case: Case, to: To, pdf: Pdf = None) -> Exit | None:
    """Write a case's file: pages in Chinese and English, its entries of the ledger with proofs. 制作办件档案。

    Who decided what on which data under which pack, how dates were counted, letters, visits. No inspector is named in it, and no visit
    that is still to be made. That you have made it is an entry of the ledger, which binds the file: `case dossier-check` shows to
    anybody who has a head of the ledger whether something was changed since. The folder holds what is known of its subject: it is
    readable for you alone. Exit code 1 where the ledger itself does not hold: the file is written and says what.
    """
    from inspector.flows import casefile

    _new(to)
    program = browser() if pdf is not None else ""
    case = terminal.look(lambda tx: meant(terminal, tx, case))
    viewed(terminal, "DOSSIER", (terminal.look(lambda tx: tx.cases.get(case)),))
    made = casefile.case_file(terminal.office, case, operator(), "dossier")
    return hand_out(terminal, made, to, pdf, program)


def duty(
    terminal: Terminal,
    officer: Annotated[str, typer.Argument(help="A name of that person 姓名（签名或者已登记的其他用名）", metavar="OFFICER")],
    since: Annotated[str, typer.Option("--since", help="First day, year-month-day 起始日")],
    until: Annotated[str, typer.Option("--until", help="Last day 截止日")],
    to: To,
    agency: Annotated[
        str | None, typer.Option("--agency", "-a", help="Only cases of it and of those below it 机关（含下级）")
    ] = None,
    pdf: Pdf = None,
) -> Exit | None:
    """Write an officer's duty file: what was known, what was due, what was done, from the ledger of the day. 制作履职档案（尽职免责）。

    For the officer, a head of the agency, or whoever oversees. Acts signed by that person, by whichever of the names that `[people]`
    declares, with the evidence that stood in the case's ledger by then, and dates kept or missed; nothing that was learnt since, and
    nobody to compare with. That you have made it is an entry of the ledger. It is checked as a case's file is: `case dossier-check`.
    """
    from inspector.flows import dutyfile

    _new(to)
    program = browser() if pdf is not None else ""
    first, last = typed(since, "--since"), typed(until, "--until")
    office = terminal.office
    if agency is not None:
        office.agency(agency)
    asked = dutyfile.Asked(
        officer=officer, since=first, until=last, agencies=office.within(agency) if agency is not None else None
    )
    return hand_out(terminal, dutyfile.duty_file(office, asked, shower()), to, pdf, program)


def _new(to: Path) -> None:
    """Raise Invalid (`folder_not_empty`) for a folder with something in it: another file stays."""
    if to.exists() and any(to.iterdir()):
        raise Invalid("folder_not_empty", folder=str(to))


def hand_out(terminal: Terminal, made: Made, to: Path, pdf: Path | None, program: str) -> Exit | None:
    """Write a file that was made, print its page where that was asked for, and say what its own check says."""
    from inspector.flows import filepage

    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in made.files.items():
        (to / name).write_bytes(content)
    if pdf is not None:
        with Bars(terminal).step("printing"):  # of a long file that takes its time, and says nothing meanwhile
            printed(program, to / filepage.NAMES[terminal.asked_lang or "zh-Hans"], pdf)
    head = f"{made.head.size}:{made.head.root}"
    counted = {"entries": made.judged.entries, "withheld": made.judged.withheld, "erased": made.judged.erased}
    told = {"folder": str(to), "files": sorted(made.files), **counted}
    terminal.value({**told, "head": head, "holds": made.judged.holds, "pdf": str(pdf) if pdf else None})
    terminal.say("file_written", folder=to, head=head, **counted)
    if pdf is not None:
        terminal.say("wrote", file=pdf)
    return say_troubles(terminal, made.judged)


def check(
    terminal: Terminal,
    folder: Annotated[Path, typer.Argument(help="Folder of the file 档案文件夹", metavar="FOLDER", file_okay=False)],
    heads: Heads = None,
    growth: Growth = None,
    key: pinned.Key = None,
) -> Exit | None:
    """Check a case's or an officer's file by heads that you hold, without database and settings. 离线核验档案。

    An office with a signing key signs the list of the file's pages: pin that key with --key, as you know it from elsewhere, and it is
    shown who has handed this file out, and that nothing in it was changed since. That its ledger was not laid anew before shows a head
    from another hand alone (--head). It is said by which of both it was shown.

    Found is every change, deletion, cut, other order and left-out entry since it was made. What the office never entered, or did not put
    in, cannot be seen from the file. Exit code 1 where anything is wrong, or where no head covers the last entries: then ask for a later
    head, and for the proof that the ledger only grew (`ledger prove --since SIZE --size LATER`), and give both.
    """
    files = _read(folder)
    by, word = pinned.pinned(key), folio.signature(files)
    given = pinned.held(heads, folder, (folio.LEDGER,), by)
    if not heads and by is None:
        raise Invalid("file_head_needed", size=_size(files), field="--head")
    own, wrong = folio.head_of(files), pinned.troubled(word, by)
    if own is not None and by is not None and not wrong:  # the list that is signed names the file in which this head stands
        given = replace(given, witnesses=(*given.witnesses, pinned.Witness(head=own, key=by)))
    held, grown = given.heads, [read_proof(one) for one in growth or ()]
    judged = folio.judge(files, held, grown)
    judged = replace(judged, troubles=(*judged.troubles, *wrong))
    shown = [one for one in given.witnesses if judged.holds and not folio.judge(files, [one.head], grown).younger]
    troubles = [{"code": one.code, "about": one.about} for one in judged.troubles]
    counted = {"entries": judged.entries, "withheld": judged.withheld, "erased": judged.erased}
    proof = pinned.value(given, shown, word)
    terminal.value({"holds": judged.holds, **proof, **counted, "younger": judged.younger, "troubles": troubles})
    if judged.holds:
        terminal.say("file_holds", **counted)
    pinned.say(terminal, given, shown, word, by)
    if judged.erased:
        terminal.say("file_erased", erased=judged.erased)
    return say_troubles(terminal, judged, _size(files), held, grown)


def replay(terminal: Terminal, case: Case) -> Exit | None:
    """Compute a case's past decisions again, and say of each whether it comes to the same, byte for byte. 复算办件的历次决定。

    From the stored facts, the case's pack and the calendar that each was made with: the choice of the strategy or the enrolment without
    one, each weighing of evidence, also of what came or was found after the end, a term that ran out, what another agency or the subject is
    asked and by when, the conclusion of the matter, a withdrawal, the officer's decision with its grade, what it proposes, each step
    of that to the decision with its dates, a credit record with its days, what its receivers have acknowledged, which way a
    notice takes, and by when a penalty is public.
    Of each other it is said why it is not computed: a person has decided or said it (who, and why), its rule has no such function, its
    facts are not stored, or their retention has ended; and how many there are of each.

    First what is stored is held to the digests noted of it: content, packs, calendars, evidence, entries; what was altered is named. What
    may rest on a calendar that nobody has kept is unsure, no more. Exit code 0: nothing came to anything else; 1: something did, or was
    altered; 3: there is no such case.
    """
    from inspector.domain.recompute import Again, why
    from inspector.flows import recompute

    office = terminal.office
    case = terminal.look(lambda tx: meant(terminal, tx, case))
    viewed(terminal, "EXPLANATION", (terminal.look(lambda tx: tx.cases.get(case)),))
    altered = terminal.look(lambda tx: recompute.altered(office, tx, case))
    told = terminal.look(lambda tx: recompute.replay(office, tx, case))
    decisions = [
        {"id": one.id, "at": one.at, "rule": one.rule, "again": again.value, "by": who, "reasons": reasons}
        for one, again in told
        for who, reasons in (why(one, again),)
    ]
    found = [{"what": one.what.value, "about": one.about} for one in altered]
    seen = Counter(again for _, again in told)
    counts = {one.value: seen[one] for one in Again}
    if terminal.as_json:
        terminal.value({"decisions": decisions, "counts": counts, "altered": found})
    else:
        terminal.rows(("at", "rule", "again", "by", "reasons"), decisions, codes={"rule": "rule", "again": "Again"})
        terminal.say("replay_counted", same=seen[Again.SAME], all=len(told))
        for one in Again:
            if seen[one] and one is not Again.SAME:
                terminal.say("replay_rest", count=seen[one], why=label(f"Again.{one.name}", terminal.lang))
    for what in altered:
        terminal.say("replay_altered", what=label(f"Altered.{what.what.name}", terminal.lang), about=what.about)
    return Exit.WRONG if altered or seen[Again.DIFFERS] else None


def say_troubles(
    terminal: Terminal,
    judged: folio.Judged,
    size: int = 0,
    held: Sequence[TreeHead] = (),
    growth: Sequence[Proof] = (),
    broken: str = "file_broken",
) -> Exit | None:
    """Say what does not hold, if anything; the command's exit code.

    Where nothing is wrong and the heads that were given show nothing either, what is to be asked for, and of whom: a later head than
    that of `size` entries by which it is proven, or how the ledger grew from there to the one that is later already. A proof of growth
    that was given leads to none of these heads then.
    """
    if judged.younger and not judged.troubles:
        later = max((one.size for one in held), default=0)
        for proof in growth:
            terminal.say("file_grown", since=proof.since or 0, size=proof.size)
        if later > size:
            terminal.say("file_later", since=size, size=later)
        else:
            terminal.say("file_younger", younger=judged.younger, entries=judged.entries, size=size)
    for one in judged.troubles:
        terminal.say(broken, problem=label(f"file_trouble.{one.code}", terminal.lang, about=one.about))
    return None if judged.holds else Exit.WRONG


def _read(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name. What is no plain file stands there with nothing in it, and is one too many."""
    if not folder.is_dir():
        raise Invalid("file_unusable", file=str(folder), problem="no folder", errno="ENOTDIR")
    return {one.name: one.read_bytes() if one.is_file() and not one.is_symlink() else b"" for one in folder.iterdir()}


def _size(files: Mapping[str, bytes]) -> int:
    """How many entries the tree has that a file is proven by, as the file says."""
    try:
        return int(json.loads(files[folio.LEDGER])["head"]["size"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return 1
