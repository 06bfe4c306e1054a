"""Metrics on a registry of their own. Counters move where work is settled; gauges of state come from one snapshot query.

Labels come from closed sets (kinds, states, connector and schedule names of the configuration), never from cases or persons.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from inspector import __version__
from inspector.domain.decision import OrderKind

disable_created_metrics()  # type: ignore[no-untyped-call]

RETRACTION = OrderKind.CREDIT_RETRACT.value
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the gauges say, read from the database at one moment."""

    cases: Sequence[tuple[str, str, int]] = ()
    work: Sequence[tuple[str, str, int]] = ()
    oldest_due: Sequence[tuple[str, float]] = ()
    assistance: Sequence[tuple[str, str, int]] = ()
    score: Sequence[tuple[str, str, str, int]] = ()
    answer_days: Sequence[tuple[str, str, int]] = ()
    self_proofs: Sequence[tuple[str, str, int]] = ()
    consequences: Sequence[tuple[str, str, str, int]] = ()
    notices: Sequence[tuple[str, str, int]] = ()
    draws: Sequence[tuple[str, int]] = ()
    visits: Sequence[tuple[str, int]] = ()
    seats: Sequence[tuple[str, int]] = ()
    second_looks: Sequence[tuple[str, str, int]] = ()
    channels_off: Sequence[tuple[str, int]] = ()
    recusals: Sequence[tuple[str, str, int]] = ()
    conflicts: Sequence[tuple[str, int]] = ()
    planned: Sequence[tuple[str, str, int]] = ()
    attention: Sequence[tuple[str, int]] = ()
    uncovered: Sequence[tuple[str, int]] = ()
    at_risk: Sequence[tuple[str, str, int]] = ()
    lanes: Sequence[tuple[str, bool, bool]] = ()
    barred: Sequence[tuple[str, bool]] = ()
    failures: Sequence[tuple[str, int]] = ()
    waiting: Sequence[tuple[str, str, int]] = ()
    quota_left: Sequence[tuple[str, int]] = ()
    unread: Sequence[tuple[str, float]] = ()
    delivered: Sequence[tuple[str, float]] = ()
    promised: Sequence[tuple[str, float]] = ()
    unseen: Sequence[tuple[str, float]] = ()
    credit: Sequence[tuple[str, str, int]] = ()
    credit_compared: Sequence[tuple[str, float]] = ()
    drifting: Sequence[tuple[str, str, int]] = ()
    compared: Sequence[tuple[str, str, int]] = ()
    schedules: Sequence[tuple[str, float, float]] = ()
    unsealed: int = 0
    unsealed_seconds: float = 0.0
    calendar_seconds: float = 0.0
    provisional: int = 0
    catalogue: Sequence[tuple[str, str, int]] = ()
    publications: Sequence[tuple[str, str, str, int]] = ()
    publications_late: Sequence[tuple[str, str, int]] = ()
    unequal: Sequence[tuple[str, str, int]] = ()
    unfiled: int = 0
    codeless: int = 0
    rests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What is looked at less often, for it costs more: whether the invariants hold, and how duties stand."""

    invariants: Sequence[tuple[str, int]] = ()
    oldest: Sequence[tuple[str, int]] = ()
    periods: Sequence[tuple[str, str, int]] = ()
    pushes: Sequence[tuple[str, str, int]] = ()
    answers: Sequence[tuple[str, int]] = ()


class _State(Collector):
    """Turns the last snapshot into gauges at each scrape; the scrape itself asks the database nothing."""

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self.duties = Duties()
        self.taken = time.monotonic()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        held = self.snapshot
        help_age = "Seconds since the gauges of state were read from the database: they stand still while it is away."
        yield _single("inspector_snapshot_age_seconds", help_age, time.monotonic() - self.taken)
        yield _family("inspector_cases", "Cases by state and outcome.", ("state", "outcome"), held.cases)
        yield _family("inspector_work", "Work rows not done, by kind and state.", ("kind", "state"), held.work)
        yield from _credit(held)
        help_oldest = (
            "How long the oldest work row whose date is past has waited, promoted or not, by kind, in machine time; 0: none. "
            "What waits for the hours or the quota of its connector is not late."
        )
        yield _family("inspector_work_oldest_due_seconds", help_oldest, ("kind",), held.oldest_due)
        help_assistance = (
            "Assistance requests by agency and state; in its place UNDECIDED (by the superior), RELIEVED, UNHEEDED (by us), UNREACHED and "
            "REST_UNANSWERED, where one ended so."
        )
        yield _family("inspector_assistance", help_assistance, ("agency", "state"), held.assistance)
        help_score = (
            "Requests opened within 90 days, by agency, fact and mark: asked, answered, used, badly_put (by us) and others."
        )
        yield _family("inspector_assistance_score", help_score, ("agency", "fact", "mark"), held.score)
        help_days = "Working days from the sending of a request to its answer, the median of those opened within 90 days."
        yield _family("inspector_assistance_answer_workdays", help_days, ("agency", "fact"), held.answer_days)
        yield from _subjects(held)
        yield _family("inspector_draws", "Draws by state.", ("state",), held.draws)
        yield _family("inspector_visits", "Visits by state, second looks among them.", ("state",), held.visits)
        help_planned = "Planned checks of this calendar year, made or to be made: chosen by chance, or owed for coverage."
        yield _family("inspector_planned_checks", help_planned, ("agency", "chosen"), held.planned)
        yield _family("inspector_assignments", "Seats given to inspectors, by state.", ("state",), held.seats)
        help_looks = "Second looks at results that found nothing, by agency and what became of them; never by whose work it was."
        yield _family("inspector_second_looks", help_looks, ("agency", "became"), held.second_looks)
        help_off = "Inspectors whom a channel reaches no more, by channel: it knows no such recipient."
        yield _family("inspector_channels_off", help_off, ("channel",), held.channels_off)
        help_recusals = "Applications that an inspector who holds a seat be recused, by reason and by what the head has decided."
        yield _family("inspector_recusals", help_recusals, ("reason", "state"), held.recusals)
        help_conflicts = "Declared conflicts that keep an inspector from an object in draws to come, by reason."
        yield _family("inspector_conflicts", help_conflicts, ("reason",), held.conflicts)
        yield _family("inspector_attention", "Matters that wait for a person, by kind.", ("kind",), held.attention)
        help_uncovered = "Holes that begin within three months, as last looked at, by what lacks: work that would come to nobody."
        yield _family("inspector_coverage_holes", help_uncovered, ("lack",), held.uncovered)
        help_at_risk = (
            "Open dates within this many working days, of ours (verification, review, consequence, visit, objection, repair, withdrawal, "
            "striking, shaken, regrade, send_back, spoken, retraction, amendment, untaken, held, bar, stood_in, overtaken, recusal, limit, "
            "disclosure, letter) and of the agencies asked (assistance)."
        )
        yield _family("inspector_deadlines_at_risk", help_at_risk, ("of", "within_working_days"), held.at_risk)
        yield from _connectors(held)
        lag = [(name, seconds) for name, seconds, _ in held.schedules]
        yield _family(
            "inspector_schedule_lag_seconds", "How late a schedule's last slot was taken, in machine time.", ("schedule",), lag
        )
        ahead = [(name, seconds) for name, _, seconds in held.schedules]
        yield _family("inspector_schedule_next_seconds", "Office seconds to a schedule's next slot.", ("schedule",), ahead)
        yield _single("inspector_ledger_unsealed", "Ledger entries that wait for a seal.", held.unsealed)
        yield _single(
            "inspector_ledger_unsealed_seconds",
            "Age of the oldest unsealed ledger entry, in machine time.",
            held.unsealed_seconds,
        )
        yield _single(
            "inspector_calendar_horizon_seconds", "Time until the known working-day calendar ends.", held.calendar_seconds
        )
        help_provisional = "Open verifications and reviews whose date a notice still to come can move."
        yield _single("inspector_deadlines_provisional", help_provisional, held.provisional)
        yield from _published(held)
        yield from _duties(self.duties)


def _duties(held: Duties) -> Iterable[GaugeMetricFamily]:
    """What the office owes, and what must be of nothing in it."""
    help_invariants = (
        "What must be of nothing, by what it is; each is 0: cases that ended against somebody without an officer's decision, or by one "
        "that cites no ground for it or data that are stale by their own dates (adverse_without_review); visits to be made for which "
        "fewer than two places are held (visit_without_team); draws to which nothing was committed beforehand (draw_without_commitment); "
        "cases, requests, visits, seats and steps that wait with nothing that would go on with them one day (clock_without_step); stopped "
        "work of which nobody is told (order_without_owner). Counted to 1000."
    )
    yield _family("inspector_invariants", help_invariants, ("of",), held.invariants)
    help_oldest = "Working days since the oldest open request to an agency was sent; no series: it has none."
    yield _family("inspector_assistance_oldest_workdays", help_oldest, ("agency",), held.oldest)
    help_periods = (
        "Periods of plans that have begun in this calendar year, by what became of them: drawn, under_way, void, or none, where no draw "
        "was made, for there was nothing to draw, or it could not be announced. All together are those that were expected."
    )
    yield _family("inspector_draw_periods", help_periods, ("plan", "became"), held.periods)
    help_pushes = (
        "Assignments that a channel took within 90 days, by how far: read, delivered, failed, or only handed over (handed)."
    )
    yield _family("inspector_pushes", help_pushes, ("channel", "reach"), held.pushes)
    help_answers = (
        "Seats at visits that were given within 90 days, by state: ACCEPTED and DONE have said yes, EXPIRED nothing in time."
    )
    yield _family("inspector_assignments_recent", help_answers, ("state",), held.answers)


def _subjects(held: Snapshot) -> Iterable[GaugeMetricFamily]:
    """What is asked of subjects, and what is proposed about them."""
    help_shown = "Questions to subjects to show something (self-proof), by agency and state; RECEIVED waits to be read."
    yield _family("inspector_self_proofs", help_shown, ("agency", "state"), held.self_proofs)
    help_notices = "Notices to subjects, by state; FAILED reached nobody."
    yield _family("inspector_subject_notices", help_notices, ("agency", "state"), held.notices)
    help_open = "Consequences that an officer has still to do something about, by agency, proposal and state."
    yield _family("inspector_consequences_open", help_open, ("agency", "proposal", "state"), held.consequences)


def _credit(held: Snapshot) -> Iterable[GaugeMetricFamily]:
    """What credit platforms have of our entries."""
    retractions = sum(count for kind, _, count in held.work if kind == RETRACTION)
    help_retractions = "Credit entries that are to be taken back and have not been yet."
    yield _single("inspector_credit_retractions_open", help_retractions, retractions)
    help_differences = "Entries about which a credit platform says otherwise than our books, at the last comparison, by how."
    yield _family("inspector_credit_differences", help_differences, ("connector", "kind"), held.credit)
    help_compared = "Machine seconds since our credit books were last compared with a platform; an outage lets it grow."
    yield _family("inspector_credit_compared_seconds", help_compared, ("connector",), held.credit_compared)


def _published(held: Snapshot) -> Iterable[GaugeMetricFamily]:
    """What the public is to be shown."""
    help_publications = (
        "What is to be published, and what became of that, by agency and state, and by what it is of: a result, a penalty, or the push "
        "of a penalty to another province."
    )
    yield _family("inspector_publications", help_publications, ("agency", "state", "of"), held.publications)
    help_late = "The same whose date to be published or pushed (OWED), or to be taken back (TO_REMOVE), is over."
    yield _family("inspector_publications_late", help_late, ("state", "of"), held.publications_late)
    help_unequal = "Whether a person has to look at a measure by which the two routes were treated unlike, by agency and measure."
    yield _family("inspector_unequal_treatment", help_unequal, ("agency", "measure"), held.unequal)
    help_catalogue = "Editions of items in the catalogues, by agency and state."
    yield _family("inspector_catalogue_editions", help_catalogue, ("agency", "state"), held.catalogue)
    help_unfiled = "Changes of a catalogue whose filing is late: published or withdrawn, the term is over, and no proof is there."
    yield _single("inspector_catalogue_filings_late", help_unfiled, held.unfiled)
    help_codeless = "Visits on which no visit code was read and whose filing is late: the term is over, and no proof is there."
    yield _single("inspector_visit_filings_late", help_codeless, held.codeless)


def _connectors(held: Snapshot) -> Iterable[GaugeMetricFamily]:
    """What is known of each connector."""
    help_open = "1 while a connector's breaker is open, until a call is answered: also while one looks whether it is back."
    opened = [(name, float(is_open)) for name, is_open, _ in held.lanes]
    yield _family("inspector_connector_breaker_open", help_open, ("connector",), opened)
    paused = [(name, float(is_paused)) for name, _, is_paused in held.lanes]
    yield _family("inspector_connector_paused", "1 while a person has paused a connector.", ("connector",), paused)
    help_barred = "1 while a connector does not let us in: its credential, its address or what it has granted us is to be mended."
    yield _family("inspector_connector_barred", help_barred, ("connector",), held.barred)
    help_failures = "Failures in a row of a connector; 0: its last call was answered."
    yield _family("inspector_connector_failures", help_failures, ("connector",), held.failures)
    yield _single(
        "inspector_maintenance", "1 while nothing leaves the house, by an operator's word (maintenance).", float(held.rests)
    )
    help_waiting = (
        "Work that waits because its connector is not asked now: maintenance, paused, breaker, barred, hours, quota or rate."
    )
    yield _family("inspector_connector_waiting", help_waiting, ("connector", "reason"), held.waiting)
    help_quota = "Calls that a connector with a daily quota has left today."
    yield _family("inspector_connector_quota_left", help_quota, ("connector",), held.quota_left)
    help_unread = (
        "Machine seconds since a mailbox of answers was last read to its end, or the secret of signed answers could be used; +Inf: never. "
        "Requests stand still meanwhile."
    )
    yield _family("inspector_mailbox_unread_seconds", help_unread, ("connector",), held.unread)
    help_delivered = "Age of the data of the delivery that a source answers from; +Inf: a look has found none."
    yield _family("inspector_delivery_age_seconds", help_delivered, ("connector",), held.delivered)
    help_promised = (
        "What a source's settings promise that this age stays below (longest_age_hours); no series: they promise nothing."
    )
    yield _family("inspector_delivery_longest_seconds", help_promised, ("connector",), held.promised)
    help_unseen = "Machine seconds for which a look is overdue that reads a source's folder to its end; 0: it was read in time."
    yield _family("inspector_delivery_unseen_seconds", help_unseen, ("connector",), held.unseen)
    help_drifting = "1 while a source answers a fact otherwise than it used to, and no person has said that this is right."
    yield _family("inspector_source_drifting", help_drifting, ("connector", "fact"), held.drifting)
    help_compared = (
        "Windows of answers compared with those before. Times drift.chance: so many false alarms are to be expected at most."
    )
    yield _family("inspector_source_windows", help_compared, ("connector", "fact"), held.compared)


@dataclass
class Metrics:
    """The house's meters."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self._state = _State()
        self.registry.register(self._state)
        registry = self.registry
        Info("inspector_build", "Which build this is.", registry=registry).info({"version": __version__})
        self.settled = Counter(
            "inspector_work_settled_total", "Work settled, by kind and outcome.", ("kind", "outcome"), registry=registry
        )
        self.calls = Counter(
            "inspector_connector_calls_total",
            "Calls by connector and outcome: answered, refused, barred, garbled, unavailable, notyet, or failed by a fault of ours.",
            ("connector", "outcome"),
            registry=registry,
        )
        self.tries = Counter("inspector_connector_attempts_total", "HTTP tries inside calls.", ("connector",), registry=registry)
        self.seconds = Histogram(
            "inspector_connector_seconds",
            "Seconds of one call with its tries.",
            ("connector",),
            buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60),
            registry=registry,
        )
        self.ticks = Gauge(
            "inspector_tick_last_timestamp_seconds", "Machine time of a tick's last end.", ("tick",), registry=registry
        )
        self.tick_lag = Gauge("inspector_tick_lag_seconds", "How late a tick started.", ("tick",), registry=registry)
        self.requests = Counter(
            "inspector_http_requests_total",
            "Requests by route, method and status class.",
            ("route", "method", "status"),
            registry=registry,
        )
        self.office_time = Gauge(
            "inspector_office_timestamp_seconds",
            "Office time, by which legal dates run; the machine's own except where office time is made to run fast.",
            registry=registry,
        )
        self.clock_ahead = Gauge(
            "inspector_clock_ahead_seconds",
            "How far this machine's clock is ahead of the database's, by which all replicas go; 0 on SQLite.",
            registry=registry,
        )
        self.in_flight = Gauge("inspector_work_in_flight", "Work being carried out in this process.", registry=registry)
        self.stale = Counter(
            "inspector_settlements_refused_total",
            "Settlements refused because the fence had moved or another hand had changed the same.",
            registry=registry,
        )
        self.unsettled = Counter(
            "inspector_settlements_failed_total",
            "Settlements that could not be written down, for the database was away or by an error in the log; their rows run again.",
            registry=registry,
        )
        help_law = "1 while what lies in the folders of packs and calendars is refused and the former ones stay in force."
        self.law_refused = Gauge("inspector_law_refused", help_law, registry=registry)
        help_shadow = "1 while the office runs in shadow: it decides and writes down, and nothing leaves the house."
        self.shadow = Gauge("inspector_shadow", help_shadow, registry=registry)
        help_pulse = "Signs of life that the dead-man's switch outside did not take."
        self.pulse_failures = Counter("inspector_pulse_failures_total", help_pulse, registry=registry)

    def show(self, snapshot: Snapshot) -> None:
        """Take a new snapshot for the gauges."""
        self._state.snapshot, self._state.taken = snapshot, time.monotonic()

    def owe(self, duties: Duties) -> None:
        """Take a new look at the duties for the gauges."""
        self._state.duties = duties

    def render(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)


def _family(name: str, documentation: str, labels: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, documentation, labels=labels)
    for *values, number in rows:
        family.add_metric([str(value) for value in values], float(number))
    return family


def _single(name: str, documentation: str, number: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, value=number)
