"""The parts of a seed: what a source promises before the draw, what its part gives after (draw-protocol 7.4, 7.5, ruling 7)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from inspector.domain.errors import Invalid
from inspector.domain.frame import flaw
from inspector.domain.strict import HEX64, expect, is_count, is_text, matches, promised
from inspector.domain.suite import Suite

_SIGNATURE = re.compile(r"[0-9a-f]{96}|[0-9a-f]{192}")
_PULSE = re.compile(r"[0-9a-fA-F]{128}")


def entropy(source: object) -> int:
    """Bits a source declares: 256 for machines, a text must state its own (ruling 7). Raises Invalid for what is no source."""
    if not isinstance(source, dict):
        raise Invalid("draw_commit_invalid", field="seed", problem="a source is an object")
    match source.get("kind"):
        case "drand":
            expect(matches(HEX64, source.get("chain")), "seed.chain", "64 lower-case hex")
            expect(is_count(source.get("round")) and source["round"] >= 1, "seed.round", "a plain integer from 1")
        case "nist":
            expect(is_text(source.get("time")), "seed.time", "the time of the pulse is required")
            expect(is_count(source.get("chain", 0)), "seed.chain", "a plain integer")
        case "reveal":
            expect(matches(HEX64, source.get("hash")), "seed.hash", "64 lower-case hex")
        case "text":
            expect(is_text(source.get("what")), "seed.what", "what will be thrown or drawn is required")
        case kind:
            expect(False, "seed.kind", f"{kind!r} is unknown")
    bits = source.get("bits", 0 if source["kind"] == "text" else 256)
    expect(is_count(bits), "seed.bits", "a plain integer")
    return int(bits)


def value(source: Mapping[str, object], part: Mapping[str, object], suite: Suite) -> str:
    """One part's text for the seed, checked against what its source promised. Raises Invalid (`draw_seed_invalid`).

    That a beacon signed what the part holds is for a verifier with the beacon's key; `draw.verify` says that it did not check.
    """
    kind = str(source["kind"])
    promised(part.get("kind") == kind, kind, f"the part is a {part.get('kind')}")
    if kind == "reveal":
        return _reveal(source, part, suite)
    return {"drand": _drand, "nist": _nist, "text": _text}[kind](source, part)


def _drand(source: Mapping[str, object], part: Mapping[str, object]) -> str:
    promised(part.get("round") == source["round"], "drand", "another round than the promised one")
    signature = part.get("signature")
    promised(matches(_SIGNATURE, signature), "drand", "the signature is 96 or 192 lower-case hex")
    return hashlib.sha256(bytes.fromhex(str(signature))).hexdigest()


def _nist(source: Mapping[str, object], part: Mapping[str, object]) -> str:
    pulse = part.get("pulse")
    if not isinstance(pulse, Mapping):
        raise Invalid("draw_seed_invalid", kind="nist", problem="a pulse is required")
    # A beacon asked for a time may answer with the next closest pulse.
    promised(pulse.get("timeStamp") == source["time"], "nist", "another time than the promised one")
    promised("chain" not in source or pulse.get("chainIndex") == source["chain"], "nist", "another chain than the promised one")
    promised(matches(_PULSE, pulse.get("outputValue")), "nist", "the output value is 128 hex")
    return str(pulse["outputValue"]).lower()


def _reveal(source: Mapping[str, object], part: Mapping[str, object], suite: Suite) -> str:
    nonce = part.get("nonce")
    holds = matches(HEX64, nonce) and suite.hex(f"ssj1/nonce\n{nonce}") == source["hash"]
    promised(holds, "reveal", "the nonce does not hash to the promise")
    return str(nonce)


def _text(_: Mapping[str, object], part: Mapping[str, object]) -> str:
    text = part.get("text")
    holds = isinstance(text, str) and text != "" and "+" not in text and text == " ".join(text.split()) and flaw(text) is None
    seen = holds and all(unicodedata.category(char) != "Cc" for char in str(text))
    promised(seen, "text", "NFC, single spaces only, no '+', no control character")
    return str(text)
