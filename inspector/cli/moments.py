"""Moments as they are typed: with their offset, or as the office's clock has it."""

from __future__ import annotations

from datetime import datetime, tzinfo

MOMENTS = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
"""The forms that an option takes."""


def zoned(at: datetime | None, zone: tzinfo) -> datetime | None:
    """A moment in the office's zone where none was typed with it; None where nothing was."""
    return at.replace(tzinfo=zone) if at is not None and at.tzinfo is None else at
