"""Why a seat passes on in a draw of files: the closed list of grounds. That another inspector would be more convenient is none of them."""

from __future__ import annotations

from enum import StrEnum


class SeatGround(StrEnum):
    """What a line of after.jsonl gives as its reason; the words of those who say so stay in the house, bound by their digest."""

    LEAVE = "leave"
    DEPARTED = "departed"
    UNCERTIFIED = "uncertified"
    RECUSED = "recused"
    DECLINED = "declined"
