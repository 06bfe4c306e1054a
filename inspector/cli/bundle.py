"""A draw's bundle of files, judged with nothing but the protocol: no database, no network; a clock against beacons still to speak."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspector import beacons
from inspector.beacons import Signed
from inspector.cli import laidby
from inspector.cli.offline.spool import LEAST, Standing, tickets
from inspector.cli.progress import Advance, unwatched
from inspector.domain import voidrecord
from inspector.domain.audit import NOTHING, Audit, AuditLine, House, Witness, problem, shown
from inspector.domain.commitment import Commitment
from inspector.domain.commitment import read as read_commitment
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame
from inspector.domain.frame import read as read_frame
from inspector.domain.public import verify_public
from inspector.domain.rowfile import RowFile
from inspector.domain.seed import ahead, known_at, moment
from inspector.domain.strict import garbled, is_count, is_text, parse
from inspector.domain.verify import alone, verify, verify_stopped
from inspector.flows.large import duckdb
from inspector.verifier import programs

FRAME = ("objects.tsv", "inspectors.tsv", "bans.tsv")
AFTER = "after.jsonl"
DRAWN = "drawn.jsonl"
"""The drawn rows with their paths, which a public bundle holds in the place of the registers (ruling 17)."""
RECORD = "witness/record.json"
_NEEDED = ("commit.json", "seed.json", "result.json")
UNCHECKED = "unchecked"
"""Stands in a beacon's part whose signature whoever drew could not check and took all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Files by name (`NAME.objects.tsv` where there is more than one list), and the house's own record of the witness.

    Nothing is proven by that record: it can only speak against the bundle it lies in.
    """

    files: Mapping[str, bytes]
    record: Mapping[str, object] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    large: Mapping[str, Path] = field(default_factory=dict)
    """Registers of objects that are too large to be held: they are read where they lie."""
    after: str | None = None
    """The SHA-256 of what followed, as whoever reads has it from elsewhere; without one that is the house's word alone."""

    @property
    def names(self) -> set[str]:
        """The names of all files."""
        return {*self.files, *self.large}

    @property
    def stopped(self) -> bool:
        """Whether the draw was made void before its seed: there is a commitment and nothing to recompute."""
        return needed(self.names, self.record) != _NEEDED

    @property
    def public(self) -> bool:
        """Whether it is the public's (ruling 17): no register, and drawn rows if there was a draw. Beside registers they say nothing."""
        full = any(name.endswith(FRAME) for name in self.names)
        return not full and (self.stopped or any(name.endswith(DRAWN) for name in self.files))

    @property
    def house(self) -> House:
        """What the record says of the draw's time."""
        return House(seeded_at=moment(self.record.get("seeded_at")), witnessed_at=moment(self.record.get("witnessed_at")))

    @property
    def receipt(self) -> str:
        """The witness's own number for what it holds."""
        return str(self.record.get("receipt") or "")

    @classmethod
    def of_folder(cls, folder: Path, *, large: bool = False) -> Bundle:
        """The bundle in a folder; `large`: hold no register of objects, whatever its size.

        Raises Invalid (`bundle_incomplete`, `bundle_unreadable`) and OSError.
        """
        files, huge = cls.files_of(folder, large=large)
        others = []
        for entry in sorted(folder.iterdir()):
            if entry.is_file():
                continue
            if entry.name in _NEEDED or entry.suffix in (".tsv", ".jsonl"):
                raise Invalid("bundle_unreadable", file=entry.name, problem="no_file")
            if entry.name != "witness":
                others.append(f"{entry.name}/")
        told = cls.record_in(folder)
        for name in needed(files.keys(), told):
            if name not in files:
                raise Invalid("bundle_incomplete", folder=str(folder), file=name)
        return cls(files=files, record=told, others=tuple(others), large=huge)

    @staticmethod
    def files_of(folder: Path, *, large: bool) -> tuple[dict[str, bytes], dict[str, Path]]:
        """(the files that are held, the registers that are not). Raises Invalid (`large_needs_extra`), OSError."""
        if large:
            duckdb()
        files, huge = dict[str, bytes](), dict[str, Path]()
        for entry in sorted(folder.iterdir()):
            if entry.is_file():
                if entry.name.endswith(FRAME[0]) and (large or entry.stat().st_size >= LEAST):
                    huge[entry.name] = entry
                else:
                    files[entry.name] = entry.read_bytes()
        return files, huge

    @staticmethod
    def record_of(content: bytes | None) -> Mapping[str, object]:
        """The house's record, strictly; none is an empty one. Raises Invalid (`bundle_unreadable`)."""
        return json_object(RECORD, content) if content is not None else {}

    @classmethod
    def record_in(cls, folder: Path, made: Commitment | None = None) -> Mapping[str, object]:
        """The record that lies in a folder. Raises Invalid (`bundle_unreadable`; also where it is not of `made`) and OSError."""
        file = folder / RECORD
        told = cls.record_of(file.read_bytes() if file.is_file() else None)
        if made is not None and (told.get("draw", made.number), told.get("w", made.w)) != (made.number, made.w):
            raise Invalid("bundle_unreadable", file=str(file), problem="other_draw")
        return told


def void_of(record: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    """(why a draw is void, who signed that) as its record tells it; no reason: it is not void."""
    return (str(record["void"]), voidrecord.signed(record)) if is_text(record.get("void")) else ("", ())


def needed(names: Collection[str], record: Mapping[str, object]) -> tuple[str, ...]:
    """What a bundle must hold: the commitment and, unless it was made void before its seed, the seed and the result."""
    return _NEEDED[:1] if void_of(record)[0] and not {*names} & {*_NEEDED[1:]} else _NEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What was judged, and what was found. `drawn`: it has a result; one made void before has none."""

    commitment: Commitment
    verdict: Audit
    replayed: int
    drawn: bool = True


def judge(
    bundle: Bundle, witness: Witness | None, authority: str | None = None, begins: Callable[[str], Advance] = unwatched
) -> Opinion:
    """Recompute a bundle, re-deals included. Raises Invalid for files that cannot be read.

    `authority` is the SHA-256 of the certificate by which the reader believes NIST-format pulses.

    What can be read and disagrees is a problem of the verdict: a register's row that is not canonical, a line of after.jsonl
    that the rule does not give, a record of another draw. Of a void one it is said what its record lacks and leaves open.
    """
    commitment = read_commitment(bundle.files["commit.json"])
    opinion = _judged(bundle, commitment, witness, authority, begins)
    void = voidrecord.heard(commitment, bundle.record, witness, drawn=not bundle.stopped)
    return replace(opinion, verdict=replace(opinion.verdict, remarks=(*opinion.verdict.remarks, *alone(commitment), *void)))


def _judged(
    bundle: Bundle, commitment: Commitment, witness: Witness | None, authority: str | None, begins: Callable[[str], Advance]
) -> Opinion:
    """What the files give, whatever the record says of a void."""
    if bundle.stopped:
        return _stopped(bundle, commitment, witness, begins)
    seed, result = (json_object(name, bundle.files[name]) for name in ("seed.json", "result.json"))
    parts = seed.get("parts")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise Invalid("bundle_unreadable", file="seed.json", problem="parts: a list of objects is required")
    used = {*_NEEDED}
    said = bundle.house
    signatures, forged = signed(commitment, parts, authority, datetime.now(UTC))
    if bundle.public:
        drawn = {held.name: _lines(bundle, commitment, held.name, DRAWN, used) for held in commitment.lists}
        verdict = verify_public(commitment, drawn, parts, result, witness, said=said, signatures=signatures)
        return _opinion(bundle, commitment, seed, used, verdict, 0, forged)
    raw = registers(bundle, commitment, used)
    after = {held.name: _lines(bundle, commitment, held.name, AFTER, used) for held in commitment.lists}
    replayed = sum(map(len, after.values()))
    try:
        frames = frames_of(commitment, raw, begins)
    except Invalid as error:
        verdict = Audit(holds=False, time_proven=False, problems=(problem(error),))
        return Opinion(commitment=commitment, verdict=verdict, replayed=replayed)
    with tickets(unheld(raw), commitment.suite) as counted:
        verdict = verify(
            commitment, frames, parts, result, witness, after, said=said, signatures=signatures, begins=begins, tickets=counted
        )
    return _opinion(bundle, commitment, seed, used, verdict, replayed, forged)


def _stopped(bundle: Bundle, commitment: Commitment, witness: Witness | None, begins: Callable[[str], Advance]) -> Opinion:
    """One made void before its result: nothing of a seed to judge, and registers only where they are not left out altogether."""
    used, frames = {"commit.json"}, None
    for held in commitment.lists:  # nothing follows from them here, but they are read as any other reader reads them
        _lines(bundle, commitment, held.name, DRAWN if bundle.public else AFTER, used)
    if not bundle.public:
        raw = registers(bundle, commitment, used)
        try:
            frames = frames_of(commitment, raw, begins)
        except Invalid as error:
            verdict = Audit(holds=False, time_proven=False, problems=(problem(error),))
            return Opinion(commitment=commitment, verdict=verdict, replayed=0, drawn=False)
    verdict = verify_stopped(commitment, frames, witness, said=bundle.house, begins=begins)
    return replace(_opinion(bundle, commitment, {"commit": commitment.c}, used, verdict, 0, ()), drawn=False)


_UNSURE = {
    Signed.NO_LIBRARY: "draw.signature_unchecked",
    Signed.INCOMPLETE: "draw.signature_incomplete",
    Signed.NOT_PINNED: "draw.beacon_not_pinned",
}


def signed(
    commitment: Commitment, parts: Sequence[Mapping[str, object]], authority: str | None, now: datetime
) -> tuple[dict[int, AuditLine | None], tuple[AuditLine, ...]]:
    """(by the source's place what is to be said aloud of a beacon's signature, what no beacon can have said).

    A part that whoever drew took unchecked (`UNCHECKED`) is said aloud as such while nobody has checked it here either.
    """
    told: dict[int, AuditLine | None] = {}
    forged = []
    for place, (source, part) in enumerate(zip(commitment.sources, parts, strict=False)):
        if source["kind"] not in ("drand", "nist"):
            continue
        found, facts = beacons.check(source, part, authority), {"kind": source["kind"]}
        told[place] = AuditLine(code=_UNSURE[found], facts=facts, grave=True) if found in _UNSURE else None
        if found in _UNSURE and part.get(UNCHECKED) is True:
            told[place] = AuditLine(code="draw.drawn_unchecked", facts=facts, grave=True)
        if ahead(source, now):
            at = known_at(source)
            when_ = at.isoformat() if at else "—"
            forged.append(
                AuditLine(code="draw.beacon_ahead", facts={**facts, "at": when_, "now": now.isoformat(timespec="seconds")})
            )
        if found is Signed.WRONG:
            forged.append(AuditLine(code="draw.signature_wrong", facts=facts))
        elif found is Signed.HOLDS and source["kind"] == "nist" and authority is None:
            told[place] = AuditLine(code="draw.authority_of_the_house", facts={"ca": source.get("ca")}, grave=True)
    return told, tuple(forged)


def _opinion(
    bundle: Bundle,
    commitment: Commitment,
    seed: Mapping[str, object],
    used: set[str],
    verdict: Audit,
    replayed: int,
    forged: tuple[AuditLine, ...],
) -> Opinion:
    """The verdict with what the files beside the result say."""
    used |= programs().keys()
    logs = {name: bundle.files[name] for name in used if name.endswith(AFTER)}
    problems, others = (*_foreign(bundle, commitment, seed, logs), *forged), [*sorted(bundle.names - used), *bundle.others]
    remarks = [AuditLine(code="draw.files_ignored", facts={"files": ", ".join(others)})] if others else []
    remarks += laidby.heard(bundle.files)
    if not bundle.stopped and not bundle.public and bundle.after is None:
        if len(logs) < len(commitment.lists):
            remarks.append(AuditLine(code="draw.after_absent"))
        told = log_of(logs) or _log(b"")
        remarks.append(AuditLine(code="draw.after_alone", facts={"lines": told["lines"], "digest": told["sha256"]}))
    verdict = replace(
        verdict,
        holds=verdict.holds and not problems,
        time_proven=verdict.time_proven and not problems,
        problems=(*problems, *verdict.problems),
        remarks=(*verdict.remarks, *remarks),
    )
    return Opinion(commitment=commitment, verdict=verdict, replayed=replayed)


def _foreign(
    bundle: Bundle, commitment: Commitment, seed: Mapping[str, object], logs: Mapping[str, bytes]
) -> Iterator[AuditLine]:
    """Files that speak of another commitment; `logs` are the after.jsonl of its lists, and no other file of such a name."""
    if seed.get("commit") != commitment.c:
        yield AuditLine(code="draw.seed_of_another")
    for name, own in (("draw", commitment.number), ("w", commitment.w)):
        if bundle.record.get(name, own) != own:
            yield AuditLine(code="draw.record_of_another", facts={"field": name})
    noted, found = bundle.record.get("after"), log_of(logs) or _log(b"")
    held = found if not bundle.public else noted if isinstance(noted, dict) else {}  # the public's is what the record notes
    if bundle.after is not None and held.get("sha256") != bundle.after:
        yield AuditLine(code="draw.after_unlike", facts={"found": shown(held.get("sha256", NOTHING)), "given": bundle.after})
    if bundle.public or noted is None:  # the public has no after.jsonl: the record's note of it is for whoever has both
        return
    told = noted.get("lines") if isinstance(noted, dict) else noted
    if noted != found or not is_count(told):
        yield AuditLine(code="draw.after_of_another", facts={"told": shown(told), "found": found["lines"]})


def log_of(files: Mapping[str, bytes]) -> dict[str, object] | None:
    """What after.jsonl holds, as the house's record notes it beside the bundle: a file cut short by itself still replays."""
    named = sorted(name for name in files if name.endswith(AFTER))
    return _log(b"".join(files[name] for name in named)) if named else None


def _log(content: bytes) -> dict[str, object]:
    return {"lines": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest()}


Registers = tuple[bytes | Standing, bytes, bytes]
"""A list's three files; objects that are not held are where they lie, and have to stay as they are from here on."""


def registers(bundle: Bundle, commitment: Commitment, used: set[str]) -> dict[str, Registers]:
    """The files of each list; one that is committed to as empty may be left out. Raises Invalid (`bundle_…`)."""
    made = {}
    for held in commitment.lists:
        found = []
        for file, told in zip(FRAME, (held.objects, held.inspectors, held.bans), strict=True):
            name = _name(bundle, commitment, f"{held.name}.{file}", file, used)
            if name is None and told is not None and told[0] > 0:
                raise Invalid("bundle_incomplete", folder=commitment.number, file=f"{held.name}.{file}")
            found.append(name or "")
        objects, inspectors, bans = (bundle.files.get(name, b"") for name in found)
        unheld = bundle.large.get(found[0])
        made[held.name] = (objects if unheld is None else Standing(unheld), inspectors, bans)
    return made


def frames_of(
    commitment: Commitment, raw: Mapping[str, Registers], begins: Callable[[str], Advance] = unwatched
) -> dict[str, Frame]:
    """The lists' frames. Raises Invalid for rows that are not canonical."""
    frames = {}
    for name, (objects, inspectors, bans) in raw.items():
        if isinstance(objects, Standing):
            objects.advance = begins(objects.file.name)
            rows = RowFile(objects.pieces, commitment.suite)
            frames[name] = replace(read_frame(b"", inspectors, bans), objects=rows)
        else:
            frames[name] = read_frame(objects, inspectors, bans)
    return frames


def unheld(raw: Mapping[str, Registers]) -> dict[str, Standing]:
    """The lists whose objects are not held, and where these lie."""
    return {name: files[0] for name, files in raw.items() if isinstance(files[0], Standing)}


def _lines(bundle: Bundle, commitment: Commitment, name: str, file: str, used: set[str]) -> list[Mapping[str, Any]]:
    """A file of JSON lines: what happened afterwards, or the drawn rows."""
    content = _file(bundle, commitment, f"{name}.{file}", file, used) or b""
    if content and not content.endswith(b"\n"):
        raise Invalid("bundle_unreadable", file=file, problem="cut_short")
    return [json_object(f"{file}:{number}", line) for number, line in enumerate(content.split(b"\n")[:-1], 1)]


def _file(bundle: Bundle, commitment: Commitment, full: str, short: str, used: set[str]) -> bytes | None:
    name = _name(bundle, commitment, full, short, used)
    return bundle.files[name] if name is not None else None


def _name(bundle: Bundle, commitment: Commitment, full: str, short: str, used: set[str]) -> str | None:
    """A list's file; a list alone may leave its name out, but then there is one file and not two. Raises Invalid."""
    names = [name for name in ((full, short) if len(commitment.lists) == 1 else (full,)) if name in bundle.names]
    if len(names) > 1:
        raise Invalid("bundle_unreadable", file=full, problem="doubled", other=short)
    used.update(names)
    return names[0] if names else None


def json_object(name: str, content: bytes) -> dict[str, Any]:
    """What a file of a bundle holds. Raises Invalid (`bundle_unreadable`)."""
    try:
        told = parse(content)
    except ValueError as error:
        raise Invalid("bundle_unreadable", file=name, **garbled(error)) from error
    if not isinstance(told, dict):
        raise Invalid("bundle_unreadable", file=name, problem="json_object")
    return told


def events_of(bundle: Bundle, commitment: Commitment) -> dict[str, list[Mapping[str, Any]]]:
    """By list, the lines of what followed; none where the file is not there. Raises Invalid (`bundle_unreadable`)."""
    return {held.name: _lines(bundle, commitment, held.name, AFTER, set()) for held in commitment.lists}
