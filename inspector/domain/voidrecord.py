"""What the record of a void must hold, and what no file can rule out of a draw that was stopped (draw-protocol 7.12, ruling 12).

One line in a record would else throw a result away: whoever deletes it and writes `void` would be told that all agrees. A record proves
nothing, for it is the house's own word; but one that lacks what each lawful void writes is told as none, and of a whole one is told
what it leaves open: whoever stopped the draw may have known its outcome.
"""

from __future__ import annotations

from collections.abc import Mapping

from inspector.domain.audit import AuditLine, Witness
from inspector.domain.commitment import Commitment
from inspector.domain.seed import ahead, moment
from inspector.domain.strict import is_count, is_text


def heard(commitment: Commitment, record: Mapping[str, object], witness: Witness | None, *, drawn: bool) -> list[AuditLine]:
    """What has to be said of a draw that its record calls void. `drawn`: its result is there; of any other the stop is judged, too."""
    if not is_text(record.get("void")):
        return []
    told = [AuditLine(code="draw.void_draw", facts={"reason": record["void"]})]
    if names := signed(record):
        told.append(AuditLine(code="draw.void_by", facts={"names": ", ".join(names)}))
    if lacks := wanting(commitment, record, drawn=drawn):
        told.append(AuditLine(code="draw.void_lacks", facts={"lacks": ", ".join(lacks)}, grave=True))
    return told if drawn else [*told, _stopped(commitment, record, witness)]


def signed(record: Mapping[str, object]) -> tuple[str, ...]:
    """Who signed that it be void, as the record tells it; in a public one by a mark in the place of the name."""
    names = record.get("signed")
    return tuple(filter(is_text, names)) if isinstance(names, list) else ()


def wanting(commitment: Commitment, record: Mapping[str, object], *, drawn: bool) -> tuple[str, ...]:
    """The fields that a lawful void writes and this record lacks, or has in a form that says nothing.

    Nobody signs where a part of the seed lacked (ruling 12); once the result is there, only two persons make a draw void.
    """
    at, made, names = moment(record.get("voided_at")), moment(commitment.made), record.get("signed")
    two = isinstance(names, list) and len(names) == 2 and len({"".join(one.split()).lower() for one in signed(record)}) == 2
    right = {
        "draw": "draw" in record,
        "w": "w" in record,
        "voided_at": at is not None and made is not None and at >= made,
        "signed": two or (not drawn and bool(_lacked(commitment, record))),
    }
    return tuple(name for name, holds in right.items() if not holds)


def _stopped(commitment: Commitment, record: Mapping[str, object], witness: Witness | None) -> AuditLine:
    """What cannot be ruled out of a draw without a result: grave, unless all dates lie behind the void, or the rule has made it."""
    if parties := _lacked(commitment, record):
        return AuditLine(code="draw.stopped_withheld", facts={"parties": ", ".join(parties)})
    at, outside = moment(record.get("voided_at")), witness.seed_at if witness is not None else None
    first = min(filter(None, (commitment.known, outside, moment(record.get("seeded_at")))), default=None)
    if at is not None and first is not None and at >= first:
        return AuditLine(code="draw.stopped_late", facts={"at": at.isoformat(), "known": first.isoformat()}, grave=True)
    if at is None or (outside is None and not any(ahead(source, at) for source in commitment.sources)):
        return AuditLine(code="draw.stopped_unknown", grave=True)  # the house's own date of its seed only counts against it
    return AuditLine(code="draw.stopped_dated", facts={"at": at.isoformat()})


def _lacked(commitment: Commitment, record: Mapping[str, object]) -> list[str]:
    """Whose parts lacked, by their places in the commitment's seed; nobody where these say nothing."""
    places, sources = record.get("lacked"), commitment.sources
    if not isinstance(places, list) or not all(is_count(one) and one < len(sources) for one in places):
        return []
    return [str(sources[one].get("what") or sources[one].get("party") or sources[one]["kind"]) for one in places]
