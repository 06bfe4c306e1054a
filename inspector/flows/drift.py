"""Sources that answer otherwise than they used to: counted beside the cases, told to a person, and held back where an office wants it.

Answers are counted in the process and written some seconds later, for a count is nobody's record: a daemon that is killed forgets some
answers of the last seconds, and the test stays what it is. It never speaks against anybody: it is about the source.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from inspector.domain.drift import Drift, Jump, Rules, accepted, kinds, seen
from inspector.domain.evidence import Evidence, Verdict
from inspector.store.drift import Heard
from inspector.store.store import Store
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

DRIFTS = "source_drifts"
"""The matter of a fact that a source answers otherwise than before, and the note of evidence that is held back meanwhile.

One for each source and fact. It is over when answers are as before; who closes it says that they are right as they are now.
"""


@dataclass
class Watch:
    """What this process has heard and not yet written. Of the sources in `hold` nothing decides while the alarm stands."""

    rules: Rules = field(default_factory=lambda: Rules(window=50, least=10, most=40, chance=1e-6))
    hold: frozenset[str] = frozenset()
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _heard: dict[Heard, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))

    def heed(self, tx: Tx, source: str, fact: str, found: Evidence) -> Evidence:
        """Count an answer once it is kept; the same evidence, or what it is worth while the source is doubted.

        What came back stays to be read; that it decides nothing lets the claim go its next way, and a person sees it at the end.
        """
        if found.attempts and (told := kinds(found.verdict, found.found)):
            tx.committed.append(lambda: self._hear(source, fact, told))
        if (
            source in self.hold
            and found.verdict in (Verdict.MATCH, Verdict.MISMATCH, Verdict.NOT_FOUND)
            and tx.drift.stands(source, fact)
        ):
            return replace(found, verdict=Verdict.CANNOT_SAY, fresh=False, note=DRIFTS)
        return found

    def write(self, store: Store, house: str, now: datetime) -> None:
        """Write what has been heard, and tell a person where it is otherwise than before. Raises Away; then nothing is forgotten."""
        with self._guard:
            heard, self._heard = dict(self._heard), defaultdict(list)
        if not heard:
            return
        try:
            with store.begin() as tx:
                said = [self._fold(tx, key, held, heard[key], house, now) for key, held in tx.drift.hold(heard).items()]
        except BaseException:
            with self._guard:
                for key, told in heard.items():
                    self._heard[key][:0] = told
            raise
        for (source, fact), was, now_is in said:
            if now_is is not None and was is None:
                log.warning("source.drifting", lane=source, fact=fact, what=now_is.what)
            elif was is not None and now_is is None:
                log.info("source.steady", lane=source, fact=fact)

    def _fold(
        self, tx: Tx, key: Heard, held: Drift, answers: list[tuple[str, ...]], house: str, now: datetime
    ) -> tuple[Heard, Jump | None, Jump | None]:
        source, fact = key
        matter, was = f"{DRIFTS}:{source}:{fact}", held.alarm
        row = tx.attention.get(matter)
        if was is not None and row is not None and row["closed_at"] is not None:
            held = accepted(held)
        drift = seen(held, answers, self.rules)
        tx.drift.put(source, fact, drift)
        if drift.alarm is not None and held.alarm is None:
            tx.attention.open(DRIFTS, house, f"{source}:{fact}", _told(source, fact, drift.alarm), now)
        elif drift.alarm is None and held.alarm is not None:
            tx.attention.close(matter, now)
        return key, was, drift.alarm

    def _hear(self, source: str, fact: str, told: tuple[str, ...]) -> None:
        with self._guard:
            self._heard[source, fact].append(told)


def _told(source: str, fact: str, jump: Jump) -> Mapping[str, object]:
    return {
        "connector": source,
        "fact": fact,
        "answer": jump.what,
        "share_now": f"{jump.now}/{jump.of}",
        "share_before": f"{jump.before}/{jump.out_of}",
        "chance": f"{jump.chance:.0e}",
    }
