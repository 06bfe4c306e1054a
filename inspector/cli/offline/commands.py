"""`draw announce --objects …` and `draw carry-out`: what people see of the draw without the daemon."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from inspector.cli import words
from inspector.cli.command import Exit
from inspector.cli.offline import papers
from inspector.cli.progress import Bars
from inspector.domain.audit import MARGIN
from inspector.domain.calendar import SHANGHAI
from inspector.domain.draw import Result
from inspector.domain.errors import Invalid
from inspector.domain.verify import lacking
from inspector.flows.diagnosis import fix, what
from inspector.flows.remedies import WORDS as REMEDIES
from inspector.labels import label

if TYPE_CHECKING:
    from inspector.cli.offline.announce import Announced, Given, Handed
    from inspector.cli.terminal import Terminal
    from inspector.flows.layout import Layout
    from inspector.sheets.flaw import RowFlaw

TRIES = 3


def announce(terminal: Terminal, given: Given) -> Exit | None:
    """Read, refuse with everything that is wrong, or commit and say what to do next."""
    from inspector.cli.offline import announce as announcing
    from inspector.cli.offline.folder import named as naming

    now, bars = datetime.now(SHANGHAI), Bars(terminal)
    with naming(given.out), announcing.rooms(given) as room:
        handed = announcing.read(given, now, bars.step, room)
        faults, remarks = _found(terminal, given, handed, "flaws"), _found(terminal, given, handed, "warnings")
        if handed.faults:
            terminal.value({"faults": handed.faults, "flaws": faults, "warnings": remarks})
            _tell(terminal, "flaw_in", faults)
            _tell(terminal, "odd_in", remarks)  # behind: a head that nobody asked for follows from the one that is missing
            if not terminal.as_json:
                terminal.aside(terminal.words("flaws", count=handed.faults))
            return Exit.USAGE
        made = announcing.announce(given, handed, now, bars.step)
    _tell(terminal, "odd_in", remarks)
    _announced(terminal, given, handed, made, remarks)
    return None


def carry_out(terminal: Terminal, folder: Path, seed: Sequence[str], *, large: bool, unchecked: bool) -> Exit | None:
    """Carry out, or say what differs from what was committed to."""
    from inspector.cli.offline.carry import DiffersError, carry
    from inspector.cli.offline.folder import named as naming

    try:
        with naming(folder), Bars(terminal).steps() as begins:
            now = datetime.now(SHANGHAI)
            done = carry(folder, seed, lambda source: _asked(terminal, source), begins, now, large=large, unchecked=unchecked)
    except DiffersError as differs:
        message = words.told(differs.error, terminal.lang)
        terminal.value({"problems": [{"code": differs.error.code, "message": message, "facts": differs.error.facts}]})
        if not terminal.as_json:
            terminal.aside(f"{terminal.words('error')}: {message}")
        return Exit.WRONG
    remarks = [label(one.code, terminal.lang, **one.facts) for one in done.remarks]
    number = done.commitment.number
    terminal.value(
        {
            "draw": number,
            "c": done.commitment.c,
            "w": done.commitment.w,
            "again": done.again,
            "folder": str(folder),
            "lists": done.result.value()["lists"],
            "shortages": [dict(one.facts) for held in done.result.lists for one in lacking(held)],
            "remarks": remarks,
        }
    )
    terminal.say("carried_again" if done.again else "carried", number=number)
    if not terminal.as_json:
        _drawn(terminal, done.result)
        for one in remarks:
            terminal.line(f"  ! {one}")
        terminal.say("carried_next", folder=folder)
        terminal.say("next_prev", c=done.commitment.c)
    return None


def void(terminal: Terminal, folder: Path, by: Sequence[str], reason: str) -> None:
    """Make the draw of a folder void, and say what stays."""
    from inspector.cli.offline import void as voiding
    from inspector.cli.terminal import operator

    done = voiding.void(folder, by, reason, operator(), datetime.now(SHANGHAI))
    terminal.value(
        {"draw": done.number, "folder": str(folder), "state": "VOID", "signed": list(done.signed), "reason": done.reason}
    )
    terminal.say("void_made", draw=done.number, reason=done.reason, by=", ".join(done.signed))
    if done.drawn:
        terminal.say("void_keeps")
    terminal.say("void_next", folder=folder)


def _drawn(terminal: Terminal, result: Result) -> None:
    for held in result.lists:
        rows: Iterable[Mapping[str, object]] = (
            {"list": held.name, "stratum": code, "n": one.n, "eligible": one.eligible, "k": one.k, "reserve": len(one.reserve)}
            for code, one in held.strata.items()
        )
        terminal.rows(("list", "stratum", "n", "eligible", "k", "reserve"), rows)
        if held.unmanned:
            terminal.say("visits_unmanned", list=held.name, count=held.unmanned)
        if held.dealt is not None and held.dealt.shortages:
            terminal.say("seats_empty", list=held.name, count=len(held.dealt.shortages))
            for one in lacking(held):
                terminal.line(f"  {label(one.code, terminal.lang, **one.facts)}")
            terminal.say("seats_next")


def _announced(
    terminal: Terminal, given: Given, handed: Handed, made: Announced, remarks: Sequence[Mapping[str, object]]
) -> None:
    from inspector.cli.offline.carry import option

    held, told, near = made.commitment, handed.plan, handed.near
    assert told is not None, "seen before"
    looked = [str(folder) for folder in near.folders]
    each = [
        {"list": name, "objects": len(one.objects), "inspectors": len(one.inspectors), "bans": len(one.bans)}
        for name, one in made.frames.items()
    ]
    counts = {name: sum(int(str(one[name])) for one in each) for name in ("objects", "inspectors", "bans")}
    private = [str(file) for file in made.private]
    terminal.value(
        {
            "draw": held.number,
            "w": held.w,
            "made": held.made,
            "folder": str(given.out),
            "private": private,
            "beside": {"folders": looked, "draws": [one.number for _, one in near.bundles]},
            **counts,
            **({"lists": each} if told.several else {}),
            "flaws": [],
            "warnings": remarks,
        }
    )
    if terminal.as_json:
        return
    terminal.say("committed", number=held.number, **counts)
    if told.several:
        terminal.rows(("list", "objects", "inspectors", "bans"), each)
    for listed in told.lists:
        for code, wanted in listed.strata.items():
            share = held.list_named(listed.name).rules.strata[code]
            told_share = wanted.told if share.ppm else f"{wanted.told} = {share.least}"
            stratum = f"{listed.name}: {code}" if told.several else code
            terminal.say("committed_share", stratum=stratum, share=told_share, least=share.least)
    terminal.say("committed_folder", folder=given.out)
    terminal.say("committed_w", w=held.w)
    terminal.say("next_beside", folders=", ".join(looked), count=len(near.bundles))
    terminal.say("next_private", files=", ".join(private))
    terminal.say("next_lodge", file=given.out / papers.WITNESS)
    if held.known is not None:
        terminal.say("next_before", at=(held.known - MARGIN).astimezone(SHANGHAI).isoformat(timespec="minutes"))
    terminal.say("next_seed", command=f"./run draw carry-out {given.out} {' '.join(option(one) for one in held.sources)}")


def _asked(terminal: Terminal, source: Mapping[str, object]) -> Mapping[str, Any] | None:
    """A part typed by people: figures by two of them, the first unseen by the second; None when nobody is at a terminal."""
    if terminal.as_json or not sys.stdin.isatty():
        return None
    if source["kind"] == "reveal":
        typed = typer.prompt(terminal.words("ask_nonce", party=source.get("party", "")), err=True, hide_input=True)
        return {"kind": "reveal", "nonce": str(typed).strip().lower()}
    if source["kind"] != "text":
        return None
    for _ in range(TRIES):
        one, other = (
            " ".join(str(typer.prompt(terminal.words(key, what=source["what"]), err=True, hide_input=hidden)).split())
            for key, hidden in (("ask_first", True), ("ask_second", False))
        )
        if one == other:
            return {"kind": "text", "text": one}
        terminal.aside(terminal.words("ask_differ"))
    return None


def _found(terminal: Terminal, given: Given, handed: Handed, what: str) -> list[Mapping[str, object]]:
    """Faults or remarks of all files, file by file and row by row, each with how to mend it; how many more there are stands last."""
    told = [_line(terminal, given.plan.name, one, None) for one in (handed.flaws if what == "flaws" else handed.odd)]
    for roster in handed.rosters:
        found: Sequence[RowFlaw] = getattr(roster.told, what)
        told += [_line(terminal, roster.file.name, one, roster.layout) for one in sorted(found, key=lambda flaw: flaw.row)]
        if more := roster.untold[what != "flaws"]:
            told.append({"file": roster.file.name, "more": more})
    return told


def _line(terminal: Terminal, file: str, one: RowFlaw, layout: Layout | None) -> Mapping[str, object]:
    lang = terminal.lang
    place = {"row": one.row} if one.row else {}
    if not place and one.code not in REMEDIES:  # the whole file, and the error says itself how to mend it
        said = words.told(Invalid(one.code, **one.facts), lang)
        return {
            "file": file,
            "column": "",
            "code": one.code,
            "what": said.removeprefix(str(one.facts.get("file", ""))).lstrip(":： "),
            "fix": "",
        }
    return {
        "file": file,
        **place,
        "column": one.column,
        "code": one.code,
        "what": what(one, lang),
        "fix": fix(one, lang),
        "named": layout.shown(one.column, lang) if layout is not None else one.column or "-",
    }


def _tell(terminal: Terminal, key: str, found: Sequence[Mapping[str, object]]) -> None:
    if terminal.as_json:
        return
    for one in found:
        if "more" in one:
            terminal.aside(terminal.words("more_in", file=one["file"], count=one["more"]))
        else:
            kind = key if "row" in one else f"{key}_plan" if one["fix"] else "unread_in"
            terminal.aside(terminal.words(kind, **one))
