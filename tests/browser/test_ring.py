"""Notices of the inspector's own browser: asked for by a button, shown by the worker, ended by a button (issue 6, Web Push).

Chromium reaches no push service here: what it would be given by one stands in for it. All else is real: the form, the house, the channel
with its encryption, a push service that decrypts, and the page's worker, which is handed what that has read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.channels import webpush
from inspector.domain.roster import InspectorRecord
from inspector.flows import trial
from inspector.labels import Lang, label
from inspector.store.store import Store
from inspector.testing import MESSAGE
from inspector.testing.peer import peer
from tests.browser.scenes import OPEN_OPS, Visit, visiting
from tests.browser.test_seatstates import LANGUAGES, light
from tests.browser.visitor import Door, Visitor
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_webpush import AUTH, POINT, SENDER, Service, sender
from tests.messengers import kept

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]
SERVICE = """(() => {
  const made = (at) => ({
    endpoint: at.endpoint, options: { applicationServerKey: Uint8Array.from(at.key).buffer },
    toJSON: () => ({ endpoint: at.endpoint, expirationTime: null, keys: { p256dh: "%(point)s", auth: "%(auth)s" } }),
    unsubscribe: async () => { localStorage.removeItem("subscribed"); return true; },
  });
  PushManager.prototype.getSubscription = async () => localStorage.subscribed ? made(JSON.parse(localStorage.subscribed)) : null;
  PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
    if (!userVisibleOnly) throw new TypeError("only what is shown");
    localStorage.subscribed = JSON.stringify({ endpoint: "%(endpoint)s", key: [...new Uint8Array(applicationServerKey)] });
    return made(JSON.parse(localStorage.subscribed));
  };
})()"""


@pytest.fixture
def service() -> Iterator[Service]:
    """A push service that knows our key."""
    held = Service(sender())
    with peer(beside={"/send/one-endpoint-word": held.push}) as there:
        held.url = there.url
        yield held


@pytest.fixture
def channel(service: Service, tmp_path: Path) -> Iterator[webpush.WebPushChannel]:
    told = {"url": service.url, "key_file": kept(tmp_path, SENDER, "key"), "contact": "mailto:it@office.example", "tries": 1}
    with closing(webpush.connect("browser", told)) as made:
        yield made


@pytest.fixture
def visit(store: Store, hand: Hand, channel: webpush.WebPushChannel) -> Iterator[Visit]:
    """A house whose register asks each inspector for a browser, too."""
    with visiting(store, hand) as held:
        office = held.edge.office
        office = replace(
            office, connectors=replace(office.connectors, channels={**office.connectors.channels, "browser": channel})
        )
        with store.begin() as tx:
            tx.lanes.ensure(office.connectors.names())
            rows = tx.rosters.inspectors("bureau")
            tx.rosters.put_inspectors([replace(row, channel="browser,phones", address=f"-,{row.address}") for row in rows])
        with serving(office, OPEN_OPS) as edge:
            yield replace(held, edge=edge)


def phone_of(door: Door, visit: Visit, service: Service, *, granted: bool) -> Visitor:
    """A phone whose browser lets us show notices, or does not."""
    phone = door.phone(visit.edge.url)
    told = {"point": POINT, "auth": AUTH, "endpoint": f"{service.url}/send/one-endpoint-word"}
    phone.page.context.add_init_script(SERVICE % told)
    if granted:
        phone.page.context.grant_permissions(["notifications"], origin=visit.edge.url)
    phone.open(visit.first)
    phone.press("查看我的全部任务")
    return phone


def who(visit: Visit) -> InspectorRecord:
    """The inspector of the first seat, as the register has him or her."""
    name = visit.first.split("/")[2]
    with visit.edge.office.store.read() as tx:
        number, place, turn = name.rsplit(":", 2)
        seat = tx.visits.seat(number, int(place), int(turn))
        return tx.rosters.inspector(seat.agency, seat.inspector)


def test_a_phone_subscribes_by_a_button_is_pushed_to_and_ends_it_by_another(
    visit: Visit, door: Door, service: Service, channel: webpush.WebPushChannel
) -> None:
    phone = phone_of(door, visit, service, granted=True)
    assert "尚未登记手机" in phone.now()
    phone.press("在本手机接收")
    assert phone.now() == label("ring.here", "zh-Hans")
    assert phone.page.get_by_role("button", name="在本手机接收").count() == 0
    person, office = who(visit), visit.edge.office
    assert [way.channel for way in person.ways] == ["browser", "phones"]

    with office.store.begin() as tx:
        trial.order(office, tx, "bureau", person.id, "clerk", office.now(), ["browser"])
    settle(office)
    assert service.shown[0]["title"] == label("push.test_title", "zh-Hans"), "a test push is read by this browser"
    push = replace(
        MESSAGE,
        to=person.ways[0].address,
        link=f"{visit.edge.url}{visit.first}",
        data={"accept_by": "2026-03-03T17:30:00+08:00"},
    )
    for _ in range(2):  # the second time after a lost answer
        channel.push(push, key="k-1")
    assert len(service.shown) == 3
    deliver(phone, visit.edge.url, [json.dumps(one) for one in service.shown[1:]])
    assert shown(phone) == [{"title": MESSAGE.title, "body": "→ 2026-03-03 17:30", "data": push.link}], (
        "shown once, and no more than that"
    )
    assert clicked(phone) == push.link

    phone.open("/mine")
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="不再用浏览器接收").click()
    assert "尚未登记手机" in phone.now()
    assert who(visit).browser is None
    assert phone.page.evaluate("localStorage.subscribed") is None, "the browser has let go of it, too"


def deliver(phone: Visitor, origin: str, messages: list[str]) -> None:
    """The push service hands messages to the browser's worker."""
    wire, found = phone.page.context.new_cdp_session(phone.page), list[str]()
    wire.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    wire.send("ServiceWorker.enable")
    phone.page.wait_for_function("navigator.serviceWorker.getRegistration('/seat/').then((one) => Boolean(one?.active))")
    for message in messages:
        wire.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": found[-1], "data": message})


NOTICES = """async () => (await (await navigator.serviceWorker.getRegistration("/seat/")).getNotifications())
    .map(({ title, body, data }) => ({ title, body, data }))"""


def shown(phone: Visitor) -> list[dict[str, str]]:
    """The notices on the screen."""
    phone.page.wait_for_function(f"({NOTICES})().then((held) => held.length > 0)")
    told: list[dict[str, str]] = phone.page.evaluate(NOTICES)
    return told


def clicked(phone: Visitor) -> str:
    """The address that a press on the notice opens."""
    (worker,) = phone.page.context.service_workers
    told: str = worker.evaluate(
        """async () => {
            const [notification] = await registration.getNotifications();
            return new Promise((good) => {
                Object.defineProperty(clients, "openWindow", { value: async (address) => good(address) });
                dispatchEvent(new NotificationEvent("notificationclick", { notification }));
            });
        }"""
    )
    return told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_within_reach_of_everybody_in_each_state(visit: Visit, door: Door, service: Service, lang: Lang) -> None:
    phone = phone_of(door, visit, service, granted=False)
    phone.open(f"/mine?lang={lang}")
    light(phone)
    phone.page.get_by_role("button", name=label("ring.begin", lang)).click()
    phone.page.get_by_text(label("ring.denied", lang)).wait_for()
    light(phone)
    phone.page.context.grant_permissions(["notifications"], origin=visit.edge.url)
    phone.open(f"/mine?lang={lang}")
    phone.press(label("ring.begin", lang))
    assert phone.now() == label("ring.here", lang)
    light(phone)
    phone.page.evaluate("localStorage.clear()")
    phone.open(f"/mine?lang={lang}")
    assert phone.now() == label("ring.elsewhere", lang)
    phone.page.evaluate(
        "document.getElementById('ring-begin').elements.subscription.value = '{}'; document.getElementById('ring-begin').submit()"
    )
    phone.alert().wait_for()
    assert label("error.subscription_unfit", lang) in phone.alert().inner_text()
    light(phone)


def test_on_an_iphone_a_page_that_is_not_on_the_home_screen_says_how_to_put_it_there(
    visit: Visit, door: Door, service: Service
) -> None:
    phone = phone_of(door, visit, service, granted=False)
    phone.page.context.add_init_script(
        "delete window.PushManager; Object.defineProperty(navigator, 'userAgent', { get: () => 'Mozilla/5.0 (iPhone; Safari)' });"
    )
    for lang in LANGUAGES:
        phone.open(f"/mine?lang={lang}")
        phone.page.locator("#ring-state", has_text=label("ring.home", lang)).wait_for()
        assert phone.page.locator("#ring-begin").count() == 0
