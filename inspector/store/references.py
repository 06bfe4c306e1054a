"""By what a sender's reference is kept and found, in whichever Unicode form a system sends it."""

from __future__ import annotations

from inspector.domain.signs import composed

_LONGEST = 200  # characters of a reference's column


def found_by(reference: str) -> str:
    """How a reference is kept to be found by: in NFC, so that the table's key holds whoever sends it in which form; else as it was sent."""
    return told if len(told := composed(reference, "NFC")) <= _LONGEST else reference


def forms(reference: str) -> list[str]:
    """By what a reference may be found, the likeliest first: a former release kept it as it was sent, in NFD on some systems."""
    return list(dict.fromkeys((found_by(reference), reference, composed(reference, "NFD"))))


def sent(agency: str, sender: str, reference: str) -> tuple[str, str, str, str]:
    """The question, asked ahead, which case a sender has opened under a reference: one and the same in whichever form it is sent."""
    return "case", agency, sender, found_by(reference)
