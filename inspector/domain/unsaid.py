"""What a step has to be told in words and was not: by the field of its message, and by its own name for people."""

from __future__ import annotations

from enum import StrEnum


class Unsaid(StrEnum):
    """A field of words; the value is its name in a message."""

    BASIS = "basis"
    BY = "by"
    CONTENT = "content"
    DOCUMENT = "document"
    EVIDENCE = "evidence"
    FACTS = "facts"
    LAW = "law"
    NOTICE = "notice"
    PLACE = "place"
    PROOF = "proof"
    REASON = "reason"
    REASONS = "reasons"
    RECEIPT = "receipt"
    RECORD = "record"
    RIGHTS = "rights"
    TITLE = "title"
    WAY = "way"
    WORDS = "words"
