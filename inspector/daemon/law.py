"""Packs and calendars that are put into their folders while the daemon runs: proven, announced, and in force from their date.

What is broken changes nothing: the former ones stay, and a person is told until the folders can be read again. One piece of work, one
request or one reading of gauges sees one law, for the office is replaced whole and never changed.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from inspector.domain.errors import Invalid, Refusal
from inspector.flows.office import Office
from inspector.labels import told
from inspector.policybook import PacksInvalid
from inspector.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

REFUSED = "law_refused"
"""The matter for a person: what lies in the folders of packs and calendars cannot be taken up."""

_TOLD = 2000
"""So many characters of what is wrong, in both languages, are kept with the matter; `check` and `policy check` tell all of it."""


class Law:
    """Looks at the folders by their `prints`; `held` are those of what `office` was read from.

    `read` proves what lies there now and gives the office by it; `take_up` puts that in the former one's place.
    """

    def __init__(
        self,
        office: Office,
        prints: Callable[[], object],
        held: object,
        read: Callable[[Office], Office],
        take_up: Callable[[Office], None],
        metrics: Metrics,
    ) -> None:
        self._office = office
        self._prints = prints
        self._read = read
        self._take_up = take_up
        self._metrics = metrics
        self._held, self._seen = held, held
        self._judged: object = None
        """Those judged last; none at first, so that the first look closes what an earlier process was told."""

    def look(self) -> None:
        """Take up what has changed, once two looks in a row find the same: a file that is still being written is no law.

        Raises Away and OSError; the next look tries again.
        """
        before, self._seen = self._seen, self._prints()
        if self._seen == self._judged or self._seen != before:
            return
        if self._seen == self._held:
            self._well()
        else:
            try:
                office = self._read(self._office)
            except (Invalid, Refusal) as error:
                self._refuse(error)
            else:
                self._take_up(office)
                self._office, self._held = office, self._seen
                self._well()
                log.info("law.taken_up", packs=[pack.label for pack in office.book.packs])
        self._judged = self._seen

    def _refuse(self, error: Invalid | Refusal) -> None:
        words = str(error) if isinstance(error, PacksInvalid) else "｜".join(told(error, lang) for lang in ("en", "zh-Hans"))
        facts = {"why": error.code, "told": words[:_TOLD]}
        log.error("law.refused", **facts)
        self._metrics.law_refused.set(1)
        with self._office.store.begin() as tx:
            tx.attention.open(REFUSED, self._office.house, "folders", facts, self._office.now())

    def _well(self) -> None:
        with self._office.store.begin() as tx:
            tx.attention.close(f"{REFUSED}:folders", self._office.now())
        self._metrics.law_refused.set(0)
