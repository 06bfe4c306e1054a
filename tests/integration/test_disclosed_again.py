"""A penalty that was taken back for a slip, or because it was changed, stands: told rightly it is public again (handbook 1.2.27)."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain import disclosing as domain
from inspector.domain.errors import Refusal
from inspector.domain.gazette import Fallen
from inspector.domain.publicationduty import PublicationState
from inspector.flows import publication
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_disclosure import built, duty, fined, rule

pytestmark = pytest.mark.alike


@pytest.mark.parametrize("why", [Fallen.MISTAKE, Fallen.CHANGED])
def test_an_amount_that_was_typed_wrongly_is_taken_back_and_the_right_one_is_public(
    store: Store, hand: Hand, tmp_path: Path, why: Fallen
) -> None:
    case, held = fined(store, hand)
    rule(case, held, amount=300_000_000)
    built(case, tmp_path / "site")
    with store.begin() as tx:
        publication.recall(case.office, tx, domain.name(held.id), why, "", "更正1", "李四", hand())
    with pytest.raises(Refusal, match="disclosure_public"):
        rule(case, held)
    built(case, tmp_path / "site")
    hand.on(days=30)
    owed = rule(case, held)
    assert (owed.state, owed.turn, owed.why, owed.due_at > hand()) == (PublicationState.OWED, 2, None, True)
    (line,) = built(case, tmp_path / "site").lines
    assert (line.amount, line.removed, duty(case, held).state) == (3_000_000, None, PublicationState.PUBLISHED)


@pytest.mark.parametrize("why", [Fallen.REVOKED, Fallen.UNLAWFUL, Fallen.VOID])
def test_what_fell_itself_is_never_public_again(store: Store, hand: Hand, tmp_path: Path, why: Fallen) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    built(case, tmp_path / "site")
    with store.begin() as tx:
        publication.recall(case.office, tx, domain.name(held.id), why, "", "", "李四", hand())
    built(case, tmp_path / "site")
    with pytest.raises(Refusal, match="publication_state"):
        rule(case, held)
