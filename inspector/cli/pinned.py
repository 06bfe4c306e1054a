"""By what a folder is checked: heads that the reader holds, the office's key that was pinned; never by what lies in the folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.ledger import told
from inspector.cli.terminal import Terminal
from inspector.domain import headlist
from inspector.domain.errors import InspectorError, Invalid
from inspector.domain.folio import Trouble
from inspector.domain.signature import Signature, fingerprint, pin
from inspector.domain.strict import parse
from inspector.domain.treehead import TreeHead

Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        help="The office's key, as you know it from elsewhere: its fingerprint (64 hex), its point as `heads.html` told it before, "
        "or the file of its public half 自其他途径得知的机关公钥：指纹、公钥点或者公钥文件",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A head that counts, and by what: `file`, where it came from one that was kept; `key`, where it is signed by the one pinned."""

    head: TreeHead
    file: str = ""
    key: str = ""

    @property
    def line(self) -> str:
        """As people write it."""
        return f"{self.head.size}:{self.head.root}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What counts of what a reader has given. `own`: files of heads that come with the folder; `unsigned`: those not of the pinned key."""

    witnesses: tuple[Witness, ...]
    own: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()

    @property
    def heads(self) -> list[TreeHead]:
        """The heads that count."""
        return list(dict.fromkeys(one.head for one in self.witnesses))


def pinned(key: str | None) -> str | None:
    """The fingerprint of the key that a reader has given. Raises Invalid (`key_unreadable`)."""
    from inspector import visitkeys

    if key is None:
        return None
    try:
        return fingerprint(visitkeys.point_of(Path(key))) if Path(key).is_file() else pin(key)
    except (ValueError, OSError, InspectorError) as error:
        raise Invalid("key_unreadable", key=key[:100], field="--key") from error


def held(heads: Sequence[str] | None, folder: Path, own: Sequence[str], key: str | None) -> Held:
    """Which of the given heads count for a folder, whose own files of heads are `own`. Raises Invalid (`ledger_head_unreadable`).

    A file that lies in the folder, or says the same as one that does, shows that the folder agrees with itself. Where a key is pinned a
    file counts by its signature alone, wherever it lies.
    """
    counted: list[Witness] = []
    inside, unsigned = list[str](), list[str]()
    there = [content for name in own if (content := _told(folder / name)) is not None]
    for text in heads or ():
        content = _told(Path(text))
        if content is None:
            counted += [Witness(head=one) for one in told([text])]
            continue
        heads_of = told([text])  # what is no file of heads is said to be none
        of_folder = folder.resolve() in Path(text).resolve().parents or content in there
        if key is None and of_folder:
            inside.append(text)
        elif key is None:
            counted += [Witness(head=one, file=text) for one in heads_of]
        elif signed := list(_signed(Path(text), key)):
            counted += signed
        else:
            unsigned.append(text)
    if key is not None:
        counted += (one for name in own for one in _signed(folder / name, key))
    return Held(witnesses=tuple(dict.fromkeys(counted)), own=tuple(inside), unsigned=tuple(unsigned))


def troubled(word: Signature | None, key: str | None) -> list[Trouble]:
    """What is wrong with the signature under a folder, by the key that was pinned; without one only whether it is that of its own."""
    from inspector import visitkeys

    if word is None:
        return [Trouble(code="unsigned", about=key)] if key is not None else []
    if not visitkeys.holds(word):
        return [Trouble(code="signature_wrong", about=word.fingerprint)]
    return [Trouble(code="signed_by_other", about=word.fingerprint)] if key not in (None, word.fingerprint) else []


def say(terminal: Terminal, given: Held, shown: Sequence[Witness], word: Signature | None, key: str | None) -> None:
    """Say what was proven, and by whose word: by which heads, from where, by which key; and what counts for nothing."""
    for one in shown:
        if one.key:
            terminal.say("proven_key", head=one.line, told=one.key)
        elif one.file:
            terminal.say("proven_kept", head=one.line, file=one.file)
        else:
            terminal.say("proven_given", head=one.line)
    for file in given.own:
        terminal.say("head_own", file=file)
    for file in given.unsigned:
        terminal.say("head_unsigned", file=file, told=key or "")
    if word is not None and key is None:
        terminal.say("signed_unpinned", told=word.fingerprint)


def value(given: Held, shown: Sequence[Witness], word: Signature | None) -> Mapping[str, object]:
    """The same for programs."""
    by = [{"head": one.line, "file": one.file or None, "key": one.key or None} for one in shown]
    signed = word.fingerprint if word is not None else None
    return {"proven_by": by, "signed_by": signed, "own_heads": [*given.own], "unsigned_heads": [*given.unsigned]}


def _signed(file: Path, key: str) -> Iterator[Witness]:
    """The heads of a file that the pinned key has signed."""
    from inspector import visitkeys

    try:
        words = headlist.words(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return
    for head, word in words:
        if word is not None and word.fingerprint == key and visitkeys.holds(word):
            yield Witness(head=head, file=str(file), key=key)


def _told(file: Path) -> object | None:
    """What a file says, however it is laid out; None for what is no file, or says nothing that can be read."""
    try:
        return parse(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
