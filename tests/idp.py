"""An identity provider of others over a real socket (OpenID Connect Core 1.0), signed by `cryptography`, not by what is under test."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "inspector", "a secret of the client: + and %"


def b64(content: bytes) -> str:
    """Base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(told: int) -> str:
    """A whole number as in a key (RFC 7518, 2)."""
    return b64(told.to_bytes((told.bit_length() + 7) // 8, "big"))


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key of one's own by each name."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def public(kid: str, held: rsa.RSAPrivateKey) -> dict[str, str]:
    """The public part of a key (RFC 7517)."""
    told = held.public_key().public_numbers()
    return {"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": number(told.n), "e": number(told.e)}


def signed(header: bytes, payload: bytes, held: rsa.RSAPrivateKey) -> str:
    """RS256 in the compact form (RFC 7515, 3.1)."""
    told = f"{b64(header)}.{b64(payload)}"
    return f"{told}.{b64(held.sign(told.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def shared(header: bytes, payload: bytes, secret: bytes) -> str:
    """HS256: what an attacker can make who has only read what is public."""
    told = f"{b64(header)}.{b64(payload)}"
    return f"{told}.{b64(hmac.new(secret, told.encode(), hashlib.sha256).digest())}"


def pem(held: rsa.RSAPrivateKey) -> bytes:
    """The public key as text, as libraries keep it."""
    return held.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@dataclass
class Idp:
    """The provider. `claims` change what its proofs say; `forge` makes another proof of header and claims; `kid` is its present key."""

    url: str
    subject: str = "u-1001"
    kid: str = "k1"
    published: list[str] = field(default_factory=lambda: ["k1"])
    claims: dict[str, Any] = field(default_factory=dict)
    forge: Any = None
    told: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Mapping[str, str]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def consent(self, address: str) -> dict[str, str]:
        """Somebody signs in there: what the browser brings back (Core 3.1.2.5)."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self.given[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.url}

    def answer(self, path: str) -> tuple[int, Any]:
        """What is read of it."""
        self.heard.append(path)
        if path == "/.well-known/openid-configuration":
            at = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return 200, {"issuer": self.url, **{name: self.url + end for name, end in at.items()}, **self.told}
        if path == "/keys":
            strange = [{"kty": "NEW", "kid": "later"}, {"kty": "oct", "kid": "shared", "k": b64(b"x" * 32)}]
            return 200, {"keys": [*strange, *(public(kid, key(kid)) for kid in self.published)]}
        return 404, {}

    def exchange(self, authorization: str, form: Mapping[str, str]) -> tuple[int, Any]:
        """A code for a proof, once, to whom it was given (RFC 6749, 4.1.3; RFC 7636, 4.6)."""
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        asked = self.given.pop(form.get("code", ""), None)
        shown = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or pair != "inspector:a+secret+of+the+client%3A+%2B+and+%25"
            or form["redirect_uri"] != asked["redirect_uri"]
            or shown != asked["code_challenge"]
            or asked["code_challenge_method"] != "S256"
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "sub": self.subject, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": asked["nonce"]}
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        header, payload = {"alg": "RS256", "kid": self.kid}, json.dumps(claims).encode()
        proof = self.forge(header, payload) if self.forge else signed(json.dumps(header).encode(), payload, key(self.kid))
        return 200, {"token_type": "Bearer", "access_token": "at", "expires_in": 300, "id_token": proof}


@contextmanager
def serving_idp() -> Iterator[Idp]:
    """One for the length of a block."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self._say(*held.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*held.exchange(self.headers.get("Authorization", ""), form))

        def _say(self, status: int, told: object) -> None:
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held = Idp(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
