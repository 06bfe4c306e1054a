"""What packs and plans name and the office must have before it starts: a row that was forgotten must not leave work to nobody.

Whoever knows that something is still to come says so in `not_yet`; then it goes the next way, `check` warns of it, and the proof of
coverage lists it. Whether a connector answers is another matter: an outage keeps nobody from starting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from inspector.domain.case import Method
from inspector.domain.contact import contact
from inspector.domain.coverage import asked, visited
from inspector.domain.errors import Invalid
from inspector.domain.plan import Following, seedless
from inspector.domain.policy import Policy
from inspector.flows.office import AgencyNode, Plan, line_of, pack_of

CHANNELS = "channels"
SOURCES, ASSISTANCE, SEEDS, PLANS, POOLS = KINDS = ("sources", "assistance", "seeds", "plans", "pools")
"""What can be lacking: a section of connectors by its name, or an agency's plan, or its daily supervision in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the settings have: the agencies, the plans, the names in each section of connectors, and what is said to come.

    `records` are the sources that send whole records.
    """

    tree: Mapping[str, AgencyNode]
    plans: Mapping[str, Plan]
    there: Mapping[str, Collection[str]]
    not_yet: Sequence[str] = ()
    records: Collection[str] = ()

    def excused(self, kind: str, name: str) -> bool:
        """Whether somebody has said that it is to come: by its name, or all of a kind of which there is none yet."""
        return f"{kind}.{name}" in self.not_yet or kind in self.not_yet


def flaws(given: Given, packs: Collection[Policy], today: date) -> Iterator[Invalid]:
    """Everything that is named and not there, and that nobody has said is to come."""
    yield from _excuses(given)
    told = set[tuple[str, str]]()
    for kind, name, flaw in _lacking(given, packs, today):
        if (kind, name) not in told and not given.excused(kind, name):
            told.add((kind, name))
            yield flaw
    yield from _records(given, packs, today)
    for node in given.tree.values():
        for channel in (node.subjects, node.subjects_by_phone, node.subjects_by_email):
            if channel is not None and channel not in given.there.get(CHANNELS, ()):
                facts = {"agency": node.id, "channel": channel, **_near(channel, given.there.get(CHANNELS, ()))}
                yield Invalid("agency_subjects_unknown", **facts)
        for key, written in (("liaison", node.liaison), ("head", node.head)):
            to = contact(written or "")
            kind = CHANNELS if to.pushed else ASSISTANCE
            if written and to.connector not in given.there.get(kind, ()):
                facts = {"agency": node.id, "key": key, "section": kind, "name": to.connector}
                yield Invalid("agency_contact_unknown", **facts, **_near(to.connector, given.there.get(kind, ())))


def idle(given: Given, packs: Collection[Policy], today: date) -> list[str]:
    """What is said to come and is there already, or that nobody asks for: it would hide a row that is forgotten later."""
    wanted = {(kind, name) for kind, name, _ in _lacking(given, packs, today)}
    return [one for one in given.not_yet if one not in {kind for kind, _ in wanted} | {f"{kind}.{name}" for kind, name in wanted}]


def _excuses(given: Given) -> Iterator[Invalid]:
    """An excuse names what can be excused; a whole kind only while there is none of it, for it would hide what is forgotten later."""
    there = {**given.there, PLANS: given.plans, POOLS: [plan.name for plan in given.plans.values() if plan.pool]}
    for one in given.not_yet:
        kind, dot, name = one.partition(".")
        if kind not in KINDS or (dot and not name):
            facts = {"entry": one, "known": ", ".join(KINDS)}
            near = "".join(get_close_matches(kind, KINDS, n=1))
            yield Invalid("not_yet_unknown", **facts, nearest=near) if near else Invalid("not_yet_strange", **facts)
        elif not dot and there.get(kind):
            yield Invalid("not_yet_wide", entry=one, there=", ".join(sorted(there[kind])))


def _lacking(given: Given, packs: Collection[Policy], today: date) -> Iterator[tuple[str, str, Invalid]]:
    """(kind, name, why it must be there) of what is not there, whether or not it is said to come."""
    for node in given.tree.values():
        if node.connector is not None and node.connector not in given.there[ASSISTANCE]:
            facts = {"agency": node.id, "connector": node.connector, **_near(node.connector, given.there[ASSISTANCE])}
            yield ASSISTANCE, node.connector, Invalid("agency_connector_unknown", **facts)
    for name in sorted({node.pack for node in given.tree.values() if node.pack is not None}):
        for policy in _to_come(packs, name, today):
            yield from _connectors(given, policy)
    for node in given.tree.values():
        if node.pack is not None:
            yield from _plans(given, node, _to_come(packs, node.pack, today))
    for plan in given.plans.values():
        for policy in _to_come(packs, pack_of(given.tree, plan.agency), today):
            for seed in seedless(policy, Following(), given.there[SEEDS]) or ():
                facts = {"seed": seed, "plan": plan.name, "pack": policy.label, **_near(seed, given.there[SEEDS])}
                yield SEEDS, seed, Invalid("seed_not_there", **facts)


def _to_come(packs: Collection[Policy], name: str | None, today: date) -> list[Policy]:
    """The versions of a pack that are in force or will be; what was taken in under a former one goes on as it is."""
    return [one for one in packs if one.id == name and (one.effective_to is None or one.effective_to >= today)]


def _connectors(given: Given, policy: Policy) -> Iterator[tuple[str, str, Invalid]]:
    """The sources and agencies that a version of a pack asks."""
    for (method, via), items in asked(policy).items():
        kind, code = (ASSISTANCE, "agency_not_there") if method is Method.ASSISTANCE else (SOURCES, "source_not_there")
        if via not in given.there[kind]:
            facts = ", ".join(f"{item}·{fact}" for item, (_, held) in items.items() for fact in held)
            yield kind, via, Invalid(code, name=via, pack=policy.label, facts=facts, **_near(via, given.there[kind]))


def _records(given: Given, packs: Collection[Policy], today: date) -> Iterator[Invalid]:
    """A source that sends whole records would be asked nothing about a fact without a line for that: said before a case finds it out."""
    for name in sorted({node.pack for node in given.tree.values() if node.pack is not None}):
        for policy in _to_come(packs, name, today):
            for (method, via), items in asked(policy).items():
                if method is not Method.ASSISTANCE and via in given.records:
                    yield from _without_line(policy, via, {item: facts for item, (_, facts) in items.items()})


def _without_line(policy: Policy, source: str, asks: Mapping[str, Collection[str]]) -> Iterator[Invalid]:
    for item, facts in asks.items():
        for fact in policy.items[item].facts:
            if fact.code in facts and not fact.record_basis:
                yield Invalid("record_line_missing", source=source, pack=policy.label, item=item, fact=fact.code)


def _plans(given: Given, node: AgencyNode, versions: Sequence[Policy]) -> Iterator[tuple[str, str, Invalid]]:
    """A pack whose cases are drawn or visited needs a plan of whoever follows it, and one with the daily supervision in it."""
    followers = {one for one in given.tree if _packed(given.tree, one) == node.id}
    plans = [plan for plan in given.plans.values() if followers & {*plan.framed}]
    drawn = next((one for one in versions if visited(one) or one.samplings), None)
    if drawn is None:
        return
    if not plans:
        yield PLANS, node.id, Invalid("plan_not_there", agency=node.id, pack=drawn.label)
    elif not any(plan.pool for plan in plans):
        names = ", ".join(plan.name for plan in plans)
        yield POOLS, node.id, Invalid("pool_not_there", agency=node.id, pack=drawn.label, plans=names)


def _packed(tree: Mapping[str, AgencyNode], agency: str) -> str | None:
    """The agency whose pack an agency follows: itself, or the nearest one above it."""
    return next((above for above in line_of(tree, agency) if tree[above].pack is not None), None)


def _near(name: str, known: Collection[str]) -> dict[str, str]:
    """The name most like it among those that are there, and all of them."""
    return {"nearest": "".join(get_close_matches(name, known, n=1)), "known": ", ".join(sorted(known)) or "-"}
