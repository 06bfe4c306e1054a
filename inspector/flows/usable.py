"""What comes out of a connector is looked at before it is believed: a package of others may break its port's promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from inspector.ports import Answer, AnswerStatus, Garbled, Provenance, Rating

LONGEST, LONGEST_CODE, LONGEST_LEVEL = 4_000, 200, 100
"""Characters of a value or a version, of a note, which is a code, and of a level; what is longer is none."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[A-Z0-9._-]{1,10}")
"""A short code of the other side's; what is longer or in other letters may be anybody's name or number, and is not kept."""


def usable(answer: object) -> Answer:
    """An answer that keeps to its port. Raises Garbled (`answer_unusable`), whose detail names the part that does not.

    What is no such answer says nothing about the subject, whatever it would mean.
    """
    if not isinstance(answer, Answer):
        raise _unusable("no answer", None)
    for part, fine in _parts(answer):
        if not fine:
            raise _unusable(part, answer.provenance)
    return answer


def rated(rating: object) -> Rating:
    """A rating that keeps to its port. Raises Garbled (`answer_unusable`)."""
    if not isinstance(rating, Rating):
        raise _unusable("no rating", None)
    level, at = rating.level, rating.as_of
    for part, fine in (
        ("level", level is None or _word(level, LONGEST_LEVEL)),
        ("as_of", _moment(at)),
        *_origin(rating.provenance),
    ):
        if not fine:
            raise _unusable(part, rating.provenance)
    return rating


def spoken(error: Garbled) -> tuple[str, str, str]:
    """What may be kept of an answer that nobody understands: the digests of question and reply, and their code where it is a short one."""
    request, reply = (one if _digest(one) else "" for one in (error.sent, error.digest))
    return request, reply, error.said if _word(error.said, 10) and _CODE.fullmatch(error.said) else ""


def _parts(answer: Answer) -> Iterator[tuple[str, bool]]:
    """Each part of an answer, and whether it is what the port says."""
    yield "status", isinstance(answer.status, AnswerStatus)
    yield "value", answer.value is None or _word(answer.value, LONGEST)
    yield "note", _word(answer.note, LONGEST_CODE)
    yield "clock", answer.clock is None or isinstance(answer.clock, timedelta)
    yield from _origin(answer.provenance)


def _origin(told: object) -> Iterator[tuple[str, bool]]:
    if not isinstance(told, Provenance):
        yield "provenance", False
        return
    yield "asked_at", _moment(told.asked_at, needed=True)
    yield "as_of", _moment(told.as_of)
    yield "source_version", _word(told.source_version, LONGEST)
    yield "digests", _digest(told.request_digest) and _digest(told.reply_digest)
    yield "attempts", type(told.attempts) is int and told.attempts >= 0


def _word(text: object, longest: int) -> bool:
    """Whether it is text that every database keeps: no NUL, no half a character."""
    if not isinstance(text, str) or len(text) > longest or "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _digest(told: object) -> bool:
    """Whether it is a SHA-256 in hex."""
    return isinstance(told, str) and _DIGEST.fullmatch(told) is not None


def _moment(at: object, *, needed: bool = False) -> bool:
    """A moment with its offset, or None where it is not `needed`."""
    return (at is None and not needed) or (isinstance(at, datetime) and at.utcoffset() is not None)


def _unusable(part: str, told: object) -> Garbled:
    sent, came = (told.request_digest, told.reply_digest) if isinstance(told, Provenance) else ("", "")
    digest, request = (one if _digest(one) else "" for one in (came, sent))
    return Garbled("answer_unusable", digest=digest, detail=part, sent=request)
