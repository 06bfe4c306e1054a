"""An explanation as text, in Chinese or English: the same words in the terminal, in the API and on the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from inspector.domain.assistance import AssistanceState
from inspector.domain.calendar import Counting, Term
from inspector.domain.case import CaseRemark, Method, VerifyFrom
from inspector.domain.counting import Tallied
from inspector.domain.evidence import Verdict
from inspector.domain.publicity import NOT_PUBLIC
from inspector.domain.start import StartEvent
from inspector.domain.urgency import Urgency
from inspector.flows import past, showed, spotwords, wording
from inspector.flows.articles import Article
from inspector.flows.asked import Asked
from inspector.flows.calls import Call
from inspector.flows.corrections import Corrected
from inspector.flows.decisions import Decided
from inspector.flows.explain import Claimed, Explanation, Heard, Why
from inspector.flows.records import kept_lines
from inspector.flows.signing import Answered
from inspector.flows.upcoming import Next
from inspector.flows.wording import at
from inspector.labels import Lang, label, of

_CODED = {"route": "Route", "matter": "MatterKind", "letter.publicity_scope": "publicity"}
"""Fields of a correction whose contents are codes, and the labels that have their words."""


def render(told: Explanation, lang: Lang) -> str:
    """The explanation as lines of plain text."""
    return "\n".join(lines(told, lang)) + "\n"


def _public(told: tuple[str, date | None] | None, say: Say) -> str:
    """How far a letter is made public, and until when."""
    scope, until = told or (NOT_PUBLIC, None)
    words = label("publicity.none", say.lang) if scope == NOT_PUBLIC else scope
    return words if until is None else say("public_until", scope=words, day=until)


def lines(told: Explanation, lang: Lang) -> Iterator[str]:
    """The explanation line by line: an empty one ends a part, whose first line is its heading; two blanks in front for a step inwards."""
    say = Say(lang)
    yield say("title", case=told.case, reference=told.reference)
    yield say("matter", item=told.item_name, code=told.item, route=of(told.route, lang))
    yield say("subject", name=told.subject_name, kind=of(told.subject_kind, lang))
    if told.subject_warnings:
        warnings = (label(f"IdentityWarning.{one.upper()}", lang) for one in told.subject_warnings)
        yield "  " + say("warnings", warnings=say("and").join(warnings))
    if told.signed is not None:
        proxy = say("signed_proxy", proxy=told.signed.proxy) if told.signed.proxy else ""
        yield say("signed", by=told.signed.by, on=told.signed.on) + proxy
    for one in told.remarks:
        if one is CaseRemark.NOTICE_VERSION:
            yield "  " + say("remarked", remark=of(one, lang), given=told.notice_version, wanted=told.notice_wanted)
        elif one is CaseRemark.PUBLICITY and told.signed is not None:
            wanted = _public(told.signed.public_wanted, say)
            yield "  " + say("remarked_public", remark=of(one, lang), given=_public(told.signed.public, say), wanted=wanted)
        else:
            barred = one is CaseRemark.SIGNER and told.signed is not None and not told.signed.proxy_allowed
            yield "  " + of(one, lang) + (say("signed_barred") if barred else "")
    yield say("state", state=of(told.state, lang), since=at(told.opened_at))
    if told.outcome is not None:
        yield say("outcome", outcome=of(told.outcome, lang))
    if told.review_reason is not None:
        yield say("review", reason=wording.code("review", told.review_reason, lang))
    yield from section(say, "why", list(why(told.why, told.pack, say)))
    yield from section(say, "clock", list(_clock(told, say)))
    yield from section(say, "claims", [line for held in told.claims for line in _claim(held, say)])
    yield from section(say, "corrections", [line for one in told.corrections for line in _corrected(one, say)])
    yield from section(say, "answers", [line for number, held in enumerate(told.heard, 1) for line in _heard(number, held, say)])
    yield from section(
        say, "letters", [line for number, held in enumerate(told.letters, 1) for line in _letter(number, held, say)]
    )
    shown = [line for number, held in enumerate(told.shown, 1) for line in showed.lines(number, held, lang)]
    yield from section(say, "shown", shown)
    visits = [line for held in told.visits for line in _call(held, say)]
    yield from section(say, "visits", visits)
    yield from section(say, "tried", [spotwords.tried(number, one, lang) for number, one in enumerate(told.attempts, 1)])
    yield from section(say, "spot", [line for held in told.spots for line in spotwords.lines(held, lang)])
    yield from section(
        say, "next", [*_late(told, say), *(line for one in told.next for line in _next(one, say))] or [say("nothing_due")]
    )
    known_as = _known_as(told, say)
    yield from section(say, "decisions", [line for held in _alike(told) for line in _decision(held, told.pack, known_as, say)])
    yield from section(say, "kept", list(kept_lines(told.kept, lang)))
    yield from section(say, "sources", [say("sources", id=name, title=title) for name, title in _cited(told).items()])


class Say:
    """Words of the group `explain`."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def __call__(self, name: str, /, **facts: object) -> str:
        """The words of a name in the group, with facts put in."""
        return label(f"explain.{name}", self.lang, **facts)


def section(say: Say, name: str, lines: list[str]) -> Iterator[str]:
    """Lines under a heading; nothing at all where there is no line."""
    if lines:
        yield ""
        yield say(f"section_{name}")
        yield from (f"  {line}" for line in lines)


def why(held: Why | None, pack: str, say: Say) -> Iterator[str]:
    """The row, why it holds, and the date."""
    if held is None:
        yield say("no_strategy", pack=pack)
        return
    yield say("row", row=held.row, pack=held.pack, title=held.title)
    profile = wording.code("Profile", held.profile, say.lang)
    level = say("party", name=held.level, code=held.level_name) if held.level_name else held.level
    yield say("profile", profile=profile, level=level)
    beside = {
        **held.level_facts,
        "level_source": held.level_source,
        "level_as_of": held.level_as_of.isoformat() if held.level_as_of else None,
    }
    reason = wording.reason(held.level_reason.name, beside, say.lang)
    yield say("level_from", reason=reason)
    yield say("before_decision" if held.before_decision else "after_decision")
    if held.notice is not None:
        yield _announced(held.notice, say)
    if held.insured_value is not None:
        yield say("insured", value=f"{held.insured_value:,}")
    yield from based(held.basis, say)
    yield from _due(held, say)
    if held.due_from is VerifyFrom.DECISION and held.due_counted.event is StartEvent.CASE_OPENED:
        yield "  " + say("decision_awaited")


def _announced(held: Answered, say: Say) -> str:
    """The notice that the letter answers, and the ways that it announced."""
    methods = say("and").join(of(method, say.lang) for method in held.announced)
    if held.until is None:
        return say("notice", version=held.version, methods=methods)
    return say("notice_former", version=held.version, methods=methods, first=held.since, last=held.until)


def _clock(told: Explanation, say: Say) -> Iterator[str]:
    """When the verification's clock stood still, for what and by whom; what was added to its term."""
    for held in told.suspensions:
        until = at(held.ended_at) if held.ended_at else say("paused_until", until=held.until)
        reason = of(held.reason, say.lang)
        line = say("paused", since=at(held.since), until=until, reason=reason, row=held.row, by=held.by, evidence=held.evidence)
        yield line if held.ended_at else f"{line} {say('paused_now')}"
        if held.ended_by:
            yield "  " + say("paused_ended", by=held.ended_by, why=held.ended_for)
    for more in told.extensions:
        term = wording.term(more.term, say.lang)
        yield say("given_more", at=at(more.at), term=term, row=more.row, by=more.by, reason=more.reason)
        if more.approved_by:
            yield "  " + say("given_by", head=more.approved_by)


def _due(held: Why | Asked, say: Say) -> Iterator[str]:
    yield say("due_by", at=at(held.due_at))
    yield from (f"  {line}" for line in _proof(held.due_counted, held.due_days, say))


def _proof(told: Counting, days: tuple[Tallied, ...], say: Say) -> Iterator[str]:
    """How a date was counted, then day by day, and whether a notice still to come can move it."""
    yield say("how_counted", counted=wording.counted(told, say.lang))
    if days:
        yield say("day_by_day", days=wording.tallied(days, say.lang))
    if told.awaited:
        yield say("provisional")


def _claim(held: Claimed, say: Say) -> Iterator[str]:
    yield say(
        "claim", key=held.key, name=held.name, value=held.value, on=held.on, status=of(held.reviewed or held.status, say.lang)
    )
    yield from ways(held, say)


def ways(held: Claimed, say: Say) -> Iterator[str]:
    """The ways to verify a fact, in their order."""
    for number, way in enumerate(held.ways, 1):
        via = _asked(way.via, way.party, say)
        told = say("way_now" if way.under_way else "way", number=number, method=of(way.method, say.lang), via=via)
        ground = wording.code("ground", way.ground, say.lang) if way.ground else ""
        yield "  " + told + (say("ground", ground=ground) if ground else "")
        yield from (f"    {line}" for line in based(way.basis, say))


def _corrected(held: Corrected, say: Say) -> Iterator[str]:
    """What was before a correction, and what has been since."""
    yield say("corrected", at=at(held.at), by=held.by)
    for one in held.changed:
        what = label(f"field.{one.field}", say.lang, name=one.name)
        before, now = (
            say("quoted", text=wording.code(_CODED.get(one.field, ""), text, say.lang)) if text else "—"
            for text in (one.before, one.now)
        )
        yield "  " + say("changed", what=what, before=before, now=now)


def _whence(held: Heard, say: Say) -> Iterator[str]:
    """Where an answer comes from, as far as it is known: what a stranger needs to ask for it again years later."""
    if held.owner:
        yield "  " + say("owner", owner=held.owner)
    if held.source_version:
        yield "  " + say("source_version", version=held.source_version)
    if held.valid_for:
        yield "  " + say("valid_for", term=wording.term(Term.parse(held.valid_for), say.lang))
    if held.request_digest or held.reply_digest:
        yield "  " + say("digests", request=held.request_digest or "–", reply=held.reply_digest or "–")
    if held.altered:
        yield "  " + say("altered")


def _heard(number: int, held: Heard, say: Say) -> Iterator[str]:
    yield say(
        "heard",
        number=number,
        at=at(held.came_at or held.asked_at),
        name=held.name,
        way=wording.way(held.method, _asked(held.via, held.party, say) if held.via else "", say.lang),
        verdict=_verdict(held, say),
    )
    if held.came_at != held.asked_at:
        yield "  " + say("asked_at", at=at(held.asked_at))
    if held.entered_at is not None:
        yield "  " + say("entered_at", at=at(held.entered_at))
    if held.claimed:
        yield "  " + say("asked_before" if held.former else "asked", claimed=held.claimed, on=held.on)
    if held.found:
        yield "  " + say("found", found=held.found)
    if held.as_of is not None:
        seen = held.method is Method.ON_SITE  # inspectors say on which day they were there, and no hour of it
        as_of = f"{held.as_of:%Y-%m-%d}" if seen else at(held.as_of)
        yield "  " + say(
            ("seen" if held.fresh else "seen_early") if seen else ("as_of" if held.fresh else "not_fresh"), as_of=as_of
        )
    if held.note:
        yield "  " + say("noted", note=wording.code("note", held.note, say.lang))
    if held.remark:
        yield "  " + say("remark_seen" if held.method is Method.ON_SITE else "remark", remark=held.remark)
    yield from _whence(held, say)
    if held.door:
        yield "  " + say(f"door_{held.door}", token=held.token)
    if held.attempts > 1:
        yield "  " + say("attempts", attempts=held.attempts)


def _verdict(held: Heard, say: Say) -> str:
    """A verdict; of one that settles nothing it is said at once that it speaks against nobody."""
    silent = held.verdict in (Verdict.NOT_FOUND, Verdict.CANNOT_SAY, Verdict.NO_ANSWER)
    return of(held.verdict, say.lang) + (say("against_nobody") if silent else "")


def _letter(number: int, held: Asked, say: Say) -> Iterator[str]:
    to = _asked(held.requested, held.party, say)
    yield say("letter", number=number, at=at(held.opened_at), to=to, state=past.stands(held.state, held.end, say.lang))
    yield "  " + say("letter_id", id=held.id)
    if held.ground:
        yield "  " + say("letter_ground", ground=wording.code("ground", held.ground, say.lang))
    yield from (f"  {line}" for line in based(held.basis, say))
    yield from (f"  {line}" for line in _before(held, say))
    yield from (f"  {line}" for line in _due(held, say))
    yield from (f"  {line}" for line in _after(held, say))


def _before(held: Asked, say: Say) -> Iterator[str]:
    """How a request came to whoever has it."""
    if held.forwarded_by:
        yield say("letter_forwarded_by", agencies=say("then").join(held.forwarded_by))
    if held.urgency is not Urgency.NORMAL:
        yield say("letter_urgency", urgency=of(held.urgency, say.lang))
    if held.sent_at is not None:
        yield say("letter_sent", at=at(held.sent_at))
    if held.accepted_at is not None:
        yield say("letter_accepted", at=at(held.accepted_at))


def _after(held: Asked, say: Say) -> Iterator[str]:
    """What has become of a request's date, and of the request."""
    if held.proposed_at is not None:
        yield say("letter_proposed", at=at(held.proposed_at))
    if held.dispute is not None and held.dispute_due_at is not None:
        decided = {None: "letter_undecided", True: "letter_helps", False: "letter_spared"}[held.dispute_helps]
        name = "letter_dispute" if held.state is AssistanceState.DISPUTED else decided
        yield say(name, about=of(held.dispute, say.lang), at=at(held.dispute_due_at))
    if held.escalated_to:
        yield say("escalated", to=held.escalated_to)
    if held.reply:
        told = {name: value for name, value in held.reply.items() if value not in (None, "")}
        yield say("reply", at=at(held.ended_at), reply=wording.facts(told, say.lang, {}))
    if held.forwarded_to:
        yield say("letter_forwarded_to", agency=held.forwarded_to)
    if held.echo is not None:
        yield say("letter_echo", echo=of(held.echo, say.lang))


def _call(held: Call, say: Say) -> Iterator[str]:
    seats = "".join(f" [{of(seat, say.lang)}]" for seat in held.seats)
    yield say("visit", id=held.id, draw=held.draw, state=of(held.state, say.lang), due=at(held.due_at)) + seats
    yield from (f"  {line}" for line in _proof(held.due_counted, held.due_days, say))
    for one in held.told:
        yield "  " + say("visit_told", at=at(one.at), seen=of(one.seen, say.lang) if one.seen else say("visit_unsaid"))
        if one.remarks:
            yield "  " + say("visit_remarks", remarks=one.remarks)


def _late(told: Explanation, say: Say) -> Iterator[str]:
    """What is past its date, and who has to act."""
    for one in told.overdue:
        yield say("overdue", since=at(one.since), what=of(one.what, say.lang), who=one.who)


def _next(one: Next, say: Say) -> Iterator[str]:
    told = say("due", at=at(one.at), what=of(one.kind, say.lang), state=label(f"work.{one.state}", say.lang))
    if one.proceeding is not None:
        told += say("of_proceeding", what=of(one.proceeding, say.lang))
    if one.lane:
        told += say("through", lane=one.lane)
    if one.error:
        told += say("failed", attempts=one.attempts, error=wording.code("note", one.error, say.lang))
    yield told
    if one.paused is not None:
        yield "  " + say(
            "lane_paused", lane=one.lane, at=at(one.paused.since), by=one.paused.by or "—", reason=one.paused.reason or "—"
        )
    elif one.waits:
        reason = label(f"wait.{one.waits}", say.lang)
        until = say("waits_until", at=at(one.waits_until)) if one.waits_until else ""
        yield "  " + say("waits", lane=one.lane, reason=reason) + until
    if one.counted is not None:
        yield from (f"  {line}" for line in _proof(one.counted, one.days, say))


def _alike(told: Explanation) -> Iterator[list[Decided]]:
    """The decisions in their order; those that follow each other and differ in nothing but their time stand together."""
    for _, held in groupby(told.decisions, key=lambda one: (one.rule, one.pack, one.basis, one.facts)):
        yield list(held)


def _decision(held: Sequence[Decided], pack: str, known_as: Mapping[str, str], say: Say) -> Iterator[str]:
    one, last = held[0], held[-1]
    other = one.pack and one.pack != pack
    times = at(one.at) if one is last else say("several_times", first=at(one.at), last=at(last.at), count=len(held))
    yield f"{times}  {wording.code('rule', one.rule, say.lang)}" + (say("by_pack", pack=one.pack) if other else "")
    if one.facts:
        yield "  " + say("facts", facts=wording.facts(one.facts, say.lang, known_as))
    yield from (f"  {line}" for line in based(one.basis, say))


def based(basis: tuple[Article, ...], say: Say) -> Iterator[str]:
    """What something rests on."""
    if basis:
        yield say("basis", articles=say("then").join(wording.article(one, say.lang) for one in basis))


def _known_as(told: Explanation, say: Say) -> dict[str, str]:
    """What the reader has met above, by the id that decisions store."""
    answers = {held.id: say("answer_number", number=number) for number, held in enumerate(told.heard, 1)}
    letters = {held.id: say("letter_number", number=number) for number, held in enumerate(told.letters, 1)}
    tries = {held.id: say("attempt_number", number=number) for number, held in enumerate(told.attempts, 1)}
    return (
        answers
        | tries
        | letters
        | {held.claim: held.name for held in told.heard}
        | {held.id: held.name for held in told.claims}
        | {told.item: told.item_name}
        | ({told.act.row: told.act.name} if told.act is not None else {})
    )


def _cited(told: Explanation) -> dict[str, str]:
    """Every document cited, by its short name."""
    held = [*(told.why.basis if told.why else ()), *(one for letter in told.letters for one in letter.basis)]
    held += [one for claim in told.claims for way in claim.ways for one in way.basis]
    held += [one for shown in told.shown for one in shown.basis]
    held += [one for taken in told.decisions for one in taken.basis]
    held += [one for row in told.kept for one in row.basis]
    return {one.id: one.source for one in sorted(held, key=lambda one: one.id)}


def _asked(via: str, party: str, say: Say) -> str:
    """Who is asked: the agency by its name, with the connector's; a way without a connector has nobody to ask."""
    return say("party", name=party, code=via) if party else via or "—"
