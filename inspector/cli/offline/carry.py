"""The seed comes in and the draw is carried out: once. The same seed again gives the same files, another one is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from inspector import beacons
from inspector.beacons import Signed
from inspector.cli.bundle import RECORD, UNCHECKED, Bundle, frames_of, json_object, registers, signed, unheld, void_of
from inspector.cli.offline import beside, folder, papers
from inspector.cli.offline.spool import tickets
from inspector.cli.progress import Advance
from inspector.cli.words import unsaid
from inspector.domain import voidrecord
from inspector.domain.audit import AuditLine
from inspector.domain.calendar import SHANGHAI
from inspector.domain.commitment import LEAST_BITS, Commitment, join
from inspector.domain.commitment import read as read_commitment
from inspector.domain.draw import Result, carry_out
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.seed import ahead, form, known_at, spare
from inspector.domain.verify import unchecked as untold

SEED, RESULT, COMMIT = "seed.json", "result.json", "commit.json"
_UNSURE = {
    Signed.NO_LIBRARY: "draw_seed_unchecked_library",
    Signed.INCOMPLETE: "draw_seed_unchecked_incomplete",
    Signed.NOT_PINNED: "draw_seed_unchecked_key",
}
_DIGITS = re.compile("[0-9a-fA-F]{64}")
_BARE = re.compile(r"(?:text[ :：]+)?(?P<figures>[0-9]{1,4}(?:[\s,，、;；]+[0-9]{1,4})*)\s*")
"""Figures of a ceremony that nothing says to be such."""
_SECRET = re.compile(r"\b[0-9a-f]{64}\b")
Part = Mapping[str, Any]
Ask = Callable[[Mapping[str, object]], Part | None]
"""Asks people for a source's part; None: nobody is there to ask."""


class DiffersError(Exception):
    """What lies in the folder is not what was committed to; `error` names it."""

    def __init__(self, error: Invalid) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The result, whether the files were there already, and what is to be said aloud of the seed."""

    commitment: Commitment
    result: Result
    again: bool
    remarks: tuple[AuditLine, ...] = ()


def carry(
    where: Path,
    told: Sequence[str],
    ask: Ask,
    begins: Callable[[str], Advance],
    now: datetime,
    *,
    large: bool = False,
    unchecked: bool = False,
) -> Carried:
    """Carry out the draw of a folder; `large`: hold no register of objects, whatever its size.

    A beacon's part counts only once its beacon has spoken, by the clock (`now`), and its signature holds: else any value could be
    invented, until the result pleases. `unchecked`: one whose signature cannot be checked here is taken all the same; the seed
    records it, and verifiers say it aloud.

    Raises Invalid for a seed that its sources did not promise, that lacks a part or that no beacon has signed, Refusal
    (`draw_carried_out`) when the draw has another seed or result already, (`draw_seed_used`) its figures chose in a draw beside it, or
    (`draw_is_void`) two persons made it void, DiffersError when the frozen bytes have changed, OSError.
    """
    if not (where / COMMIT).is_file():
        raise Invalid("bundle_incomplete", folder=str(where), file=COMMIT)
    with folder.held(where):
        files, huge = Bundle.files_of(where, large=large)
        bundle = Bundle(files=files, large=huge)
        commitment, record = _committed(where, bundle)
        earlier = _earlier(bundle, commitment)
        parts = earlier if earlier is not None and not told else collect(commitment, told, ask)
        if earlier is None:
            _refuse_unfit(commitment, parts)
        seed = join(commitment, parts)
        if earlier is None:
            beside.refuse_thrown(where, parts)
        if earlier is not None and join(commitment, earlier) != seed:
            raise Refusal("draw_carried_out", draw=commitment.number, file=SEED)
        held = bundle.files.get(RESULT)
        if held is None:
            parts = [_believed(*pair, now, unchecked=unchecked) for pair in zip(commitment.sources, parts, strict=True)]
            _refuse_alone(commitment, parts)
        result = _carried(bundle, commitment, parts, begins)
        if held is not None and held != result.content():
            raise Refusal("draw_carried_out", draw=commitment.number, file=RESULT)
        # The seed first: from then on, whatever happens to us, there is no other result.
        if earlier is None:
            folder.add(where, SEED, _seed(commitment, parts))
        if held is None:
            folder.add(where, RESULT, result.content())
        signatures, wrong = signed(commitment, parts, None, now)
        remarks = (*wrong, *untold(commitment, signatures))
        if _unsigned(commitment, record):
            remarks = (
                AuditLine(code="draw.void_unsigned", facts={"file": RECORD, "reason": record["void"]}, grave=True),
                *remarks,
            )
        return Carried(commitment=commitment, result=result, again=held is not None, remarks=remarks)


def _committed(where: Path, bundle: Bundle) -> tuple[Commitment, Mapping[str, object]]:
    """(the commitment, the folder's record), if the folder's own paper for the witness has its value and no two persons made it void.

    Raises as `carry` does.
    """
    commitment = read_commitment(bundle.files[COMMIT])
    if papers.other(where, commitment):
        raise DiffersError(Invalid("draw_paper_other", file=papers.WITNESS, w=commitment.w))
    told = Bundle.record_in(where, commitment)
    reason, names = void_of(told)
    if reason and not _unsigned(commitment, told):
        raise Refusal("draw_is_void", draw=commitment.number, reason=reason, by=", ".join(names))
    return commitment, told


def _unsigned(commitment: Commitment, told: Mapping[str, object]) -> bool:
    """Whether a record calls the draw void and nobody has signed that: anybody could stop a draw for ever by writing such a line."""
    return void_of(told)[0] != "" and "signed" in voidrecord.wanting(commitment, told, drawn=False)


def collect(commitment: Commitment, told: Sequence[str], ask: Ask) -> list[Part]:
    """The parts in the order of the sources, from what was given with `--seed`; what lacks is asked for. Raises Invalid."""
    left = [_part(word) for word in told if not _is_file(word)]
    for word in told:
        if _is_file(word):
            if not _there(word) and (figures := _BARE.fullmatch(word)) is not None:
                raise Invalid("draw_seed_bare", figures=figures["figures"])
            if unsaid(word) != word and not _there(word):  # a secret is no name of a file, and is not repeated as one
                raise Invalid("draw_seed_unreadable", given=unsaid(word)[:80])
            left += _parts(commitment, word, Path(word).read_bytes())
    parts = []
    for source in commitment.sources:
        found = next((one for one in left if one[0] == _meant(source)), None)
        if found is not None:
            left.remove(found)
        part = found[1] if found is not None else ask(source)
        if part is None and left:
            given = ", ".join(name for name, _ in left)
            raise Invalid("draw_seed_stranger", given=given, source=named(source), option=option(source))
        if part is None:
            raise Invalid("draw_seed_missing", source=named(source), option=option(source))
        parts.append(_typed(source, part))
    if left:
        raise Invalid("draw_seed_surplus", given=", ".join(name for name, _ in left))
    return parts


def option(source: Mapping[str, object]) -> str:
    """How a source's part is given on the command line."""
    match source["kind"]:
        case "text":
            return '--seed text="3 5 1 …"'
        case "reveal":
            return f"--seed reveal:{source.get('party', '')}=64HEX"
        case "drand":
            return f"--seed drand={source['round']}:HEX"
        case _:
            return "--seed nist=pulse.json"


def named(source: Mapping[str, object]) -> str:
    """A source for people."""
    told = str(source.get("what") or source.get("party") or source.get("round") or source.get("time"))
    return told if source["kind"] in ("text", "reveal") else f"{source['kind']} {told}"


def _carried(bundle: Bundle, commitment: Commitment, parts: Sequence[Part], begins: Callable[[str], Advance]) -> Result:
    try:
        raw = registers(bundle, commitment, set())
        frames = frames_of(commitment, raw, begins)
        with tickets(unheld(raw), commitment.suite) as beside:
            return carry_out(commitment, frames, parts, begins, beside)
    except Invalid as error:  # the seed was joined before, so it is the registers
        if error.code == "bundle_incomplete":
            raise
        raise DiffersError(error) from error


def _believed(source: Mapping[str, object], part: Part, now: datetime, *, unchecked: bool) -> Part:
    """A part that counts, with the note that it was taken unchecked where it was.

    Raises Invalid: `beacon_ahead`, `beacon_wrong`, `draw_seed_unchecked_…`.
    """
    if source["kind"] not in ("drand", "nist"):
        return part
    bare = {name: value for name, value in part.items() if name != UNCHECKED}
    if ahead(source, now):
        at = known_at(source)
        raise Invalid(
            "beacon_ahead",
            source=named(source),
            at=at.astimezone(SHANGHAI).isoformat() if at else "—",
            now=now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        )
    found = beacons.check(source, bare)
    if found is Signed.WRONG:
        raise Invalid("beacon_wrong", kind=source["kind"])
    if found is Signed.HOLDS:
        return bare
    if not unchecked:
        raise Invalid(_UNSURE[found], source=named(source), extra=beacons.EXTRA)
    return {**bare, UNCHECKED: True}


def _refuse_alone(commitment: Commitment, parts: Sequence[Part]) -> None:
    """Values that nobody could check hold no chance, for whoever gives them could try: the other sources must hold enough.

    Raises Invalid (`draw_unchecked_alone`).
    """
    pairs = list(zip(commitment.sources, parts, strict=True))
    taken = [source for source, part in pairs if part.get(UNCHECKED) is True]
    kept = [{**source, "bits": 0} if part.get(UNCHECKED) is True else source for source, part in pairs]
    if taken and (left := spare(kept)) < LEAST_BITS:
        raise Invalid("draw_unchecked_alone", source=", ".join(map(named, taken)), bits=left, least=LEAST_BITS)


def _typed(source: Mapping[str, object], part: Part) -> Part:
    """Figures as the protocol has them: full-width ones and blanks too many are forgiven, as where two people type (`Form.figures`).

    Raises Invalid (`ceremony_figures_unfit`).
    """
    held, text = form(source), part.get("text")
    return {**part, "text": held.figures(text)} if held is not None and isinstance(text, str) else part


def _refuse_unfit(commitment: Commitment, parts: Sequence[Part]) -> None:
    """Figures of another form than was promised, told by what was wanted. Raises Invalid (`ceremony_figures_unfit`)."""
    for source, part in zip(commitment.sources, parts, strict=True):
        held = form(source)
        if held is not None and isinstance(text := part.get("text"), str):
            held.figures(text)


def _earlier(bundle: Bundle, commitment: Commitment) -> list[Part] | None:
    """The parts of a seed that is there already. Raises Invalid for one that cannot be read, Refusal for a result without one."""
    if SEED in bundle.files:
        return [part for _, part in _parts(commitment, SEED, bundle.files[SEED])]
    if RESULT in bundle.files:
        raise Refusal("draw_carried_out", draw=commitment.number, file=RESULT)
    return None


def _seed(commitment: Commitment, parts: Sequence[Part]) -> bytes:
    return json.dumps({"commit": commitment.c, "parts": list(parts)}, ensure_ascii=False, separators=(",", ":")).encode()


def _is_file(word: str) -> bool:
    return "=" not in word


def _part(word: str) -> tuple[str, Part]:
    """(what it answers, the part) of one `--seed`."""
    name, _, value = word.partition("=")
    kind, _, party = name.partition(":")
    match kind:
        case "text" if not party:
            return name, {"kind": "text", "text": value}
        case "reveal" if party:
            return name, {"kind": "reveal", "nonce": _nonce(party, value)}
        case "drand" if not party:
            round_, _, signature = value.partition(":")
            if round_.isascii() and round_.isdecimal() and len(round_) < 19:
                return f"drand {int(round_)}", {"kind": "drand", "round": int(round_), "signature": signature}
        case "nist" if not party:
            given = json_object(value, Path(value).read_bytes())
            return name, beacons.part({"kind": "nist"}, given if "pulse" in given else {"pulse": given})
    raise Invalid("draw_seed_unreadable", given=unsaid(word)[:80])


def _nonce(party: str, value: str) -> str:
    """A party's secret as it is, or out of a file: the paper that `announce` made of it, or the secret alone.

    Raises Invalid (`draw_nonce_unreadable`), which never repeats what was given: it may be the secret with something about it.
    """
    if _DIGITS.fullmatch(value):
        return value.lower()  # it is the same secret, however it was typed
    file, found = Path(value), set[str]()
    with suppress(OSError, ValueError):  # no name of a file at all is told as such
        found = {*_SECRET.findall(file.read_text(encoding="utf-8"))}
    if len(found) != 1:
        raise Invalid("draw_nonce_unreadable", party=party)
    return found.pop()


def _there(word: str) -> bool:
    with suppress(OSError):  # too long for any name
        return Path(word).is_file()
    return False


def _meant(source: Mapping[str, object]) -> str:
    """What the part of a source is called on the command line; whether it is what the source promised is for the protocol to say."""
    kind = str(source["kind"])
    return {"reveal": f"reveal:{source.get('party', '')}", "drand": f"drand {source.get('round')}"}.get(kind, kind)


def _parts(commitment: Commitment, name: str, content: bytes) -> list[tuple[str, Part]]:
    """The parts of a seed.json, each with what it answers: the source in its place. Raises Invalid."""
    told = json_object(name, content)
    parts = told.get("parts")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise Invalid("bundle_unreadable", file=name, problem="parts")
    if told.get("commit", commitment.c) != commitment.c:
        raise Invalid("draw_seed_of_another", file=name)
    if len(parts) != len(commitment.sources):
        raise Invalid("draw_seed_invalid", kind="", problem="count", parts=len(parts), sources=len(commitment.sources))
    return [(_meant(source), part) for source, part in zip(commitment.sources, parts, strict=True)]
