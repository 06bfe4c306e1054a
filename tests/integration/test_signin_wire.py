"""The identity provider's connector as every connector is: a provider that misbehaves lets nobody in, holds nobody, tells no secret."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any, ClassVar

import pytest

pytest.importorskip("joserfc")

from connectors.identity import oidc
from inspector.ports import PortError
from inspector.testing import PortContract
from inspector.testing.faults import Fault, table
from inspector.testing.peer import nobody, peer
from tests.idp import CLIENT, Idp, serving_idp

BACK = "http://inspector.test/signin/city/back"
TOLD = {"issuer": "another", "authorization_endpoint": "x", "token_endpoint": "x", "jwks_uri": "x"}


class TestOidc(PortContract):
    port = "identity"
    idp: ClassVar[Idp]
    silent: ClassVar[str]
    _open: ClassVar[ExitStack]

    @classmethod
    def setup_class(cls) -> None:
        with ExitStack() as opening:
            cls.idp = opening.enter_context(serving_idp())
            cls.silent = opening.enter_context(nobody())
            cls._open = opening.pop_all()

    @classmethod
    def teardown_class(cls) -> None:
        cls._open.close()

    def connect(self) -> Any:
        return oidc.connect("city", {"url": self.idp.url, "client": CLIENT})

    def connect_silent(self) -> Any:
        return oidc.connect("city", {"url": self.silent, "client": CLIENT})

    def use(self, connector: Any, *, key: str) -> object:
        return connector.going(BACK)


@pytest.mark.slow
@pytest.mark.parametrize("fault", list(table(TOLD, heeds=True, empty=False)), ids=lambda one: one.name)
def test_whatever_a_provider_does_lets_nobody_in_and_holds_nobody(fault: Fault) -> None:
    times = {"read_seconds": 0.1, "budget_seconds": 0.2} if fault.hasty else {}
    with peer(fault.step) as party:
        provider = oidc.connect("city", {"url": party.url, "client": CLIENT, **times})
        began = time.monotonic()
        with pytest.raises(PortError):  # what is well-formed is of another issuer
            provider.going(BACK)
        assert time.monotonic() - began < 30
        provider.close()
