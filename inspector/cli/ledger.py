"""`ledger`: the chain recomputed, the head of its tree, proofs by it, and their check on a machine that has nothing of this office."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.terminal import Terminal
from inspector.domain import headlist
from inspector.domain.errors import Invalid
from inspector.domain.strict import parse
from inspector.domain.treehead import Proof, TreeHead, proven

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.store.tx import Tx

_HEAD = re.compile(r"(?:ledger:)?(\d{1,15})[: \t]\s*([0-9a-f]{64})")
Heads = Annotated[
    list[str] | None,
    typer.Option(
        "--head",
        help="A head that was lodged, as SIZE:ROOT, or a file of the public register that was kept; may be given again "
        "存证的台账根（条数:根），或者留存的公示文件 heads.json、ledger.json，可重复",
    ),
]
Size = Annotated[int | None, typer.Option("--size", min=1, help="In the tree of so many entries; default: all 条数")]
To = Annotated[Path | None, typer.Option("--to", help="A new file; default: standard output 写入新文件", dir_okay=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "verify")(verify)
    command(app, "head")(head)
    command(app, "prove")(prove)
    command(app, "check")(check)


def told(texts: Sequence[str] | None) -> list[TreeHead]:
    """Heads as people write them or a witness keeps them, and those of files of the public register that somebody has kept.

    Raises Invalid (`ledger_head_unreadable`).
    """
    return list(dict.fromkeys(head for text in texts or () for head in _told(text)))


def _told(text: str) -> list[TreeHead]:
    found = _HEAD.fullmatch(text.strip())
    if found is not None:
        return [TreeHead(size=int(found[1]), root=found[2])]
    try:
        return headlist.kept(Path(text).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid("ledger_head_unreadable", head=text[:100], field="--head") from error


def read_proof(file: Path) -> Proof:
    """A proof that `prove` has written, from whoever's hand. Raises Invalid (`ledger_proof_unreadable`)."""
    try:
        return Proof.read(parse(file.read_bytes()))
    except ValueError as error:
        raise Invalid("ledger_proof_unreadable", file=str(file)) from error


def verify(terminal: Terminal, heads: Heads = None) -> Exit | None:
    """Recompute the chain of the ledger and its tree, and hold them to lodged heads. Exit code 1 when they do not hold. 复核台账链。

    What is public is held to it, too: a line, or what is said of its removal, that is not what its entry names is told.

    A head from the witness's own hand (--head) shows whether anything that it covers was cut, changed or laid anew since. Whoever has
    kept `data/heads.json` or `ledger.json` of the public register is such a witness: give the file.
    公证等存证方处留存的台账根，或者任何人留存的公示文件（--head），可以证明其后台账有没有被删改。
    """
    from inspector.flows import lodging, printed
    from inspector.store.seals import Mark

    given = told(heads)

    def ask(tx: Tx) -> tuple[list[TreeHead], list[TreeHead]]:
        own = [one for held in lodging.lodged(tx).values() for one in held]
        wanted = list(dict.fromkeys([*given, *own]))
        return wanted, lodging.differing(tx, wanted)

    seen = terminal.look(lambda tx: tx.ledger.verified(Mark()))  # daemons seal meanwhile: told is the head that was recomputed
    seals, problem, last = seen.last, seen.problem, seen.head
    unsealed, _ = terminal.look(lambda tx: tx.ledger.unsealed())
    wanted, off = terminal.look(ask)
    # What is kept of the tree may be what was damaged.
    now = terminal.look(lambda tx: tx.tree.head()) if problem is None else TreeHead(size=0, root="")
    contradicted = printed.look(terminal.store) if problem is None else []
    holds = problem is None and not off and not contradicted
    value = {"holds": holds, "seals": seals, "unsealed": unsealed, "head": last, "problem": problem}
    tree = {"size": now.size, "root": now.root, "held_to": len(wanted), "differs": [f"{one.size}:{one.root}" for one in off]}
    terminal.value({**value, "tree": tree, "published_differs": contradicted})
    if problem is not None:
        terminal.say("ledger_broken", seals=seals, problem=problem)
        return Exit.WRONG
    for one in off:
        short = one.size > now.size
        terminal.say("ledger_shorter" if short else "ledger_differs", size=one.size, root=one.root, held=now.size)
    for row in contradicted:
        terminal.say("published_differs", row=row)
    if off or contradicted:
        return Exit.WRONG
    terminal.say("ledger_holds", seals=seals, unsealed=unsealed)
    terminal.say("ledger_head", number=seals, head=last)
    terminal.say("ledger_tree", size=now.size, root=now.root, heads=len(wanted))
    return None


def head(terminal: Terminal) -> None:
    """Tell the head of the ledger's tree: give it to whoever shall be able to show later that nothing was cut. 台账树根。"""
    now = terminal.look(lambda tx: tx.tree.head())
    terminal.value({"size": now.size, "root": now.root})
    terminal.line(f"{now.size}:{now.root}")


def prove(
    terminal: Terminal,
    entry: Annotated[str | None, typer.Option("--entry", help="Id of the entry to prove 台账条目编号")] = None,
    since: Annotated[
        int | None, typer.Option("--since", min=1, help="Prove that it only grew since so many 自该条数以来")
    ] = None,
    size: Size = None,
    to: To = None,
) -> None:
    """Write a proof that an entry is in the ledger, or that it only grew (RFC 6962); it tells nobody what was said. 出具台账证明。"""
    if (entry is None) is (since is None):
        raise Invalid("ledger_proof_of_what", field="--entry, --since")

    def ask(tx: Tx) -> Proof:
        now = tx.tree.at(size) if size is not None else tx.tree.head()
        if size is not None and now.size < size:
            raise Invalid("ledger_size_beyond", size=size, held=now.size)
        if since is not None and since > now.size:
            raise Invalid("ledger_since_beyond", since=since, size=now.size, field="--since")
        if entry is not None:
            place, digest, path = tx.tree.included(entry, now.size)
            return Proof(size=now.size, root=now.root, path=path, place=place, digest=digest)
        assert since is not None
        return Proof(size=now.size, root=now.root, path=tx.tree.consistency(since, now.size), since=since)

    made = terminal.look(ask)
    text = json.dumps(made.value(), indent=1) + "\n"
    if to is None:
        terminal.value(made.value())
        terminal.line(text.rstrip("\n"))
        return
    with to.open("x", encoding="utf-8") as out:
        out.write(text)
    terminal.value({"file": str(to), "size": made.size})
    terminal.say("ledger_proof_written", file=to)


def check(
    terminal: Terminal,
    file: Annotated[Path, typer.Argument(help="The proof 证明文件", metavar="FILE", dir_okay=False)],
    heads: Heads = None,
) -> Exit | None:
    """Check a proof by heads that you hold, without database and settings. Exit code 1 when it does not hold. 离线核验台账证明。

    Of an entry: the head over which it is proven. Of growth: the former head and the later one.
    证明条目：给出所依的台账根；证明增长：给出前后两个根。
    """
    proof, held = read_proof(file), told(heads)
    lacking = sorted(proof.sizes - {one.size for one in held})
    if lacking and proof.since is not None:
        given = ", ".join(str(one.size) for one in held if one.size in proof.sizes) or "-"
        sizes = ", ".join(map(str, lacking))
        raise Invalid("ledger_heads_needed", since=proof.since, size=proof.size, sizes=sizes, given=given, field="--head")
    if lacking:
        raise Invalid("ledger_head_needed", sizes=", ".join(map(str, lacking)), field="--head")
    holds = proven(proof, held)
    terminal.value({"holds": holds, "size": proof.size, "entry": proof.digest or None, "since": proof.since})
    terminal.say("ledger_proof_holds" if holds else "ledger_proof_fails", size=proof.size)
    if proof.digest:
        terminal.say("ledger_proof_of", digest=proof.digest)
    return None if holds else Exit.WRONG
