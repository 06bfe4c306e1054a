"""What whoever reads a draw states of it, from hands outside: times, an authority, the hash of what followed. A slip accuses nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from inspector import beacons
from inspector.domain.errors import Invalid
from inspector.domain.seed import moment
from inspector.domain.strict import HEX64, matches


def when(text: str | None, name: str) -> datetime | None:
    """A time of what has happened, as somebody typed it, with its offset. Raises Invalid (`time_unreadable`, `time_ahead`)."""
    if text is None:
        return None
    told = moment(text.strip())
    if told is None:
        raise Invalid("time_unreadable", field=name, value=text)
    if told > datetime.now(UTC):  # else a seed of next year would be later than any witness
        raise Invalid("time_ahead", field=name, value=text)
    return told


def believed(file: Path | None) -> str | None:
    """The SHA-256 of the certificate in a PEM file. Raises Invalid (`bundle_unreadable`)."""
    if file is None:
        return None
    try:
        return beacons.fingerprint(file.read_bytes())
    except ValueError as error:
        raise Invalid("bundle_unreadable", file=str(file), problem="no_pem") from error


def hashed(text: str | None) -> str | None:
    """A SHA-256 as somebody typed it. Raises Invalid (`hash_unreadable`)."""
    if text is None:
        return None
    told = text.strip().lower()
    if not matches(HEX64, told):
        raise Invalid("hash_unreadable", value=text)
    return told
