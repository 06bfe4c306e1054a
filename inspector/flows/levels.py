"""Credit levels that a platform has delivered in files, taken into the register: for everybody in the registers, and for nobody else.

A delivery is judged whole where it is picked up (`connectors.credit`): one that is cut off, or has a word that was not agreed, is not used
at all, and the one before stands with its date. What is taken counts for what comes later: no case and no frame is changed by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from inspector.accounts import Delivered
from inspector.domain import credit
from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.restated import Brought
from inspector.flows import restating
from inspector.flows.office import AgencyNode, Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.policybook import Policybook
from inspector.ports import Garbled, PortError, Refused
from inspector.store.credit import Became, Stated, Statement
from inspector.store.tx import Tx
from inspector.store.work import Work

UNTAKEN = "credit_levels_untaken"
"""The matter of a platform whose levels could not be taken; over when they can be. Nobody's level changes by it."""

_PART = 1_000


def delivered(office: Office) -> tuple[str, ...]:
    """The platforms whose levels lie here, by name."""
    return tuple(name for name, one in office.connectors.credit.items() if isinstance(one, Delivered))


def flaws(book: Policybook, tree: Mapping[str, AgencyNode], told: Mapping[str, Mapping[str, object]]) -> Iterator[Invalid]:
    """Levels that settings make of a platform's words and no pack of the office knows: each would silently count as unrated."""
    packs = frozenset(node.pack for node in tree.values() if node.pack is not None)
    for name, held in told.items():
        levels = held.get("levels")
        for word, level in (levels if isinstance(levels, Mapping) else {}).items():
            if packs and not book.knows(packs, str(level)):
                yield Invalid(
                    "credit_level_unknown", connector=name, word=word, level=str(level), known=", ".join(book.scale(packs))
                )


def take(work: Work, office: Office) -> Settlement:
    """Pick the newest delivery up and state the level of each firm in the registers that it has, in parts of some hundred.

    A part that was written stays written: each level is dated, so that what is stated twice says nothing new.
    """
    platform: object = office.connectors.credit.get(work.lane)
    if not isinstance(platform, Delivered):
        return nothing("undelivered")
    platform.pick_up()
    came, files = Counter[str](), dict[str, str]()
    for codes in _registered(office):
        said: list[tuple[Statement, Brought]] = []
        for code in codes:
            try:
                mine = office.connectors.credit[work.lane]  # nobody is asked: its levels lie here
                rating = mine.level(SubjectKind.FIRM, code, key=work.key, case_id="", basis="")
            except (Garbled, Refused):  # rows of this code contradict each other: it keeps the level it has
                came["doubtful"] += 1
                continue
            if rating.level is None or rating.as_of is None:  # a firm that has none there keeps what it has
                came["unrated"] += 1
                continue
            where = rating.provenance
            one = Statement(code=code, level=rating.level, as_of=rating.as_of, source=where.source)
            said.append((one, Brought(by=work.lane, source=where.source, file=where.source_version, digest=where.reply_digest)))
        came.update(_state(office, said))
        files |= {one.digest: one.file for _, one in said}

    refused = platform.refused

    def write(tx: Tx, now: datetime) -> None:
        kept, conflicts = came[Stated.KEPT], came[Stated.CONFLICT]
        digest, file = next(reversed(files.items()), ("", ""))  # a newer one may have come amid it: each change names its own
        rows = sum(came[one] for one in Stated)
        decided = credit.pushed(work.lane, rows, kept, conflicts, digest=digest, file=file, unrated=came["unrated"])
        record(tx, f"credit:{work.lane}", decided, now, {})
        facts: dict[str, object] = {"connector": work.lane, "doubtful": came["doubtful"], "conflicts": conflicts}
        if refused:
            facts |= {"error": refused[-1].code, **refused[-1].facts}
        if came["doubtful"] or conflicts or refused:
            tx.attention.open(UNTAKEN, office.house, work.lane, facts, now)
        else:
            tx.attention.close(f"{UNTAKEN}:{work.lane}", now)

    return Settlement(write=write, outcome="taken")


def give_up(work: Work, office: Office, error: PortError | None) -> Settlement:
    """No delivery could be used today: a person is told, and every level stays what it is, with its date."""

    def write(tx: Tx, now: datetime) -> None:
        facts = {"connector": work.lane, "error": error.code if error else "patience_over"}
        tx.attention.open(UNTAKEN, office.house, work.lane, facts, now)

    return Settlement(write=write, outcome="untaken")


def _registered(office: Office) -> Iterator[list[str]]:
    """The codes of firms in the registers, some hundred at a time, with no transaction open meanwhile."""
    after = ""
    while True:
        with office.store.read() as tx:
            codes = tx.credit.registered(after, _PART)
        if not codes:
            return
        yield codes
        after = codes[-1]


def _state(office: Office, said: Sequence[tuple[Statement, Brought]]) -> list[str]:
    """What became of some levels, which are written down with what they change."""
    with office.store.begin() as tx:
        tx.credit.take_turn(alone=True)
        became = tx.credit.take(one for one, _ in said)
        of: dict[Brought, list[Became]] = {}
        for one, (_, brought) in zip(became, said, strict=True):
            of.setdefault(brought, []).append(one)
        for brought, some in of.items():
            restating.note(office, tx, some, brought, office.now())
    return [one.what.value for one in became]
