"""The inspector's page on a phone's home screen, where an iPhone shows notices (issue 6, Web Push): a manifest of the house's own."""

from __future__ import annotations

import re
import struct

import pytest

from tests.edge import Edge
from tests.integration.test_seat_page import Team, team

pytestmark = pytest.mark.alike
__all__ = ["team"]


def test_the_pages_of_an_inspector_name_the_houses_own_manifest_and_icons_and_its_policy_lets_them_in(team: Team) -> None:
    found = icon = ""
    with team.edge.client() as phone:
        for path in (team.first, "/login?next=/mine"):
            page = phone.get(path)
            (found,) = re.findall(r'<link rel="manifest" href="([^"]+)">', page.text)
            icon = next(iter(re.findall(r'<link rel="apple-touch-icon" href="([^"]+)">', page.text)), icon)
            assert "manifest-src 'self'" in page.headers["content-security-policy"]
        told = phone.get(found)
        assert told.headers["content-type"].startswith("application/manifest+json")
        manifest = told.json()
        assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/mine", "/")
        weight = len(told.content)
        for src, size in [(icon, "180x180"), *((one["src"], one["sizes"]) for one in manifest["icons"])]:
            assert src.startswith("/static/"), "nothing comes from elsewhere"
            picture = phone.get(src)
            assert picture.status_code == 200
            weight += len(picture.content)
            if size != "any":
                assert picture.headers["content-type"] == "image/png"
                assert struct.unpack(">II", picture.content[16:24]) == tuple(map(int, size.split("x")))
        assert weight < 20_000
        for firm in ("/code/check", "/"):
            assert "manifest" not in phone.get(firm).text, "a firm's phone is offered none"


@pytest.mark.slow
def test_a_link_that_was_copied_from_a_message_opens_in_it_for_it_has_no_line_for_addresses(team: Team) -> None:
    edge: Edge = team.edge
    with edge.client() as phone:
        assert phone.get("/mine").headers["location"].startswith("/login")
        page = phone.get("/login?next=/mine").text
        assert 'action="/mine/link"' in page
        assert 'action="/mine/link"' not in phone.get("/login").text, "an officer is asked for a token alone"
        opened = phone.post("/mine/link?lang=en", data={"link": f" https://office.example{team.first} "})
        assert (opened.status_code, opened.headers["location"]) == (303, f"{team.first}?lang=en"), "here, wherever it says"
        assert phone.get(opened.headers["location"]).status_code == 200
        for cut in ("", "https://office.example/seat/V-1:0:0", "https://[", "//evil.example/login", f"{team.first}/../../ops"):
            wrong = phone.post("/mine/link", data={"link": cut})
            assert (wrong.status_code, "任务链接" in wrong.text, 'aria-invalid="true"' in wrong.text) == (422, True, True), cut
        foreign = phone.post("/mine/link", data={"link": team.first}, headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403
