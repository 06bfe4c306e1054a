"""Officials sign in by an OpenID Connect provider over a real socket; and what somebody would try who is not let in."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import structlog

pytest.importorskip("joserfc")

from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.identity import oidc
from inspector.domain.errors import Invalid
from inspector.ports import Refused
from inspector.signin import Entrance, Going
from inspector.store.admissions import Admission
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, open_office
from tests.idp import CLIENT, SECRET, Idp, key, number, pem, public, serving_idp, shared, signed

pytestmark = pytest.mark.alike


@pytest.fixture
def idp() -> Iterator[Idp]:
    with serving_idp() as held:
        yield held


@pytest.fixture
def provider(idp: Idp, tmp_path: Path) -> Iterator[oidc.OidcProvider]:
    file = tmp_path / "client"
    file.write_text(SECRET)
    file.chmod(0o600)
    told = {"url": idp.url, "client": CLIENT, "client_secret_file": str(file), "owner": "统一身份认证"}
    held = oidc.connect("city", told)
    yield held
    held.close()


@pytest.fixture
def edge(store: Store, hand: Hand, provider: oidc.OidcProvider) -> Iterator[Edge]:
    office = replace(open_office(store, hand), entrance=Entrance(providers={"city": provider}))
    with serving(office) as held:
        yield held


def admit(edge: Edge, issuer: str, subject: str, via: str = "city", role: str = "officer", inspector: str | None = None) -> str:
    now = datetime.now(UTC)
    given = Admission(
        id="",
        via=via,
        issuer=issuer,
        subject=subject,
        name="李四",
        agency="bureau",
        role=role,
        inspector=inspector,
        expires_at=now + timedelta(days=1),
    )
    with edge.office.store.begin() as tx:
        return tx.admissions.admit(given, now)


def gone(browser: httpx.Client, after: str = "") -> str:
    """Where the house sends a browser to say who it is."""
    answer = browser.get("/signin/city" + (f"?next={after}" if after else ""))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def refused(answer: httpx.Response, words: str, status: int = 403) -> bool:
    return (
        answer.status_code == status and words in answer.text and "inspector_session" not in answer.headers.get("set-cookie", "")
    )


def test_the_provider_of_these_tests_signs_as_the_vector_of_rfc_7515_a_2_and_hashes_as_that_of_rfc_7636_b() -> None:
    p, q = (
        int.from_bytes(base64.urlsafe_b64decode(told + "=="), "big")
        for told in (
            (
                "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ"
                "5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc"
            ),
            (
                "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLt"
                "XlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc"
            ),
        )
    )
    d = pow(65_537, -1, (p - 1) * (q - 1))
    public_part = rsa.RSAPublicNumbers(65_537, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public_part)
    payload = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
    token = signed(b'{"alg":"RS256"}', payload, numbers.private_key())
    assert token == (
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
        "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
        "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    )
    assert oidc._readable(public("k", key("k1"))) is not None
    assert oidc._readable({"kty": "oct", "k": number(2**256 - 1)}) is None, "a shared key is none, whoever publishes it"
    assert oidc.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_an_official_signs_in_by_the_provider_and_is_out_as_soon_as_the_house_says_so(edge: Edge, idp: Idp) -> None:
    with edge.client() as browser:
        assert "/signin/city?next=/requests" in browser.get("/login?next=/requests").text
        assert "统一身份认证" in browser.get("/login").text
        address = gone(browser, "/requests")
        asked = parse_qs(urlsplit(address).query)
        assert asked["redirect_uri"] == ["http://inspector.test/signin/city/back"]
        assert asked["code_challenge_method"] == ["S256"]
        cookie = browser.cookies["inspector_going"]
        stranger = browser.get("/signin/city/back", params=idp.consent(address))
        assert refused(stranger, "u-1001"), "the provider knows him, the house does not"
        made = admit(edge, idp.url, "u-1001")
        answer = browser.get("/signin/city/back", params=idp.consent(gone(browser, "/requests")))
        assert answer.status_code == 200
        assert 'content="0;url=/requests"' in answer.text
        told = answer.headers.get_list("set-cookie")
        session = next(one for one in told if one.startswith("inspector_session="))
        assert "HttpOnly" in session
        assert "SameSite=strict" in session
        assert cookie not in session
        assert any(one.startswith('inspector_going=""') for one in told), "what the browser held of its going is gone"
        assert browser.get("/requests").status_code == 200
        assert "李四" in browser.get("/sessions").text
        with edge.office.store.begin() as tx:
            tx.admissions.dismiss(made, datetime.now(UTC))
        assert browser.get("/requests").status_code == 303


def test_only_the_browser_that_went_comes_back_and_only_once(edge: Edge, idp: Idp) -> None:
    admit(edge, idp.url, "u-1001")
    with edge.client() as attacker, edge.client() as victim:
        brought = idp.consent(gone(attacker))
        assert refused(victim.get("/signin/city/back", params=brought), "并非由本浏览器发起"), "login CSRF: no going of its own"
        gone(victim)
        assert refused(victim.get("/signin/city/back", params=brought), "并非由本浏览器发起"), "the state of another browser"
        kept = attacker.cookies["inspector_going"]
        assert attacker.get("/signin/city/back", params=brought).status_code == 200
        again = {b"Cookie": f"inspector_going={kept}".encode()}
        assert refused(attacker.get("/signin/city/back", params=brought, headers=again), "http_400"), "a code is good once"
        fresh = gone(attacker)
        mine = attacker.cookies["inspector_going"]
        for cookie in (mine[:-1] + ("0" if mine[-1] != "0" else "1"), "e30=." + mine.partition(".")[2], "x"):
            changed = {b"Cookie": f"inspector_going={cookie}".encode()}
            answer = attacker.get("/signin/city/back", params=idp.consent(fresh), headers=changed)
            assert refused(answer, "并非由本浏览器发起"), "a going that we have not signed"
        denied = {"error": "access_denied", "state": parse_qs(urlsplit(gone(attacker)).query)["state"][0]}
        assert refused(attacker.get("/signin/city/back", params=denied), "未予登录")
        other = idp.consent(gone(attacker)) | {"iss": "https://another.example"}
        assert refused(attacker.get("/signin/city/back", params=other), "iss"), "mix-up (RFC 9207)"
        for after in ("https://elsewhere.example", "//elsewhere.example", "/ops\\evil"):
            assert attacker.get("/signin/city", params={"next": after}).status_code == 422
        assert attacker.get("/signin/nobody").status_code == 404


def test_a_going_that_has_signed_in_signs_nobody_in_again_though_the_provider_would(edge: Edge, idp: Idp) -> None:
    admit(edge, idp.url, "u-1001")
    with edge.client() as browser:
        address = gone(browser)
        again = {b"Cookie": f"inspector_going={browser.cookies['inspector_going']}".encode()}
        assert browser.get("/signin/city/back", params=idp.consent(address)).status_code == 200
        assert refused(browser.get("/signin/city/back", params=idp.consent(address), headers=again), "已经使用", 409)


def test_a_session_is_never_one_that_was_there_before(edge: Edge, idp: Idp) -> None:
    admit(edge, idp.url, "u-1001")
    with edge.client() as victim, edge.client() as attacker:
        attacker.post("/login", data={"token": edge.token("officer", name="王五")})
        planted = attacker.cookies["inspector_session"]
        victim.cookies.set("inspector_session", planted)
        answer = victim.get("/signin/city/back", params=idp.consent(gone(victim)))
        begun = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("inspector_session="))
        assert planted not in begun
        assert attacker.get("/review").status_code == 303, "the planted one is over"


NOW = time.time()
HEADER = b'{"alg":"none","kid":"k1"}'


@pytest.mark.parametrize(
    ("claims", "flaw"),
    [
        ({"iss": "https://another.example"}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": [CLIENT, "another"]}, "azp"),
        ({"aud": [CLIENT], "azp": "another"}, "azp"),
        ({"aud": None}, "aud"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": NOW - 61}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "9999999999"}, "exp"),
        ({"iat": NOW + 120}, "iat"),
        ({"iat": NOW - 3600}, "iat"),
        ({"nbf": NOW + 120}, "nbf"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"exp": NOW - 30, "iat": NOW + 30}, ""),
        ({"aud": [CLIENT, "another"], "azp": CLIENT}, ""),
    ],
)
def test_a_proof_for_another_house_browser_or_time_is_none(claims: dict[str, object], flaw: str) -> None:
    config = oidc.OidcConfig(url="https://idp.example", client=CLIENT)
    told = {"iss": config.url, "sub": "u", "aud": CLIENT, "exp": NOW + 300, "iat": NOW, "nonce": "n"} | claims
    assert oidc.amiss({name: value for name, value in told.items() if value is not None}, config, "n", NOW) == flaw


def test_a_proof_counts_by_the_providers_own_signature_alone_and_new_keys_are_taken_up(
    provider: oidc.OidcProvider, idp: Idp, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = "http://inspector.test/signin/city/back"

    def brought() -> str:
        going: Going = provider.going(back)
        return provider.identity(idp.consent(going.address)["code"], going, back).subject

    assert brought() == "u-1001"
    forgeries = {
        "none": lambda _, payload: (
            f"{base64.urlsafe_b64encode(HEADER).rstrip(b'=').decode()}.{signed(b'', payload, key('k1')).split('.')[1]}."
        ),
        "HS256 with the public key": lambda _, payload: shared(b'{"alg":"HS256","kid":"k1"}', payload, pem(key("k1"))),
        "HS256 with the published shared key": lambda _, payload: shared(b'{"alg":"HS256","kid":"shared"}', payload, b"x" * 32),
        "another key under its name": lambda told, payload: signed(json.dumps(told).encode(), payload, key("evil")),
        "a key that it brings along": lambda _, payload: signed(
            json.dumps({"alg": "RS256", "jwk": public("k9", key("evil")), "kid": "k9"}).encode(), payload, key("evil")
        ),
        "signed for other claims": lambda told, payload: ".".join(
            (
                *signed(json.dumps(told).encode(), payload + b" ", key("k1")).split(".")[:2],
                signed(b"{}", payload, key("k1")).split(".")[2],
            )
        ),
        "no proof": lambda _told, _payload: "a.b",
    }
    for name, forge in forgeries.items():
        idp.forge = forge
        with pytest.raises(Refused) as told:
            brought()
        assert told.value.code in ("proof_unsigned", "proof_forged", "proof_unreadable", "key_unknown"), name
    idp.forge = None
    idp.kid, idp.published = "k2", ["k1", "k2"]
    with pytest.raises(Refused, match="key_unknown"):  # keys were just read: forged names make no traffic
        brought()
    monkeypatch.setattr(oidc, "_CALM", 0.0)
    assert brought() == "u-1001"
    going = provider.going(back)
    code = idp.consent(going.address)["code"]
    with pytest.raises(Refused, match="http_400"):  # PKCE: whoever has caught the code has not its verifier
        provider.identity(code, replace(going, verifier="caught"), back)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"issuer": "https://another.example"}, "issuer_other"),
        ({"token_endpoint": "https://another.example/token"}, "host_other"),
        ({"jwks_uri": "http://169.254.0.1/keys"}, "host_other"),
    ],
)
def test_a_provider_that_was_led_astray_leads_nobody_further(
    provider: oidc.OidcProvider, idp: Idp, told: dict[str, str], code: str
) -> None:
    idp.told = told
    with pytest.raises(Refused, match=code):
        provider.going("http://inspector.test/back")


@pytest.mark.parametrize(
    "told",
    [
        {"url": "http://idp.example"},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"scope": "profile"},
        {"skew_seconds": 3600},
    ],
)
def test_settings_that_would_not_be_safe_are_refused(told: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="connector_key_range"):
        oidc.connect("city", {"url": "https://idp.example", "client": CLIENT, **told})


@pytest.mark.slow
def test_a_provider_that_is_away_is_said_to_be_and_tokens_still_let_in(edge: Edge, idp: Idp) -> None:
    idp.told = {"authorization_endpoint": 7.5}
    with edge.client() as browser:
        assert browser.get("/signin/city").status_code in (403, 503)
        assert browser.post("/login", data={"token": edge.token("officer")}).status_code == 303


def test_what_an_address_says_is_no_way_in_and_does_not_come_into_the_log(edge: Edge) -> None:
    with structlog.testing.capture_logs() as said, edge.client() as browser:
        assert browser.get("/signin/91330100MA2TEST000/back", params={"code": "x"}).status_code == 404
        assert browser.get("/signin/city/back", params={"code": "x"}).status_code == 403
    assert [one["way"] for one in said if one["event"] == "signin.refused"] == ["unknown", "city"]
