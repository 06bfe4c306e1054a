"""Somebody at a browser, watched: whatever a page does that a page of this house must not do is kept as a fault."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, Response, ViewportSize

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1200, "height": 800}
FLAGS = [
    *("--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
    "--no-sandbox",  # it refuses root and does not work in every container; the pages are our own
]
_EMPTY = re.compile(r"[(（][\s—]*[)）]")
_WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_FOCUS = """() => {
    const at = document.activeElement, style = getComputedStyle(at);
    const named = at.labels?.[0]?.innerText || at.getAttribute("aria-label") || at.innerText || "";
    return [named.trim(), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
}"""


@dataclass
class Visitor:
    """A page of its own context. `faults` holds what must not happen: errors, foreign requests, dialogs, pages without a policy."""

    page: Page
    home: str
    faults: list[str] = field(default_factory=list)
    pardoned: str = "\0"
    """Words of an error that the test itself brings about."""
    _refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", self._disturbed)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def open(self, path: str) -> str:
        """Go to a page of the house; its whole text."""
        self.page.goto(self.home + path)
        return self.text()

    def log_in(self, token: str, path: str = "/review") -> str:
        """Be sent to the login on the way to a page, and paste a token."""
        self.open(path)
        self.page.locator("#token").fill(token)
        with self.page.expect_navigation():
            self.page.locator("main form button").click()
        return self.text()

    def press(self, name: str) -> str:
        """Press a button; the text of the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()
        return self.text()

    def follow(self, name: str) -> str:
        """Follow a link; the text of the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, exact=True).click()
        return self.text()

    def fill(self, name: str, text: str) -> None:
        """Type into the first field of that name."""
        self.page.get_by_label(name, exact=True).first.fill(text)

    def choose(self, name: str) -> None:
        """Choose the first such answer."""
        self.page.get_by_role("radio", name=name, exact=True).first.check()

    def alert(self) -> Locator:
        """The words of what is wrong."""
        return self.page.get_by_role("alert")

    def now(self) -> str:
        """The sentence that says how things stand."""
        return self.page.get_by_role("status").inner_text()

    def text(self) -> str:
        """Everything written on the page, which must not be wider than the screen nor put nothing into brackets."""
        scrolled, screen = self.page.evaluate(_WIDTHS)
        assert scrolled <= screen, f"{self.page.url} is {scrolled} wide on a screen of {screen}"
        told = self.page.locator("body").inner_text()
        assert _EMPTY.findall(told) == [], f"{self.page.url}: {told}"
        return told

    def tab_to(self, name: str) -> None:
        """Reach a field or button by the keyboard alone; wherever the focus is on the way, it is seen."""
        for _ in range(40):
            self.page.keyboard.press("Tab")
            reached, seen = self.page.evaluate(_FOCUS)
            assert seen, f"the focus on “{reached}” cannot be seen"
            if reached == name:
                return
        raise AssertionError(f"no way to “{name}” by the keyboard")

    def _heard(self, message: ConsoleMessage) -> None:
        # Chromium reports a page refused on purpose (422 beside its form) as a failure to load: that one is no fault.
        meant = message.text.startswith("Failed to load resource") and message.location["url"] in self._refused
        if message.type in ("error", "warning") and not meant and self.pardoned not in message.text:
            self.faults.append(f"{message.type}: {message.text}")

    def _disturbed(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        own = request.url.startswith("blob:")  # a worker made of the page itself: nothing goes out for it
        if not own and urlsplit(request.url)[:2] != urlsplit(self.home)[:2]:
            self.faults.append(f"request to {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and not response.url.startswith("file:"):  # a disk sends no headers
            policy = response.headers.get("content-security-policy", "")
            if "default-src 'none'" not in policy:
                self.faults.append(f"no policy on {response.url}")
            if 400 <= response.status < 500:
                self._refused.add(response.url)


class Door:
    """Where visitors come in, each with a context of its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._inside: list[Visitor] = []

    def phone(self, home: str, *, scripts: bool = True) -> Visitor:
        """Somebody with a small phone."""
        return self._let_in(home, PHONE, scripts=scripts)

    def desk(self, home: str, *, scripts: bool = True, locale: str = "zh-CN") -> Visitor:
        """Somebody at a desk."""
        return self._let_in(home, DESK, scripts=scripts, locale=locale)

    def close(self) -> list[str]:
        """Everybody leaves; their faults."""
        for visitor in self._inside:
            visitor.page.context.close()
        return [fault for visitor in self._inside for fault in visitor.faults]

    def _let_in(self, home: str, size: ViewportSize, *, scripts: bool, locale: str = "zh-CN") -> Visitor:
        phone = size is PHONE
        context = self._browser.new_context(
            viewport=size, locale=locale, java_script_enabled=scripts, has_touch=phone, is_mobile=phone
        )
        self._inside.append(Visitor(page=context.new_page(), home=home))
        return self._inside[-1]
