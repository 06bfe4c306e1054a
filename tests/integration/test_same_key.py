"""Whatever is tried again is tried under its own key: the other side knows it for the same (kill -9 and outages; on both databases)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from inspector.flows import review
from inspector.flows.office import Office
from inspector.ports import CreditEntry, CreditRetraction, Notice, Receipt, Unavailable
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_barred import Hall
from tests.integration.test_corrections import Platform
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike

Said = list[tuple[str, str]]
"""What was said, and under which key, each time."""


@dataclass
class HallOfKeys(Hall):
    """An approving system that notes under which key it hears what."""

    said: Said = field(default_factory=list)

    def tell(self, notice: Notice, *, key: str) -> Receipt:
        """Hear, or not."""
        self.said.append((notice.event_id, key))
        return super().tell(notice, key=key)


@dataclass
class PlatformOfKeys(Platform):
    """A credit platform that does so, of entries and of what is to be taken back."""

    said: Said = field(default_factory=list)
    back: Said = field(default_factory=list)

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        """Take an entry, or not."""
        self.said.append((entry.entry_id, key))
        return super().record(entry, key=key)

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        """Take it back, or not."""
        self.back.append((retraction.entry_id, key))
        return super().retract(retraction, key=key)


def keys(said: Iterable[tuple[str, str]]) -> int:
    """Under how many keys one thing was said at most; 0 where nothing was said twice."""
    held = defaultdict[str, list[str]](list)
    for what, key in said:
        held[what].append(key)
    return max((len(set(each)) for each in held.values() if len(each) > 1), default=0)


def once_more(office: Office) -> None:
    """Whatever is due is tried, whoever was away."""
    with office.store.begin() as tx:
        for lane in tx.lanes.all():
            tx.lanes.succeeded(lane.name)
    settle(office)


def test_whatever_leaves_the_house_leaves_under_one_key_however_often_it_is_tried(store: Store, hand: Hand) -> None:
    away = Unavailable("http_503")
    source, hall, platform = Table(default=away), HallOfKeys(error=away), PlatformOfKeys(as_of=hand(), away=True)
    office = open_office(store, hand, sources={"registers": source}, approving={"hall": hall}, credit={"platform": platform})
    given = application(1, "business-licence", LICENCE)
    with store.begin() as tx:
        tx.credit.state(given.subject_kind, given.subject_code, "A", hand(), "platform")
    case_id = post(office, given)
    for tries in range(6):
        once_more(office)
        hand.on(hours=1)
        if tries == 2:  # the source is back, the case ends, and its entry meets a platform that is away
            source.default = "="
    with store.begin() as tx:
        review.withdraw(office, tx, case_id, "改为提交证明", "hall", hand())
    for _ in range(5):  # what may have left is taken back on every working day
        once_more(office)
        hand.on(days=1)
    asked = [(question.case_id, key) for key, question in source.asked]
    told = {"question": asked, "notice": hall.said, "entry": platform.said, "retraction": platform.back}
    assert {name: keys(said) for name, said in told.items()} == dict.fromkeys(told, 1), (
        "each was tried again, under the key of before"
    )
