"""HTTP message signatures, held to the examples of RFC 9421 (appendix B.2), to the openssl program, and to a server that checks them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from connectors.signers import message
from connectors.signers.keyed import COVERED
from connectors.signers.message import Params, content_digest, signature_base, signs
from connectors.sources import http as source
from inspector.domain.errors import Invalid
from inspector.testing import QUESTION, caught
from inspector.testing.peer import Heard, Peer, Step, answer, peer
from tests.needs import require

URL = "https://example.com/foo?param=Value&Pet=dog"
FIELDS = {"Date": "Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type": "application/json", "Content-Length": "18"}
SHARED = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
SEED = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"


def file(folder: Path, text: str) -> str:
    made = folder / "key"
    made.write_text(text + "\n", encoding="ascii")
    made.chmod(0o600)
    return str(made)


def pem(body: str) -> str:
    return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"


def test_the_examples_of_the_rfc_come_out_as_they_stand_there(tmp_path: Path) -> None:
    """B.2.5 (a shared secret) and B.2.6 (Ed25519); those of RSA-PSS and ECDSA hold chance, and no two are alike."""
    told = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
    assert content_digest(b'{"hello": "world"}', "sha-512") == told
    shared = signs("hmac-sha256", file(tmp_path, SHARED), "x")
    params = Params(created=1618884473, keyid="test-shared-secret")
    base = signature_base("POST", URL, FIELDS, ("date", "@authority", "content-type"), params)
    assert base.splitlines()[-1].endswith('("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"')
    assert base64.b64encode(shared(base.encode())) == b"pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
    private = signs("ed25519", file(tmp_path, pem(SEED)), "x")
    covered = ("date", "@method", "@path", "@authority", "content-type", "content-length")
    base = signature_base("POST", URL, FIELDS, covered, Params(created=1618884473, keyid="test-key-ed25519"))
    wanted = b"wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    assert base64.b64encode(private(base.encode())) == wanted


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://EXAMPLE.com:443", ["example.com", "https", "/", "?"]),
        ("http://example.com:8080/a%20b/?q=", ["example.com:8080", "http", "/a%20b/", "?q="]),
        ("https://[2001:DB8::1]:80/x", ["[2001:db8::1]:80", "https", "/x", "?"]),
    ],
)
def test_parts_of_the_address_are_written_as_the_rfc_has_them(url: str, told: list[str]) -> None:
    lines = signature_base("get", url, {}, ("@authority", "@scheme", "@path", "@query"), Params()).splitlines()
    assert [line.partition(": ")[2] for line in lines[:-1]] == told
    assert signature_base("get", url, {}, ("@method",), Params()).splitlines()[0] == '"@method": GET'


def keys() -> dict[str, Any]:
    return {
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "ecdsa-p256-sha256": ec.generate_private_key(ec.SECP256R1()),
        "rsa-pss-sha512": rsa.generate_private_key(65537, 2048),
        "rsa-v1_5-sha256": rsa.generate_private_key(65537, 2048),
    }


@pytest.mark.slow
def test_the_openssl_program_takes_what_each_algorithm_signs(tmp_path: Path) -> None:
    how: Mapping[str, list[str]] = {
        "ecdsa-p256-sha256": ["-sha256"],
        "rsa-pss-sha512": ["-sha512", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:64"],
        "rsa-v1_5-sha256": ["-sha256"],
    }
    pkcs = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    for algorithm, key in keys().items():
        text = key.private_bytes(serialization.Encoding.PEM, *pkcs).decode().strip()
        signed = signs(algorithm, file(tmp_path, text), "x")(b"a base")
        if algorithm.startswith("ecdsa"):
            assert len(signed) == 64
            signed = encode_dss_signature(int.from_bytes(signed[:32], "big"), int.from_bytes(signed[32:], "big"))
        public = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        for name, content in (("public", key.public_key().public_bytes(*public)), ("signed", signed), ("base", b"a base")):
            (tmp_path / name).write_bytes(content)
        if algorithm == "ed25519":
            told = ["pkeyutl", "-verify", "-pubin", "-inkey", "public", "-rawin", "-in", "base", "-sigfile", "signed"]
        else:
            told = ["dgst", *how[algorithm], "-verify", "public", "-signature", "signed", "base"]
        assert subprocess.run([require("openssl"), *told], cwd=tmp_path, check=False, capture_output=True).returncode == 0, (
            algorithm
        )
        with pytest.raises(Invalid, match="connector_key_range"):
            signs("ed25519" if algorithm != "ed25519" else "rsa-pss-sha512", str(tmp_path / "key"), "x")


class Checks:
    """A server that takes only what is signed over method, address, type and body, once, and by the secret that both hold."""

    def __init__(self) -> None:
        self.nonces: set[str] = set()
        self.url = ""

    def answer(self, heard: Heard) -> Step:
        wrong = self.wrong(heard)
        return answer(401, {"wrong": wrong}) if wrong else answer(200, {"code": 0, "data": {"value": "存续"}})

    def wrong(self, heard: Heard) -> str:
        told = re.fullmatch(
            r'sig1=(\(([^)]*)\);created=(\d+);expires=(\d+);nonce="([^"]+)";keyid="office")', heard.headers["signature-input"]
        )
        if told is None:
            return "input"
        names = re.findall(r'"([^"]+)"', told[2])
        if not {"@method", "@target-uri", "content-digest", *({"content-type"} & heard.headers.keys())} <= set(names):
            return "coverage"
        digest = base64.b64encode(hashlib.sha256(heard.body).digest()).decode()
        if heard.headers["content-digest"] != f"sha-256=:{digest}:":
            return "digest"
        known = {"@method": heard.method, "@target-uri": f"{self.url}{heard.path}", **heard.headers}
        base = "\n".join([*(f'"{name}": {known[name]}' for name in names), f'"@signature-params": {told[1]}'])
        signed = base64.b64encode(hmac.new(base64.b64decode(SHARED), base.encode(), hashlib.sha256).digest()).decode()
        if heard.headers["signature"] != f"sig1=:{signed}:":
            return "signature"
        if told[5] in self.nonces:
            return "replay"
        self.nonces.add(told[5])
        return ""


def reached(there: Peer, checks: Checks, folder: Path, **more: object) -> source.HttpSource:
    checks.url = there.url
    told = {
        "key_file": file(folder, SHARED),
        "key_id": "office",
        "path": "/q",
        "tries": 1,
        "version_field": "",
        "as_of_field": "",
    }
    return source.connect("registry", {"url": there.url, **told, **more})


def test_a_server_that_checks_takes_each_try_and_none_that_another_key_has_signed(tmp_path: Path) -> None:
    checks = Checks()
    steps: list[int] = [503, 503]

    def busy(heard: Heard) -> Step:
        step = checks.answer(heard)
        return answer(steps.pop()) if steps else step

    with peer(beside={"/q": busy}) as there, closing(reached(there, checks, tmp_path, tries=3, budget_seconds=9)) as made:
        made._wire._sleep = lambda _seconds: None
        assert made.ask(QUESTION, key="k-1").provenance.attempts == 3
        assert len(checks.nonces) == 3, "each try is signed anew"
        covered = [*COVERED, "idempotency-key", "x-correlation-id"]
    with peer(beside={"/q": checks.answer}) as there, closing(reached(there, checks, tmp_path, covered=covered)) as made:
        assert made.ask(QUESTION, key="k-2").value == "存续"
    with peer(beside={"/q": checks.answer}) as there:
        other = reached(there, checks, tmp_path)
        other._wire._signs = message.MessageSigner(sign=lambda _: b"x" * 32, covered=COVERED, keyid="office").headers
        with closing(other):
            assert caught(lambda: other.ask(QUESTION, key="k-3")).code == "unauthorised"


def test_a_key_that_was_exchanged_in_its_file_signs_from_then_on(tmp_path: Path) -> None:
    checks = Checks()
    with peer(beside={"/q": checks.answer}) as there, closing(reached(there, checks, tmp_path)) as made:
        assert made.ask(QUESTION, key="k-1").value == "存续"
        file(tmp_path, base64.b64encode(b"another" * 8).decode())
        assert caught(lambda: made.ask(QUESTION, key="k-2")).code == "unauthorised"
        Path(file(tmp_path, SHARED)).chmod(0o644)
        assert caught(lambda: made.ask(QUESTION, key="k-3")).code == "key_unreadable"
        file(tmp_path, SHARED)
        assert made.ask(QUESTION, key="k-4").value == "存续"


def test_a_question_in_an_address_is_signed_without_the_type_that_it_has_not(tmp_path: Path) -> None:
    checks, more = Checks(), {"asks_in": "query", "asks": {"c": "code"}}
    came: list[Heard] = []

    def told(heard: Heard) -> Step:
        came.append(heard)
        return checks.answer(heard)

    with peer(beside={"/q": told}) as there, closing(reached(there, checks, tmp_path, **more)) as made:
        assert made.ask(QUESTION, key="k-1").value == "存续"
        assert [(heard.method, "content-type" in heard.headers) for heard in came] == [("GET", False)]
    for covered in (COVERED, ("@method", "@target-uri", "content-digest", "authorization")):
        with pytest.raises(Invalid) as refused:
            source.connect(
                "registry",
                {
                    "url": "http://127.0.0.1:9",
                    "key_file": file(tmp_path, SHARED),
                    "key_id": "office",
                    **more,
                    "covered": [*covered],
                },
            )
        assert refused.value.facts["key"] == "covered"


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"key_id": ""}, "key_id"),
        ({"key_id": "办"}, "key_id"),
        ({"covered": ["@method", "@target-uri"]}, "covered"),
        ({"covered": ["@method", "content-digest"]}, "covered"),
        ({"covered": [*COVERED, "date"]}, "covered"),
        ({"algorithm": "md5"}, "algorithm"),
        ({"digest": "sha"}, "digest"),
        ({"expires_seconds": -1}, "expires_seconds"),
    ],
)
def test_what_would_protect_nothing_is_refused(tmp_path: Path, more: dict[str, object], wanted: str) -> None:
    told = {"url": "http://127.0.0.1:9", "key_file": file(tmp_path, SHARED), "key_id": "office", **more}
    with pytest.raises(Invalid) as refused:
        source.connect("registry", told)
    assert refused.value.facts["key"] == wanted


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    for algorithm, text in (("hmac-sha256", "short"), ("hmac-sha256", "AAAA"), ("ed25519", SHARED), ("ed25519", pem("AAAA"))):
        with pytest.raises(Invalid, match="connector_secret_unreadable"):
            signs(algorithm, file(tmp_path, text), "x")
