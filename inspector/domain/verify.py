"""A stranger's recomputation of a draw, compared with what was published (draw-protocol 7.9, rulings 5, 6, 15, 17)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise, zip_longest

from inspector.domain.audit import NOTHING, Audit, AuditLine, House, Witness, problem, shown, timing
from inspector.domain.commitment import LEAST_BITS, Commitment
from inspector.domain.draw import ListResult, Result, carry_out, quietly, unaltered
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame, guessable
from inspector.domain.replay import replay
from inspector.domain.rowfile import Tickets
from inspector.domain.seed import form, overstated, spare, value

_RUNNING = re.compile("(.*?)([0-9]{1,18})")
"""A running number at a number's end."""
_FIRST = re.compile("(?:.*[^0-9])?0*1", re.DOTALL)
"""A running number that has none before it, in the series of its name."""
_HOLLOW = ("draw.beacon_not_pinned", "draw.drawn_unchecked")
"""What is said of a beacon's value that whoever drew could write as it pleased: it holds no chance."""
_NOBODY = Frame(objects=(), inspectors=(), bans=())


def verify(  # noqa: PLR0913 - a bundle in all its parts, and how it is gone through
    commitment: Commitment,
    frames: Mapping[str, Frame],
    parts: Sequence[Mapping[str, object]],
    result: Mapping[str, object],
    witness: Witness | None,
    after: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
    *,
    said: House | None = None,
    signatures: Mapping[int, AuditLine | None] | None = None,
    begins: Callable[[str], object] = quietly,
    tickets: Mapping[str, Tickets] | None = None,
) -> Audit:
    """Recompute everything and compare with a published result; `witness` is what outside hands say, None for nothing.

    `after` holds the lines of after.jsonl by list: each is replayed by the rule of ruling 15. `said`: as in `timing`,
    `signatures`: as in `unchecked`; `begins` and `tickets`: as in `carry_out`. Raises Invalid as `stated` does.
    """
    time_proven, wrong, remarks = timing(commitment, witness, said, signatures)
    problems = [*wrong, *overstating(commitment)]
    other, typed = thrown(commitment, parts, witness)
    try:
        recomputed = carry_out(commitment, frames, parts, begins, tickets)
        problems += other
        remarks = (*remarks, *typed, *unchecked(commitment, signatures), *shared(commitment, parts))
        remarks = (*remarks, *_loud(commitment, frames, recomputed))
        if (where := _difference(_published(result, recomputed), recomputed.value())) is not None:
            problems.append(AuditLine(code="draw.result_differs", facts=where))
        for name, events in (after or {}).items():
            replay(commitment, frames.get(name, _NOBODY), recomputed, name, events)
    except Invalid as error:
        problems.append(problem(error))
    return Audit(holds=not problems, time_proven=time_proven, problems=tuple(problems), remarks=remarks)


def verify_stopped(
    commitment: Commitment,
    frames: Mapping[str, Frame] | None,
    witness: Witness | None,
    *,
    said: House | None = None,
    begins: Callable[[str], object] = quietly,
) -> Audit:
    """Judge a draw that was made void before it had a result: the commitment, and the frames where they are there.

    `witness` and `said`: as in `timing`. What becomes of numbers without a result can be told (7.4), not recomputed. Raises Invalid
    (`figures_uneven`) where figures are stated: there are none to compare.
    """
    stated((), witness)
    # no value is told, so there is none that could be anybody's: a beacon's time is that of its rule
    time_proven, wrong, remarks = timing(commitment, witness, said, dict.fromkeys(range(len(commitment.sources))))
    problems, told = [*wrong], [AuditLine(code="draw.stopped")]  # bits that no figures were held to have chosen nobody
    if frames is None:
        told.append(AuditLine(code="draw.registers_absent"))
    else:
        try:
            unaltered(commitment, frames, begins)
        except Invalid as error:
            problems.append(problem(error))
    if commitment.prev is not None:
        told.append(AuditLine(code="draw.prev_unchecked", facts={"prev": commitment.prev}))
    return Audit(holds=not problems, time_proven=time_proven, problems=tuple(problems), remarks=(*remarks, *told))


def thrown(
    commitment: Commitment, parts: Sequence[Mapping[str, object]], witness: Witness | None
) -> tuple[tuple[AuditLine, ...], tuple[AuditLine, ...]]:
    """(problems, remarks) of ceremony figures, which are what whoever drew has typed: who knows the rest can choose them (ruling 19).

    Only the signed minutes stand against that, so a reader is told the figures until he or she has stated those of the minutes.
    Raises Invalid as `stated` does.
    """
    told = [
        {"what": source["what"], "figures": part.get("text", "")}
        for source, part in zip(commitment.sources, parts, strict=False)
        if source["kind"] == "text"
    ]
    minutes = stated(commitment.sources, witness)
    if not minutes:
        return (), tuple(AuditLine(code="draw.figures_typed", facts=one, grave=True) for one in told)
    pairs = zip(told, minutes, strict=False)
    return tuple(
        AuditLine(code="draw.figures_other", facts={**one, "stated": own}) for one, own in pairs if one["figures"] != own
    ), ()


def stated(sources: Sequence[Mapping[str, object]], witness: Witness | None) -> tuple[str, ...]:
    """The figures that a reader states of each ceremony, in the order of the sources and in the form that counts; () when none are.

    Raises Invalid, for a slip of the hand accuses nobody: `figures_uneven` where there are more or fewer than ceremonies,
    `ceremony_figures_unfit` for what cannot have been thrown there.
    """
    given = witness.figures if witness is not None else ()
    held = [source for source in sources if source["kind"] == "text"]
    if given and len(given) != len(held):
        named = "; ".join(str(source["what"]) for source in held) or "—"
        raise Invalid("figures_uneven", given=len(given), held=len(held), ceremonies=named)
    pairs = zip(held, given, strict=False)
    return tuple(found.figures(one) if (found := form(source)) is not None else " ".join(one.split()) for source, one in pairs)


def unchecked(commitment: Commitment, signatures: Mapping[int, AuditLine | None] | None = None) -> list[AuditLine]:
    """What needs more than the bundle: a beacon's key, the agency's other commitments.

    `signatures`: by the source's place, what somebody with the beacons' keys says of it; None: the signature holds.
    """
    signatures, told = signatures or {}, []
    for place, source in enumerate(commitment.sources):
        if source["kind"] in ("drand", "nist"):
            plain = AuditLine(code="draw.signature_unchecked", facts={"kind": source["kind"]}, grave=True)
            if (line := signatures.get(place, plain)) is not None:
                told.append(line)
        if source["kind"] == "text" and form(source) is None:
            told.append(AuditLine(code="draw.form_unstated", facts={"what": source["what"], "bits": source.get("bits", 0)}))
    hollow = {place for place, line in signatures.items() if line is not None and line.code in _HOLLOW}
    kept = [{**source, "bits": 0} if place in hollow else source for place, source in enumerate(commitment.sources)]
    if hollow and (left := spare(kept)) < LEAST_BITS:
        told.append(AuditLine(code="draw.seed_invented", facts={"bits": left}, grave=True))
    if spare(commitment.sources) < LEAST_BITS:
        told.append(AuditLine(code="draw.seed_of_one", facts={"bits": spare(commitment.sources)}, grave=True))
    if any(source["kind"] == "nist" and "chain" not in source for source in commitment.sources):
        told.append(AuditLine(code="draw.chain_unnamed"))
    if commitment.prev is not None:
        told.append(AuditLine(code="draw.prev_unchecked", facts={"prev": commitment.prev}))
    return told


def shared(commitment: Commitment, parts: Sequence[Mapping[str, object]]) -> list[AuditLine]:
    """That one throw, one secret or one beacon's word stands for two sources: what two names declare is there once."""
    values = [value(source, part, commitment.suite) for source, part in zip(commitment.sources, parts, strict=True)]
    pairs = [(one, other) for other in range(len(values)) for one in range(other) if values[one] == values[other]]
    told = [str(source.get("what") or source.get("party") or source["kind"]) for source in commitment.sources]
    return [
        AuditLine(code="draw.seed_shared", facts={"first": told[one], "second": told[other]}, grave=True) for one, other in pairs
    ]


def alone(commitment: Commitment) -> list[AuditLine]:
    """That nothing in one bundle accounts for the numbers before it: who announces twice can show the draw that pleased (threat 2).

    The first number, behind no other commitment, has none before it by its own word: a series may be begun for each attempt, and no file
    shows the others, so a reader is told to ask. Of any other number the agency's earlier draws must be seen (`chained`).
    """
    if commitment.prev is None and _FIRST.fullmatch(commitment.number):
        return [_first(commitment)]
    return [AuditLine(code="draw.numbers_before", facts={"draw": commitment.number}, grave=True)]


def chained(
    commitment: Commitment, earlier: Sequence[Commitment], voids: Mapping[str, str] | None = None
) -> tuple[list[AuditLine], list[AuditLine]]:
    """(problems, remarks) of the agency's chain, as far as the earlier commitments reach (7.9, step 7).

    Two that follow the same one are a fork: one of them was made to be kept back. What the chain does not reach is told. `voids` are
    the reasons of earlier draws that were made void, by number; one that was not committed to yet stands in no chain, and its
    number is told all the same, for numbers have no gaps (7.4) and begin with 1: those that nothing accounts for are named, and grave.
    That the chain's beginning is the agency's first draw is its own word, and is told, too (`alone`).
    """
    void = dict(voids or {})
    follows: dict[str | None, list[Commitment]] = {}
    for one in {held.c: held for held in (commitment, *earlier)}.values():
        follows.setdefault(one.prev, []).append(one)
    forks = [", ".join(sorted(one.number for one in held)) for held in follows.values() if len(held) > 1]
    left, at, count = {one.c: one for one in earlier if one.c != commitment.c}, commitment.prev, 0
    oldest = commitment
    while at is not None and at in left:
        oldest = left.pop(at)
        at, count = oldest.prev, count + 1
    problems = [AuditLine(code="draw.chain_fork", facts={"draws": told}) for told in forks]
    if later := sorted(one.number for one in left.values() if one.prev == commitment.c):
        problems.append(AuditLine(code="draw.chain_order", facts={"draws": ", ".join(later)}))
    elif left:
        unreached = ", ".join(sorted(one.number for one in left.values()))
        problems.append(AuditLine(code="draw.chain_gap", facts={"draws": unreached, "prev": at or "—"}))
    remarks = [AuditLine(code="draw.chain_followed", facts={"count": count})]
    remarks += [AuditLine(code="draw.chain_void", facts={"draw": name, "reason": void[name]}) for name in sorted(void)]
    if lost := unaccounted({commitment.number, *void, *(one.number for one in earlier)}, whole=True):
        remarks.append(AuditLine(code="draw.numbers_unaccounted", facts={"numbers": ", ".join(lost)}, grave=True))
    if at is not None:
        remarks.append(AuditLine(code="draw.prev_unchecked", facts={"prev": at}))
    if at is not None or not _RUNNING.fullmatch(oldest.number):
        remarks.append(AuditLine(code="draw.numbers_before", facts={"draw": oldest.number}, grave=True))
    elif _FIRST.fullmatch(oldest.number):
        remarks.append(_first(oldest))
    return problems, remarks


def _first(commitment: Commitment) -> AuditLine:
    return AuditLine(code="draw.number_first", facts={"draw": commitment.number})


def unaccounted(numbers: Collection[str], *, whole: bool = False) -> list[str]:
    """The running numbers that lie between those told and are not among them, as `first` or `first … last`, by what they begin with.

    `whole`: those before the first one told lack too, from 1 on.
    """
    held: dict[str, list[tuple[int, int]]] = {}
    for name in numbers:
        if found := _RUNNING.fullmatch(name):
            held.setdefault(found[1], []).append((int(found[2]), len(found[2])))
    gaps = []
    for begin, told in sorted(held.items()):
        width = min(length for _, length in told)
        for one, other in pairwise(sorted([*([0] if whole else []), *(number for number, _ in told)])):
            if other - one > 1:
                first, last = f"{begin}{one + 1:0{width}d}", f"{begin}{other - 1:0{width}d}"
                gaps.append(first if first == last else f"{first} … {last}")
    return gaps


def overstating(commitment: Commitment) -> list[AuditLine]:
    """Texts that declare more bits than their figures can hold: the sum of 64 may be reached by words alone (ruling 7)."""
    return [
        AuditLine(code="draw.bits_overstated", facts={"what": source["what"], "bits": source["bits"], "most": most})
        for source in commitment.sources
        if (most := overstated(source)) is not None
    ]


def _loud(commitment: Commitment, frames: Mapping[str, Frame], result: Result) -> list[AuditLine]:
    """What a reader must hear although nothing is wrong (rulings 5, 6, 8)."""
    told: list[AuditLine] = []
    for held in result.lists:
        reserve = commitment.list_named(held.name).rules.reserve
        for code, one in held.strata.items():
            at = {"list": held.name, "stratum": code}
            if one.wanted > one.k:
                told.append(AuditLine(code="draw.few_objects", facts=at | {"wanted": one.wanted, "eligible": one.eligible}))
            if len(one.reserve) < reserve:
                told.append(AuditLine(code="draw.few_reserves", facts=at | {"wanted": reserve, "left": len(one.reserve)}))
        counted = {
            "draw.visits_unmanned": held.unmanned,
            "draw.empty_seats": len(held.dealt.shortages) if held.dealt else 0,
            "draw.bans_ignored": held.unknown_bans,
            "draw.salts_guessable": guessable(frames[held.name]),
        }
        told += [AuditLine(code=code, facts={"list": held.name, "count": count}) for code, count in counted.items() if count]
        told += lacking(held)
    return told


def lacking(held: ListResult) -> list[AuditLine]:
    """The readable certificates of ruling 14: which seats only whom could fill, and how many of them; equal ones once."""
    return [
        AuditLine(
            code="draw.seats_lack",
            facts={
                "list": held.name,
                "count": len(one.empty),
                "first": _seat(*one.empty[0]),
                "others": len(one.others),
                "inspectors": ", ".join(one.inspectors) or "—",
                "seats": ", ".join(_seat(*seat) for seat in one.empty),
                "taken": ", ".join(_seat(*seat) for seat in one.others),
            },
        )
        for one in (held.dealt.lacks() if held.dealt else ())
    ]


def _seat(name: str, seat: int) -> str:
    return f"{name}:{seat}"


def _published(result: Mapping[str, object], recomputed: Result) -> object:
    """The published result with `wanted` wherever we tell it: it is optional, but true where it stands (ruling 5)."""
    told = result.get("lists")
    if not isinstance(told, list) or len(told) != len(recomputed.lists):
        return result
    lists = []
    for listed, own in zip(told, recomputed.lists, strict=True):
        strata = listed.get("strata") if isinstance(listed, dict) else None
        if isinstance(strata, dict):
            full = {
                code: _wanted(one, own.strata[code].wanted, own.strata[code].k) if code in own.strata else one
                for code, one in strata.items()
            }
            lists.append({**listed, "strata": full})
        else:
            lists.append(listed)
    return {**result, "lists": lists}


def _wanted(told: object, wanted: int, k: int) -> object:
    """One stratum: ours tells `wanted` only where it is not k, so theirs is brought to that form unless it is wrong."""
    if not isinstance(told, dict):
        return told
    right = "wanted" not in told or (type(told["wanted"]) is int and told["wanted"] == wanted)
    rest = {name: value for name, value in told.items() if name != "wanted"}
    return {**rest, "wanted": wanted if right else told["wanted"]} if wanted != k or not right else rest


def _difference(told: object, own: object, at: str = "result.json") -> dict[str, object] | None:
    """Where two values first differ, and what stands there in each: true is not 1, and the order of keys says nothing."""
    if isinstance(told, dict) and isinstance(own, dict):
        names = dict.fromkeys([*own, *told])
        pairs = [(f".{name}", told.get(name, NOTHING), own.get(name, NOTHING)) for name in names]
    elif isinstance(told, list) and isinstance(own, list):
        pairs = [(f"[{n}]", *pair) for n, pair in enumerate(zip_longest(told, own, fillvalue=NOTHING))]
    elif type(told) is type(own) and told == own:
        return None
    else:
        return {"field": at, "told": shown(told), "own": shown(own)}
    return next(filter(None, (_difference(here, there, f"{at}{below}") for below, here, there in pairs)), None)
