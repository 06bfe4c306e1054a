"""The parts of a seed: what a source promises before the draw, what its part gives after (draw-protocol 7.4, 7.5, ruling 7)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from inspector.domain.beacon import CHAINS
from inspector.domain.ceremony import Form, form_of
from inspector.domain.errors import Invalid
from inspector.domain.frame import flaw
from inspector.domain.strict import HEX64, expect, is_count, is_text, matches, promised
from inspector.domain.suite import Suite

_SIGNATURE = re.compile(r"[0-9a-f]{96}|[0-9a-f]{192}")
_PULSE = re.compile(r"[0-9a-fA-F]{128}")
_MOMENT = re.compile(
    r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def entropy(source: object) -> int:
    """Bits a source declares: 256 for machines, a text must state its own (ruling 7). Raises Invalid for what is no source."""
    if not isinstance(source, dict):
        raise Invalid("draw_commit_invalid", field="seed", problem="source_object")
    match source.get("kind"):
        case "drand":
            expect(matches(HEX64, source.get("chain")), "seed.chain", "hex64")
            expect(is_count(source.get("round")) and source["round"] >= 1, "seed.round", "count_from_1")
        case "nist":
            expect(is_text(source.get("time")), "seed.time", "pulse_time")
            expect(is_count(source.get("chain", 0)), "seed.chain", "count")
        case "reveal":
            expect(matches(HEX64, source.get("hash")), "seed.hash", "hex64")
            expect("party" not in source or is_text(source["party"]), "seed.party", "party_text")
        case "text":
            expect(is_text(source.get("what")), "seed.what", "what")
        case kind:
            expect(False, "seed.kind", "unknown_kind", value=kind)
    bits = source.get("bits", 0 if source["kind"] == "text" else 256)
    expect(is_count(bits), "seed.bits", "count")
    return int(bits)


def refuse_vague(source: Mapping[str, object]) -> None:
    """What ruling 7 asks of a source that we promise ourselves, and that a text's form, if stated, holds its bits. Raises Invalid.

    `entropy` reads sources without it, for commitments made before that ruling lie in the record (vector 3 names no chain,
    vector 2 states no bits): a text without bits counts nothing, and the verdict says aloud that a chain was not named.
    """
    expect(source.get("kind") != "nist" or "chain" in source, "seed.chain", "nist_chain")
    expect(source.get("kind") != "text" or "bits" in source, "seed.bits", "text_bits")
    answerable = source.get("kind") != "reveal" or is_promise(source.get("hash"))
    expect(answerable, "seed.hash", "hash_of_nobody")
    form_of(source)
    expect(overstated(source) is None, "seed.bits", "overstated", most=overstated(source))


def is_promise(told: object) -> bool:
    """Whether a party may have made this hash of a nonce: 64 times one digit is typed, and the draw would never be carried out."""
    return isinstance(told, str) and matches(HEX64, told) and len(set(told)) > 1


def pinned(source: Mapping[str, object]) -> bool:
    """Whether a beacon's value can be held to a key that was known before: else whoever draws could write any, and it holds no chance.

    So it is of drand's pinned chains, and of a NIST-format source that names its authority. Of what is no beacon nothing is asked.
    """
    match source.get("kind"):
        case "drand":
            return str(source.get("chain")) in CHAINS
        case "nist":
            return "ca" in source
        case _:
            return True


def spare(sources: Sequence[Mapping[str, object]], own: Collection[int] = ()) -> int:
    """The bits that nobody holds alone: those of all sources without whichever one party's secrets hold the most (ruling 19).

    `own` are the places of the secrets that the drawer makes, all one party's. Whoever knows the rest could announce until the
    outcome pleases, so a seed needs as much without any one party as it needs in all. Raises Invalid for what is no source.
    """
    secrets = Counter[str]()
    for place, source in enumerate(sources):
        if source.get("kind") == "reveal":
            secrets["own" if place in own else f"party {source.get('party', '')}"] += entropy(source)
    return sum(map(entropy, sources)) - max(secrets.values(), default=0)


def public(source: Mapping[str, object]) -> bool:
    """Whether everybody can look a source's part up: a beacon's, or a lottery's in the publication that the source names."""
    held = form(source)
    return source.get("kind") in ("drand", "nist") or (held is not None and bool(held.balls) and is_text(source.get("official")))


def form(source: Mapping[str, object]) -> Form | None:
    """The form a text states; None where it states none, or one that somebody else invented."""
    try:
        return form_of(source)
    except Invalid:
        return None


def overstated(source: Mapping[str, object]) -> int | None:
    """How many bits a text's figures can hold when it declares more than that; None when it does not, or states no form."""
    held = form(source)
    return held.bits if held is not None and entropy(source) > held.bits else None


def mark(source: Mapping[str, object]) -> str | None:
    """By what it is known that a source was used before: its hash, its round, its pulse; None for a text, known by its figures."""
    match source.get("kind"):
        case "reveal":
            return f"reveal:{source.get('hash')}"
        case "drand":
            return f"drand:{source.get('chain')}:{source.get('round')}"
        case "nist":
            return f"nist:{source.get('chain')}:{source.get('time')}"
        case _:
            return None


def moment(text: object) -> datetime | None:
    """A time with its offset (RFC 3339), as texts of a bundle tell it; None for anything else."""
    try:
        return datetime.fromisoformat(str(text)) if matches(_MOMENT, text) else None
    except ValueError:  # a day that no month has
        return None


def known_at(source: Mapping[str, object]) -> datetime | None:
    """When a source becomes known, by what the commitment says of it; None for a ceremony, a reveal, a chain that is not pinned."""
    if source["kind"] == "nist":
        return moment(source["time"])
    chain = CHAINS.get(str(source.get("chain")))
    if source["kind"] != "drand" or chain is None:
        return None
    return chain.time_of(int(str(source["round"])))


def ahead(source: Mapping[str, object], now: datetime) -> bool:
    """Whether a beacon is still to speak, by what the commitment says of it: whatever is told of it now is invented.

    A round of a pinned chain that lies beyond the calendar is to come like any other.
    """
    at = known_at(source)
    return at > now if at is not None else source["kind"] == "drand" and str(source.get("chain")) in CHAINS


def value(source: Mapping[str, object], part: Mapping[str, object], suite: Suite) -> str:
    """One part's text for the seed, checked against what its source promised. Raises Invalid (`draw_seed_invalid`).

    That a beacon signed what the part holds is `inspector.beacons`' affair.
    """
    kind = str(source["kind"])
    promised(part.get("kind") == kind, kind, "other_kind", given=part.get("kind"))
    if kind == "reveal":
        return _reveal(source, part, suite)
    return {"drand": _drand, "nist": _nist, "text": _text}[kind](source, part)


def _drand(source: Mapping[str, object], part: Mapping[str, object]) -> str:
    round_ = part.get("round")
    promised(is_count(round_) and round_ == source["round"], "drand", "other_round")
    promised(part.get("chain", source["chain"]) == source["chain"], "drand", "other_chain")
    signature = part.get("signature")
    promised(matches(_SIGNATURE, signature), "drand", "signature_form")
    return hashlib.sha256(bytes.fromhex(str(signature))).hexdigest()


def _nist(source: Mapping[str, object], part: Mapping[str, object]) -> str:
    pulse = part.get("pulse")
    if not isinstance(pulse, Mapping):
        raise Invalid("draw_seed_invalid", kind="nist", problem="pulse_missing")
    # A beacon asked for a time may answer with the next closest pulse.
    promised(pulse.get("timeStamp") == source["time"], "nist", "other_time")
    promised(_of_chain(source, pulse), "nist", "other_chain")
    promised(matches(_PULSE, pulse.get("outputValue")), "nist", "output_form")
    return str(pulse["outputValue"]).lower()


def _of_chain(source: Mapping[str, object], pulse: Mapping[str, object]) -> bool:
    index = pulse.get("chainIndex")
    return "chain" not in source or (is_count(index) and index == source["chain"])


def _reveal(source: Mapping[str, object], part: Mapping[str, object], suite: Suite) -> str:
    nonce = part.get("nonce")
    party = source.get("party") or "?"
    promised(matches(HEX64, nonce), "reveal", "nonce_form", party=party)
    holds = suite.hex(f"ssj1/nonce\n{nonce}") == source["hash"]
    promised(holds, "reveal", "other_nonce", party=party, suite=suite.name)
    return str(nonce)


def _text(source: Mapping[str, object], part: Mapping[str, object]) -> str:
    text = part.get("text")
    holds = isinstance(text, str) and text != "" and "+" not in text and text == " ".join(text.split()) and flaw(text) is None
    seen = holds and all(unicodedata.category(char) != "Cc" for char in str(text))
    promised(seen, "text", "text_form")
    held = form(source)
    promised(held is None or _fits(held, str(text)), "text", "figures_form")
    return str(text)


def _fits(held: Form, text: str) -> bool:
    try:
        return held.figures(text) == text
    except Invalid:
        return False
