"""`signin` beside a daemon that serves: whom a command admits is in, whose session or admission it ends is out at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from inspector.store import migrate
from inspector.store.store import Store
from tests.house import closing
from tests.integration.test_daemon import home
from tests.operator import process

pytestmark = pytest.mark.slow
SECRET = "k" * 40
SAYS = {"X-Gateway-Secret": SECRET, "X-Gateway-User": "u-7"}


def test_the_commands_of_sign_in_let_a_person_into_a_running_house_list_the_session_and_end_it(tmp_path: Path) -> None:
    with home(tmp_path) as held:
        with closing(Store(held.url)) as store:
            migrate.upgrade(store)
        secret, config = tmp_path / "gateway.secret", tmp_path / "office.toml"
        secret.write_text(SECRET, encoding="ascii")
        secret.chmod(0o600)
        told = f'[signin]\ngateway_peers = ["127.0.0.1"]\ngateway_secret_file = "{secret}"\n'
        config.write_text(config.read_text(encoding="utf-8") + told, encoding="utf-8")

        def said(*words: str) -> list[dict[str, Any]]:
            ran = process("signin", *words, "--config", str(config), "--json")
            assert ran.code == 0, ran.err
            return ran.json if isinstance(ran.json, list) else [ran.json]

        held.running()
        with httpx.Client(base_url=f"http://127.0.0.1:{held.port}", headers=SAYS, trust_env=False) as browser:
            assert browser.post("/signin/gateway").status_code == 403, "nobody of ours yet"
            (admitted,) = said("admit", "u-7", "--name", "李四", "--agency", "bureau", "--role", "officer")
            assert [one["id"] for one in said("list")] == [admitted["id"]]
            assert browser.post("/signin/gateway").status_code == 200
            assert browser.get("/review").status_code == 200
            (session,) = said("sessions")
            assert (session["name"], session["way"]) == ("李四", "gateway")
            said("end", session["id"])
            assert browser.get("/review").status_code == 303, "at once"
            assert said("sessions") == []
            assert browser.post("/signin/gateway").status_code == 200, "a session was ended, and not the admission"
            (ended,) = said("dismiss", admitted["id"])
            assert ended["sessions"] == 1
            assert browser.get("/review").status_code == 303
            assert browser.post("/signin/gateway").status_code == 403
            assert said("list")[0]["ended_at"]
            assert process("signin", "end", "none", "--config", str(config)).code != 0
