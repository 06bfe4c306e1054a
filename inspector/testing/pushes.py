"""For channels over HTTP whose other side has codes of its own in a 200, and readers of its own: what it says, and what it is shown."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import unquote_plus

from inspector.ports import Barred, Origin, PortError, Receipt, Refused, Unavailable
from inspector.testing.contracts import STABLE, ChannelContract, caught
from inspector.testing.http import OverHttp
from inspector.testing.peer import Heard, Step, answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A reply of the platform, and the error it is. `after`: the seconds that it asks us to wait, where it does."""

    step: Step
    becomes: type[PortError]
    code: str
    after: float | None = None


class PushesOverHttp(OverHttp, ChannelContract):
    """Say what a good platform answers (`told`), its own errors (`says`), and which words of the message it must not see (`withheld`)."""

    empty = False
    says: ClassVar[Mapping[str, Say]] = {}
    withheld: ClassVar[tuple[str, ...]] = ()
    reference: ClassVar[str] = ""
    """The platform's number in `told`."""

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """A test for each of the platform's own errors, beside those for each fault."""
        if "say" in metafunc.fixturenames:
            metafunc.parametrize("say", self.says.values(), ids=self.says)
        else:
            super().pytest_generate_tests(metafunc)

    def test_what_the_platform_says_in_its_body_becomes_what_it_is(self, say: Say) -> None:
        self.party.plays(say.step)
        with closing(self.made(self.party.url, self.once)) as made:
            error = caught(lambda: self.use(made, key="k-1"))
        assert (type(error), error.code, error.attempts) == (say.becomes, say.code, 1)
        assert STABLE.fullmatch(error.code)
        assert self.told_too_much(error) == []
        if isinstance(error, Unavailable) and not isinstance(error, Barred):
            assert error.retry_after == say.after
        if error.code == "recipient_refused":
            assert isinstance(error, Refused), "the person cannot be reached there, and nobody else's push is hindered by it"

    def test_an_address_that_is_nobodys_or_everybodys_is_refused_before_anybody_is_asked(self) -> None:
        self.party.plays(answer(200, self.told))
        with closing(self.made(self.party.url, self.once)) as made:
            for address in ("@all", "all", "a,b", "a|b", "a b", "a\nb", "<b>"):
                error = caught(lambda to=address: made.push(replace(self.message, to=to), key="k-1"))  # type: ignore[misc]
                assert (type(error), error.code, error.origin, error.attempts) == (Refused, "recipient_refused", Origin.US, 0)
        assert self.party.heard == []

    def test_it_is_shown_what_it_may_see_and_its_number_is_kept(self) -> None:
        self.party.plays(answer(200, self.told))
        with closing(self.made(self.party.url, self.once)) as made:
            receipt = self.use(made, key="k-1")
        assert isinstance(receipt, Receipt)
        assert receipt.reference == self.reference
        told = readable(self.party.heard[0])
        assert self.message.title in told
        assert [word for word in self.withheld if word in told] == []


def readable(heard: Heard) -> str:
    """Path and body of a request as a person would read them: JSON, and JSON within it; a form; base64 of JSON."""
    return f"{unquote_plus(heard.path)}\n{_read(heard.body.decode())}"


def _read(text: str) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        try:
            return _read(base64.b64decode(text, validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            return unquote_plus(text)
    return "\n".join(_leaves(told))


def _leaves(told: object) -> list[str]:
    if isinstance(told, Mapping):
        return [leaf for name, value in told.items() for leaf in (str(name), *_leaves(value))]
    if isinstance(told, list):
        return [leaf for value in told for leaf in _leaves(value)]
    return [_read(told) if isinstance(told, str) and told[:1] in ("{", "[") else str(told)]
