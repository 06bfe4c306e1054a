"""A word about a request that came when it can change nothing of it any more: never lost, never an outcome by itself.

Letters cross. An agency answers a request that was called off an hour ago, refuses what it has answered, or its superior decides a day
too late. Each such word is kept on the request with who said it, when and what, is an entry of the ledger, and is shown to a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from inspector.domain.assistance import Door, Request, by_door, signed
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Refusal
from inspector.domain.said import Saying

DECIDE = "decide"
"""The common superior's word, beside the agency's (`Saying`)."""

MOST = 50
"""So many are kept of one request; whoever says more is told that nobody can read it (`words_many`)."""

_SPEAKS = frozenset({Saying.ANSWER, Saying.PARTLY, Saying.DECLINE})
_ABOUT_IT = ("at", "signer", "door", "token", "written", "scan", "came")


def beyond(request: Request, do: Saying) -> bool:
    """Whether a word of that kind comes too late to change anything. An answer or a refusal is heard also after the last date."""
    return not (request.state.hears if do in (Saying.ANSWER, Saying.DECLINE) else request.state.open)


def speaks(said: Mapping[str, object]) -> bool:
    """Whether a word says something about the claim, and so is evidence too."""
    return said["do"] in _SPEAKS


def afterword(
    request: Request, do: str, said: Mapping[str, object], now: datetime, pack: str, door: Door | None = None
) -> Decision[Request]:
    """Keep such a word: the request stays what it is. The same word again is refused: it has been kept (`word_known`).

    Raises Invalid, Refusal.
    """
    signed(str(said["signer"]), str(said["reasons"]) if "reasons" in said else None)
    told = {"do": do, **{name: value for name, value in said.items() if value != ""}, "at": now.isoformat(), **by_door(door)}
    if request.reply is not None and _said({"do": do, **request.reply}) == _said(told):
        raise Refusal("word_known", request=request.id, state=request.state)
    bounded(request, request.afterwords, told)
    because = Because(rule="assistance.again", basis=(request.basis,), pack=pack, facts=told)
    held = replace(request, afterwords=(*request.afterwords, told))
    return Decision(state=held, because=because)  # no line of history: by that the scoreboard tells who was silent to the end


def bounded(request: Request, before: Sequence[Mapping[str, object]], told: Mapping[str, object]) -> None:
    """Raise Refusal for a word that is among those before it, whoever says it again, and for more than anybody reads (`MOST`)."""
    if any(_said(one) == _said(told) for one in before):
        raise Refusal("word_known", request=request.id, state=request.state)
    if len(before) >= MOST:
        raise Refusal("words_many", request=request.id, most=MOST)


def _said(word: Mapping[str, object]) -> dict[str, object]:
    """What is said, whoever says it and by whichever way."""
    return {name: value for name, value in word.items() if name not in _ABOUT_IT and value != ""}
