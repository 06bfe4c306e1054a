"""A letter as people read it: in one language, whole, for channels that are read and not parsed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`title` and `body` without the link; `how` to answer, with it; the lines of the `slip` to fill in, below `slip_title`.

    `known`: the slip's lines that are filled in already, by which an answer is known, with `{code}` for the reply code; `marks`: what
    its frame is called in a mail (the letter's head, the frame's beginning and its end; `domain.slip`).

    `brief`: what is asked and its link, in a digest. `counted`: how the letter's date was counted, `effect`: what the answer will do
    to the case, `silence`: what comes of it if none comes; all stand in `body`, too, empty in a letter that tells no date, or asks for
    nothing, and None where a release before these has worded it: each try of a letter says the same. So is `requester`, who asks, by name.

    `posted`: for paper alone, whose day of posting nobody knows who words it: a line for that day, and what it does to the letter's date.

    Empty for a letter that nobody has worded: programs read its fields.
    """

    language: str = "zh-Hans"
    title: str = ""
    body: str = ""
    how: str = ""
    brief: str = ""
    slip: tuple[str, ...] = ()
    slip_title: str = ""
    known: tuple[str, ...] = ()
    marks: tuple[str, str, str] = ("", "", "")
    counted: str | None = None
    effect: str | None = None
    silence: str | None = None
    requester: str | None = None
    posted: str | None = None
