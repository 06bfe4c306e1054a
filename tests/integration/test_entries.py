"""Who comes into a frame when the pack has changed since they came in. On both databases."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.policy import Policy
from inspector.flows.entries import entries
from inspector.flows.office import Office, Plan
from inspector.policybook import Policybook
from inspector.store.store import Store
from tests.house import Hand, application, open_office, post, settle
from tests.integration.test_way import LICENCE

PLAN = Plan(name="weekly", agency="bureau", trigger="every 7d")


def strata(office: Office, policy: Policy) -> set[str]:
    with office.store.read() as tx:
        return {one.stratum for one in entries(office, tx, PLAN, policy, [], office.now())}


def test_a_case_of_a_former_pack_stands_where_the_pack_in_force_puts_its_profile_and_level(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    post(office, application(1, "business-licence", LICENCE))
    settle(office)
    policy = office.policy("bureau", hand().date())
    (before,) = strata(office, policy)
    renamed = replace(
        policy,
        strategies=tuple(replace(row, stratum=row.stratum and f"new-{row.stratum}") for row in policy.strategies),
        samplings=tuple(replace(row, stratum=f"new-{row.stratum}") for row in policy.samplings),
    )
    assert strata(office, renamed) == {f"new-{before}"}


def test_where_the_pack_in_force_draws_nobody_of_its_profile_the_name_stays_so_that_the_draw_is_refused_with_it(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand)
    post(office, application(1, "business-licence", LICENCE))
    settle(office)
    policy = office.policy("bureau", hand().date())
    drawless = replace(
        policy, strategies=tuple(replace(row, stratum=None) for row in policy.strategies), samplings=policy.samplings[:1]
    )
    assert strata(office, replace(drawless, samplings=())) == strata(office, policy)


def test_a_case_that_a_former_pack_put_among_owed_visits_without_one_is_drawn_with_its_level(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    shipped = office.policy("bureau", hand().date())
    rows = tuple(replace(row, stratum="full") for row in shipped.strategies)
    former = replace(office, book=Policybook(packs=(replace(shipped, strategies=rows),)))
    post(former, application(1, "business-licence", LICENCE))
    settle(former)
    assert strata(former, shipped) == {"normal-U"}
