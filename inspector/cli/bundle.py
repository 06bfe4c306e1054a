"""A draw's bundle of files, judged with nothing but the protocol: no database, no network, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from inspector import beacons
from inspector.beacons import Signed
from inspector.domain.audit import Audit, AuditLine, House, Witness, problem
from inspector.domain.commitment import Commitment
from inspector.domain.commitment import read as read_commitment
from inspector.domain.errors import Invalid
from inspector.domain.frame import read as read_frame
from inspector.domain.public import verify_public
from inspector.domain.seed import moment
from inspector.domain.strict import parse
from inspector.domain.verify import chained, verify
from inspector.verifier import programs

FRAME = ("objects.tsv", "inspectors.tsv", "bans.tsv")
AFTER = "after.jsonl"
DRAWN = "drawn.jsonl"
"""The drawn rows with their paths, which a public bundle holds in the place of the registers (ruling 17)."""
RECORD = "witness/record.json"
_NEEDED = ("commit.json", "seed.json", "result.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Files by name (`NAME.objects.tsv` where there is more than one list), and the house's own record of the witness.

    Nothing is proven by that record: it can only speak against the bundle it lies in.
    """

    files: Mapping[str, bytes]
    record: Mapping[str, object] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def receipt(self) -> str:
        """The witness's own number for what it holds."""
        return str(self.record.get("receipt") or "")

    @classmethod
    def of_folder(cls, folder: Path) -> Bundle:
        """The bundle in a folder. Raises Invalid (`bundle_incomplete`, `bundle_unreadable`) and OSError."""
        files, others = {}, []
        for entry in sorted(folder.iterdir()):
            if entry.is_file():
                files[entry.name] = entry.read_bytes()
            elif entry.name.endswith((*_NEEDED, *FRAME, AFTER, DRAWN)):
                raise Invalid("bundle_unreadable", file=entry.name, problem="it is no file")
            elif entry.name != "witness":
                others.append(f"{entry.name}/")
        record = folder / RECORD
        for name in _NEEDED:
            if name not in files:
                raise Invalid("bundle_incomplete", folder=str(folder), file=name)
        told = cls.record_of(record.read_bytes() if record.is_file() else None)
        return cls(files=files, record=told, others=tuple(others))

    @staticmethod
    def record_of(content: bytes | None) -> Mapping[str, object]:
        """The house's record, strictly; none is an empty one. Raises Invalid (`bundle_unreadable`)."""
        return _json(RECORD, content) if content is not None else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What was judged, and what was found."""

    commitment: Commitment
    verdict: Audit
    replayed: int


def earlier_in(folder: Path) -> Commitment:
    """The commitment of an earlier draw, of whose bundle nothing else is needed. Raises Invalid and OSError."""
    file = folder / "commit.json"
    if not file.is_file():
        raise Invalid("bundle_incomplete", folder=str(folder), file=file.name)
    return read_commitment(file.read_bytes())


def follow(opinion: Opinion, earlier: Sequence[Commitment]) -> Opinion:
    """The opinion with the agency's chain followed through earlier commitments (7.9, step 7)."""
    problems, remarks = chained(opinion.commitment, earlier)
    verdict = opinion.verdict
    kept = tuple(one for one in verdict.remarks if one.code != "draw.prev_unchecked")
    verdict = replace(
        verdict,
        holds=verdict.holds and not problems,
        problems=(*verdict.problems, *problems),
        remarks=(*kept, *remarks),
    )
    return replace(opinion, verdict=verdict)


def judge(bundle: Bundle, witness: Witness | None, authority: str | None = None) -> Opinion:
    """Recompute a bundle, re-deals included. Raises Invalid for files that cannot be read.

    `authority` is the SHA-256 of the certificate by which the reader believes NIST-format pulses.

    What can be read and disagrees is a problem of the verdict: a register's row that is not canonical, a line of after.jsonl
    that the rule does not give, a record of another draw.
    """
    commitment = read_commitment(bundle.files["commit.json"])
    seed, result = (_json(name, bundle.files[name]) for name in ("seed.json", "result.json"))
    parts = seed.get("parts")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise Invalid("bundle_unreadable", file="seed.json", problem="parts: a list of objects is required")
    used = {*_NEEDED}
    said = House(seeded_at=moment(bundle.record.get("seeded_at")), witnessed_at=moment(bundle.record.get("witnessed_at")))
    signatures, forged = _signatures(commitment, parts, authority)
    if any(name.endswith(DRAWN) for name in bundle.files) and not any(name.endswith(FRAME) for name in bundle.files):
        drawn = {held.name: _lines(bundle, commitment, held.name, DRAWN, used) for held in commitment.lists}
        verdict = verify_public(commitment, drawn, parts, result, witness, said=said, signatures=signatures)
        return _opinion(bundle, commitment, seed, used, verdict, 0, forged)
    raw = {held.name: registers(bundle, commitment, held.name, used) for held in commitment.lists}
    after = {held.name: _lines(bundle, commitment, held.name, AFTER, used) for held in commitment.lists}
    replayed = sum(map(len, after.values()))
    try:
        frames = {name: read_frame(*files) for name, files in raw.items()}
    except Invalid as error:
        verdict = Audit(holds=False, time_proven=False, problems=(problem(error),))
        return Opinion(commitment=commitment, verdict=verdict, replayed=replayed)
    verdict = verify(commitment, frames, parts, result, witness, after, said=said, signatures=signatures)
    return _opinion(bundle, commitment, seed, used, verdict, replayed, forged)


_UNSURE = {
    Signed.NO_LIBRARY: "draw.signature_unchecked",
    Signed.INCOMPLETE: "draw.signature_incomplete",
    Signed.NOT_PINNED: "draw.beacon_not_pinned",
}


def _signatures(
    commitment: Commitment, parts: list[Mapping[str, object]], authority: str | None
) -> tuple[dict[int, AuditLine | None], tuple[AuditLine, ...]]:
    """(by the source's place what is to be said aloud of a beacon's signature, signatures that do not hold)."""
    told: dict[int, AuditLine | None] = {}
    forged = []
    for place, (source, part) in enumerate(zip(commitment.sources, parts, strict=False)):
        if source["kind"] not in ("drand", "nist"):
            continue
        found, facts = beacons.check(source, part, authority), {"kind": source["kind"]}
        told[place] = AuditLine(code=_UNSURE[found], facts=facts, grave=True) if found in _UNSURE else None
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
    # Ours, as they lie beside every export; another of such a name is pointed out.
    used |= {name for name, content in programs().items() if bundle.files.get(name) == content}
    problems, others = (*_foreign(bundle, commitment, seed), *forged), [*sorted(bundle.files.keys() - used), *bundle.others]
    remarks = [AuditLine(code="draw.files_ignored", facts={"files": ", ".join(others)})] if others else []
    if log_of(bundle.files) is None and not any(name.endswith(DRAWN) for name in bundle.files):
        remarks.append(AuditLine(code="draw.after_absent"))
    verdict = replace(
        verdict,
        holds=verdict.holds and not problems,
        problems=(*problems, *verdict.problems),
        remarks=(*verdict.remarks, *remarks),
    )
    return Opinion(commitment=commitment, verdict=verdict, replayed=replayed)


def _foreign(bundle: Bundle, commitment: Commitment, seed: Mapping[str, object]) -> Iterator[AuditLine]:
    """Files that speak of another commitment."""
    if seed.get("commit") != commitment.c:
        yield AuditLine(code="draw.seed_of_another")
    for name, own in (("draw", commitment.number), ("w", commitment.w)):
        if bundle.record.get(name, own) != own:
            yield AuditLine(code="draw.record_of_another", facts={"field": name})
    told, found = bundle.record.get("after"), log_of(bundle.files)
    if isinstance(told, dict) and found is not None and told != found:
        yield AuditLine(code="draw.after_of_another", facts={"told": told.get("lines"), "found": found["lines"]})
    if isinstance(told, dict) and found is None and told.get("lines"):
        yield AuditLine(code="draw.after_of_another", facts={"told": told["lines"], "found": 0})


def log_of(files: Mapping[str, bytes]) -> dict[str, object] | None:
    """What after.jsonl holds, as the house's record notes it beside the bundle: a file cut short by itself still replays."""
    named = sorted(name for name in files if name.endswith(AFTER))
    if not named:
        return None
    content = b"".join(files[name] for name in named)
    return {"lines": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest()}


def registers(bundle: Bundle, commitment: Commitment, name: str, used: set[str]) -> tuple[bytes, ...]:
    """One list's three files; one that is committed to as empty may be left out."""
    held = commitment.list_named(name)
    files = []
    for file, told in zip(FRAME, (held.objects, held.inspectors, held.bans), strict=True):
        found = _file(bundle, commitment, f"{name}.{file}", file, used)
        if found is None and told is not None and told[0] > 0:
            raise Invalid("bundle_incomplete", folder="", file=f"{name}.{file}")
        files.append(found or b"")
    return tuple(files)


def _lines(bundle: Bundle, commitment: Commitment, name: str, file: str, used: set[str]) -> list[Mapping[str, Any]]:
    """A file of JSON lines: what happened afterwards, or the drawn rows."""
    content = _file(bundle, commitment, f"{name}.{file}", file, used) or b""
    if content and not content.endswith(b"\n"):
        raise Invalid("bundle_unreadable", file=file, problem="the last line does not end with a line feed")
    return [_json(f"{file}:{number}", line) for number, line in enumerate(content.split(b"\n")[:-1], 1)]


def _file(bundle: Bundle, commitment: Commitment, full: str, short: str, used: set[str]) -> bytes | None:
    """A list's file; a list alone may leave its name out, but then there is one file and not two. Raises Invalid."""
    names = [name for name in ((full, short) if len(commitment.lists) == 1 else (full,)) if name in bundle.files]
    if len(names) > 1:
        raise Invalid("bundle_unreadable", file=full, problem=f"{short} is there too")
    used.update(names)
    return bundle.files[names[0]] if names else None


def _json(name: str, content: bytes) -> dict[str, Any]:
    try:
        told = parse(content)
    except ValueError as error:
        raise Invalid("bundle_unreadable", file=name, problem=str(error)) from error
    if not isinstance(told, dict):
        raise Invalid("bundle_unreadable", file=name, problem="a JSON object is required")
    return told


def when(text: str | None, name: str) -> datetime | None:
    """A time that somebody typed, with its offset. Raises Invalid (`time_unreadable`)."""
    if text is None:
        return None
    told = moment(text.strip())
    if told is None:
        raise Invalid("time_unreadable", field=name, value=text)
    return told


def believed(file: Path | None) -> str | None:
    """The SHA-256 of the certificate in a PEM file. Raises Invalid (`bundle_unreadable`)."""
    if file is None:
        return None
    try:
        return beacons.fingerprint(file.read_bytes())
    except ValueError as error:
        raise Invalid("bundle_unreadable", file=str(file), problem="a certificate in PEM is required") from error
