"""Nothing is asked about anybody without a case and a legal basis (数据最小够用): the same for the house and for every connector."""

from __future__ import annotations

from inspector.ports import Origin, Refused


def purposeful(case_id: str, basis: str) -> None:
    """Raise Refused (`question_without_purpose`) before a byte leaves, where either is missing."""
    if not case_id.strip() or not basis.strip():
        raise Refused("question_without_purpose", origin=Origin.US, detail="case and basis are mandatory", attempts=0)
