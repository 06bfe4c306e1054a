"""What an agency has in a visit that several may have drawn: the stratum of its list, and whether chance alone chose it there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """In which stratum of its list an agency has drawn the object of a visit; `sampled`: chance alone chose it there."""

    agency: str
    stratum: str
    sampled: bool
