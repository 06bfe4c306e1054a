"""The messages of draws, to parties of the seed and to witnesses, and the sign of life; see `wire`."""

from __future__ import annotations

import hashlib

from connectors.pulses.http import HttpPulse
from connectors.seeds.reveal import RevealSeed
from connectors.witness.http import HttpWitness
from inspector.ports import Typed
from tests.wire import LATER, RECEIPT, Exchange

NONCE = "ab" * 32
HASH = hashlib.sha256(f"ssj1/nonce\n{NONCE}".encode()).hexdigest()
W = "c3" * 32
DRAW = "bureau-2026-0001"
FIGURES = (Typed(by="dice", figures="3 1 4 1 5 6"),)
PROMISED = {"kind": "reveal", "party": "justice", "hash": HASH}

PROMISE = Exchange(
    name="promise",
    title="The promise of a secret for a draw",
    about="To `path_promise`, before the draw is announced. Throw a secret of 32 random bytes for this draw alone, write it down as 64 "
    'lower-case hex digits (the nonce), keep it, and answer `SHA-256("ssj1/nonce\\n" + nonce)` in hex (with `suite = "sm3"`: SM3). '
    "The same draw asked again has the same answer.",
    connector=RevealSeed,
    call=lambda held: held.promise(DRAW, key=f"draw.promise:{DRAW}:justice"),
    sent={"draw": "number of the draw"},
    reply={"hash": HASH},
    told={"hash": "64 lower-case hex digits"},
    others=({"hash": "ABC"}, {}),
    fates={
        "Unavailable": LATER.format(
            until="the pack's date for promises", then="the draw is void in your name, the next one goes without you"
        ),
        "Refused": "as Unavailable: you may think better of it until then, and the answer may have been another server's",
        "Garbled": "as Unavailable: it may be put right until then",
    },
    demo="/justice/promise",
)
REVEAL = Exchange(
    name="reveal",
    title="The secret revealed",
    about="To `path_reveal`, after the announcement, and when the figures of all ceremonies are settled. Answer 202 while you do not want "
    "to reveal yet: it is asked again and costs nothing until the last moment for reveals. Reveal only when you hold your own copy of the "
    "minutes and the figures are those in it. The first `w` and the first figures you are told for a draw stand: answer others with 409, "
    "or whoever has a copy of the records could ask for your nonce with any figures and then choose the figures by it.",
    connector=RevealSeed,
    call=lambda held: held.reveal(DRAW, PROMISED, FIGURES, key=f"draw.reveal:{DRAW}:justice", w=W),
    sent={
        "draw": "number of the draw",
        "w": "the commitment's witness value, 64 hex digits: your nonce serves this commitment and no other; the witness holds it too",
        "figures.dice": "the settled figures of each ceremony, by its name: compare them with what was thrown, and withhold the "
        "nonce where they differ; `figures` is left out where there is no ceremony",
    },
    reply={"nonce": NONCE},
    told={"nonce": "the secret that hashes to your promise: 64 lower-case hex digits"},
    others=({"nonce": "cd" * 32},),
    fates={
        "Unavailable": LATER.format(until="the last moment for reveals", then="the draw is void in your name"),
        "Refused": "as Unavailable; after 401, 403, 404 or 409 you are said to have turned us away, by whose doing nobody can tell",
        "Garbled": "as Unavailable; a nonce that does not hash to the promise is found out, and no draw is run on it",
    },
    demo="/justice/reveal",
)
WITNESS = Exchange(
    name="witness",
    title="A value to be kept by a witness",
    about="To your `url` (+ `path`), before the seed exists. Keep the value with the moment it came, and show both to whoever "
    "asks. The first value of a draw stands: answer another one with 409.",
    connector=HttpWitness,
    call=lambda held: held.lodge(DRAW, W, key=f"draw.lodge:{DRAW}"),
    sent={
        "draw": "number of the draw",
        "value": "W, 64 hex digits: it stands for the frozen registers and rules and says nothing of them",
    },
    reply={"receipt": "N-00001", "at": "2026-03-02T10:00:00+08:00"},
    told=RECEIPT | {"at": "when you took it (ISO 8601); left out or null: the office's own time of hearing so is noted"},
    others=({"receipt": "N-00001"}, {"ok": True}),
    fates={
        "Unavailable": LATER.format(
            until="the seed's moment, or, where no beacon is named, `engine.retry_tries` times",
            then="a person is told that no witness proves the draw's time",
        ),
        "Refused": "a person is told that no witness proves the draw's time; the draw goes on",
        "Garbled": "likewise",
    },
    demo="/notary",
)
PULSE = Exchange(
    name="pulse",
    title="A sign of life",
    about="To the dead-man's switch, every 15 seconds while the house lives. No body. What wakes people is that none comes.",
    connector=HttpPulse,
    call=lambda held: held.beat(),
    sent={},
    reply=None,
    told={},
    fates={
        "Unavailable": "logged once (`pulse.failed`) and said on the ops page; the next beat is a new message",
        "Refused": "likewise",
        "Garbled": "does not happen: a 2xx is enough",
    },
    demo="/deadman",
)

DRAWS = (PROMISE, REVEAL, WITNESS, PULSE)
