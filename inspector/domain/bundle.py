"""What is handed over to judicial organs with a suspected crime (handbook 1.8.7)."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """The five parts of a transfer's bundle (handbook 1.8.7): letter, report, list of goods, test reports, other papers."""

    LETTER = "LETTER"
    REPORT = "REPORT"
    GOODS = "GOODS"
    TESTS = "TESTS"
    OTHER = "OTHER"
