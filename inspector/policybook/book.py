"""The policy packs of an installation: read, proven, and looked up by label or by day."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby, pairwise
from pathlib import Path

from inspector.domain.errors import Invalid, Missing
from inspector.domain.policy import Policy
from inspector.labels import toml
from inspector.policybook.approvals import approved, without_approval
from inspector.policybook.flaws import Flaw, PacksInvalid
from inspector.policybook.founding import Document, documents, founded
from inspector.policybook.inherit import BASE, chain, located, merged
from inspector.policybook.lineage import heavier, lineage
from inspector.policybook.notices import kept_notices
from inspector.policybook.part import Part
from inspector.policybook.proofs import prove
from inspector.policybook.rows import read
from inspector.policybook.strays import strays


@dataclass(frozen=True, slots=True, kw_only=True)
class Policybook:
    """All packs, by id and date. `warnings` tell of days between two versions on which none is in force.

    `strangers` are the flaws of transitions from versions that lie in no file here.
    `unapproved` are the flaws of approvals, where they were let pass.
    `beside` lie in another folder: those of an office, where what was asked for is a folder of drafts.

    `texts` are the packs as written, by label. `kept` have left the folder while something still cites them; none is in force.
    `noted` tells the texts of all packs that any daemon of this house was ever started with: what another one has decided by a pack
    that is not in our folder is read from there, once (`_later`), and nothing is taken in under it here.
    """

    packs: tuple[Policy, ...]
    warnings: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[Policy, ...] = ()
    strangers: tuple[Flaw, ...] = ()
    unapproved: tuple[Flaw, ...] = ()
    beside: tuple[Policy, ...] = ()
    noted: Callable[[], Mapping[str, str]] = field(default=dict, repr=False, compare=False)
    _later: dict[str, Policy] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, folder: Path, *more: Path) -> Policybook:
        """As `read`, and what a transition comes from must lie here too, for nobody knows of versions that a house has kept."""
        held = cls.read(folder, *more)
        if held.strangers:
            raise PacksInvalid(held.strangers)
        return held

    @classmethod
    def read(cls, folder: Path, *more: Path, approving: bool = True) -> Policybook:
        """Every `<pack>/pack.toml` and `<pack>/pack-<version>.toml` below a folder, with its approval where it has one.

        Packs of `more` folders are `beside` them, to be built on and compared with: a label that both have is the first one's, and
        whether days overlap is asked within each folder. Without `approving`, an approval that does not hold leaves its pack
        unapproved, and the flaw is kept: for those who read a text in order to have it approved.

        Raises Invalid: `packs_missing` when there is none, `packs_invalid` (PacksInvalid) with all flaws of all files.
        """
        flaws: list[Flaw] = []
        parsed, first = _found(folder, flaws), len(flaws)
        if not parsed and not first:
            raise Invalid("packs_missing", folder=str(folder))
        own = {one.label for one in parsed}
        parsed += [replace(one, home=f"{where.name}/") for where in more for one in _found(where, flaws) if one.label not in own]
        labels = {one.label: one for one in reversed(parsed)}
        packs = _all_read(parsed, labels, documents((folder, *more), flaws), flaws)
        flaws += _repeated(packs)
        closed, overlaps = _close([held for held in packs if held[1].label in own])
        beside, theirs = _close([held for held in packs if held[1].label not in own])
        late, strangers = lineage(packs)
        flaws += [*overlaps, *theirs, *late, *kept_notices(packs), *heavier(packs)]
        doubtful = flaws if approving else list[Flaw]()
        closed = approved(folder, closed, labels, doubtful)
        for where in more:
            beside = approved(where, beside, labels, doubtful)
        if flaws:
            raise PacksInvalid(flaws)
        texts = {one.label: one.raw.decode() for one in parsed}
        return cls(
            packs=closed,
            beside=beside,
            warnings=tuple(_gaps(closed)),
            texts=texts,
            strangers=tuple(strangers),
            unapproved=tuple(doubtful) if not approving else (),
        )

    def remembering(self, texts: Mapping[str, str], labels: Collection[str]) -> Policybook:
        """With the packs of these `labels`, too, read from what was kept of them, and of what they build on, in `texts`.

        They take in no case any more, and what they opened stays open to what was taken in under them: which of their sources are
        statutes is not asked of them, since texts of before that mark do not say.

        Raises PacksInvalid where this release cannot read one any more, or a transition makes an outcome weigh more than one of them.
        """
        flaws: list[Flaw] = []
        held = {label: _remembered(label, text) for label, text in {**texts, **self.texts}.items()}
        read_again = (_read(held[label], held, flaws) for label in sorted(labels))
        kept = tuple(policy for policy in read_again if policy is not None)
        flaws += heavier([(pack.label, pack) for pack in self.packs], kept)
        if flaws:
            raise PacksInvalid(flaws)
        return replace(self, kept=kept)

    def scale(self, ids: Collection[str]) -> tuple[str, ...]:
        """Every credit level that some version of these packs knows, in order; then how ratings are stated that make one together."""
        held = [pack for pack in self.packs if pack.id in ids]
        forms = sorted({pack.scale.form for pack in held if pack.scale.axes})
        return (*sorted({level.code for pack in held for level in pack.levels}), *forms)

    def knows(self, ids: Collection[str], stated: str) -> bool:
        """Whether some version of these packs has what is stated on its scale."""
        return any(pack.level(stated) is not None for pack in self.packs if pack.id in ids)

    @property
    def all(self) -> tuple[Policy, ...]:
        """Every pack that is in force on some day, those of the folder first."""
        return (*self.packs, *self.beside)

    def get(self, label: str) -> Policy:
        """The pack `id@version`. Raises Missing naming those there are, also for one that this release cannot read."""
        for pack in (*self.packs, *self.beside, *self.kept):
            if pack.label == label:
                return pack
        found = self._later.get(label) or self._of_another(label)
        if found is None:
            raise Missing("pack_unknown", pack=label, known=", ".join(pack.label for pack in self.all))
        return found

    def _of_another(self, label: str) -> Policy | None:
        """A pack that another daemon has noted since we looked. What cites it has made it immutable, so it is read once."""
        texts = self.noted()
        if label not in texts:
            return None
        try:
            (found,) = self.remembering(texts, (label,)).kept
        except PacksInvalid:
            return None
        self._later[label] = found
        return found

    def in_force(self, pack_id: str, day: date) -> Policy:
        """The one version of a pack in force on a day. Raises Missing naming the versions and their dates."""
        for pack in self.all:
            if pack.id == pack_id and pack.in_force(day):
                return pack
        known = ", ".join(f"{p.label} {p.effective_from}–{p.effective_to or ''}" for p in self.all if p.id == pack_id)
        raise Missing("pack_not_in_force", pack=pack_id, day=day.isoformat(), known=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    """A file as TOML: nothing is known yet but that it is some."""

    file: Path
    raw: bytes
    content: Mapping[str, object]
    home: str = ""

    @property
    def name(self) -> str:
        """As people know it: `maoji/pack.toml`, and before it the folder (`home`) where it is not the one that was asked for."""
        return f"{self.home}{self.file.parent.name}/{self.file.name}"

    @property
    def label(self) -> str:
        """`id@version`, as another file may build on it."""
        return f"{self.content.get('id')}@{self.content.get('version')}"


def _remembered(label: str, text: str) -> _Parsed:
    """A pack that was read when it was kept."""
    pack_id, _, version = label.rpartition("@")
    return _Parsed(file=Path(pack_id) / f"pack-{version}.toml", raw=text.encode(), content=toml.parsed(text.encode()))


def _found(folder: Path, flaws: list[Flaw]) -> list[_Parsed]:
    """The packs of a folder as TOML; what is none, and what nothing would read, is noted."""
    files = sorted([*folder.glob("*/pack.toml"), *folder.glob("*/pack-*.toml")])
    flaws += strays(folder)
    return [one for file in files if (one := _parsed(file, flaws)) is not None]


def _parsed(file: Path, flaws: list[Flaw]) -> _Parsed | None:
    """One file, or None with its flaw noted."""
    try:
        raw = file.read_bytes()
        return _Parsed(file=file, raw=raw, content=toml.parsed(raw))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        name = f"{file.parent.name}/{file.name}"
        flaws.append(Flaw(code="file_unreadable", file=name, facts=toml.facts(error, "value")))
        return None


def _all_read(
    parsed: Sequence[_Parsed], labels: Mapping[str, _Parsed], duties: Mapping[str, Document], flaws: list[Flaw]
) -> list[tuple[str, Policy]]:
    """The packs with the names of their files, those that are built on before those that build on them."""
    contents = {label: one.content for label, one in labels.items()}
    packs = list[tuple[str, Policy]]()
    for one in sorted(parsed, key=lambda one: len(chain(one.content, contents))):
        base, good = str(one.content.get(BASE, "")), {policy.label for _, policy in packs}
        if base in labels and base not in good and one.label not in (base, *chain(contents[base], contents)):
            continue  # the flaws of what it builds on have been told; in a ring each is told
        if (policy := _read(one, labels, flaws, duties)) is not None:
            packs.append((one.name, policy))
    return packs


def _read(
    one: _Parsed, bases: Mapping[str, _Parsed], flaws: list[Flaw], duties: Mapping[str, Document] | None = None
) -> Policy | None:
    """One pack, or None with its flaws noted. Without the `duties` of documents it is one of before, kept because it is cited."""
    kept = duties is None
    own, mine = without_approval(one.content), list[Flaw]()
    contents = {label: held.content for label, held in bases.items()}
    part = Part(one.name, "", own, mine)
    content = merged(own, contents, part)
    if content is None:
        flaws += mine
        return None
    if own is not one.content and not kept:
        part.flaw("approval_inside", "approval", value=f"approval-{own.get('version')}.toml")
    part = Part(one.name, "", content, mine)
    if not kept:
        part.years()
    draft = read(part)
    if kept:
        draft = replace(draft, statutes=frozenset(draft.sources))
    mine += prove(draft, one.name, kept=kept)
    mine += founded(draft, one.name, duties) if duties is not None else ()
    if draft.id and draft.id != one.file.parent.name:
        part.flaw("pack_misplaced", "id", value=draft.id, fix=one.file.parent.name)
    stated = one.file.stem.removeprefix("pack").removeprefix("-")
    if stated and draft.version and draft.version != stated:
        part.flaw("pack_misplaced", "version", value=draft.version, fix=stated)
    if mine:
        line = {bases[label].name: bases[label].content for label in chain(one.content, contents)}
        flaws += located(mine, own, line)
        return None
    return draft.policy(_digest(one, bases), str(one.content.get(BASE, "")))


def _digest(one: _Parsed, bases: Mapping[str, _Parsed]) -> str:
    """The SHA-256 of the bytes that were parsed; where a pack builds on another one, followed by that one's digest in hexadecimal."""
    base = bases[str(one.content[BASE])] if BASE in one.content else None
    return hashlib.sha256(one.raw + (_digest(base, bases).encode() if base is not None else b"")).hexdigest()


def _repeated(packs: Iterable[tuple[str, Policy]]) -> list[Flaw]:
    """A label stands for one text for ever: decisions of years ago cite it."""
    flaws, seen = [], dict[str, str]()
    for file, pack in packs:
        if pack.label in seen:
            facts = {"value": pack.label, "other": seen[pack.label]}
            flaws.append(Flaw(code="pack_twice", file=file, field="version", facts=facts))
        seen.setdefault(pack.label, file)
    return flaws


def _close(packs: Sequence[tuple[str, Policy]]) -> tuple[tuple[Policy, ...], list[Flaw]]:
    """Let an open end give way to the next version, and refuse stated ends that reach into it.

    A pack is immutable, so its file cannot be given an end when its successor comes: its bytes, and so its digest, would change.
    """
    closed: list[Policy] = []
    flaws: list[Flaw] = []
    ordered = sorted(packs, key=lambda held: (held[1].id, held[1].effective_from, held[1].version))
    for _, group in groupby(ordered, key=lambda held: held[1].id):
        versions = list(group)
        for (file, pack), (other, following) in pairwise(versions):
            start, end = following.effective_from, pack.effective_to
            if start == pack.effective_from:
                facts = {"value": str(start), "other": file}
                flaws.append(Flaw(code="dates_same", file=other, field="effective_from", facts=facts))
            elif end is not None and end >= start:
                facts = {"value": str(end), "other": other, "start": str(start)}
                flaws.append(Flaw(code="dates_overlap", file=file, field="effective_to", facts=facts))
            closed.append(pack if end is not None else replace(pack, effective_to=start - timedelta(days=1)))
        closed.append(versions[-1][1])
    return tuple(closed), flaws


def _gaps(packs: Sequence[Policy]) -> Iterable[str]:
    for pack, following in pairwise(packs):
        if pack.id == following.id and pack.effective_to is not None:
            first, last = pack.effective_to + timedelta(days=1), following.effective_from - timedelta(days=1)
            if first <= last:
                yield f"{pack.id}: no version is in force from {first} to {last}｜{first} 至 {last} 没有有效版本"
