"""People sign in by OpenID Connect: code flow with PKCE, state and nonce; the proof is judged by the provider's published keys."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import quote_plus, urlencode, urlsplit

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from connectors.config import parse, secret, unfit
from connectors.http import Wire, WireConfig
from connectors.kept import Kept
from inspector.ports import Origin, Refused, Unavailable
from inspector.signin import Going, Identity

_FIT = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Signatures by a key that only the provider has. None of a shared secret: whoever knows the public key could make one of those."""
_FORM = "application/x-www-form-urlencoded"
_KEPT = 3600.0
"""Seconds after which endpoints and keys are read anew."""
_CALM = 30.0
"""Seconds between two readings of keys because of a key that is not among them, so that forged proofs make no traffic."""
_OLDEST = 600
"""Seconds after which a proof is too old to be of this very going: its browser had ten minutes."""

_Key = RSAKey | ECKey | OKPKey


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcConfig(WireConfig):
    """`url` is the issuer, letter by letter. Endpoints lie at its origin, or at one of `hosts` (https://keys.example)."""

    client: str
    client_secret_file: str = ""
    client_auth: str = "header"
    scope: str = "openid"
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    skew_seconds: int = 60
    hosts: tuple[str, ...] = ()
    tries: int = 1
    budget_seconds: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the provider publishes of itself, and when it was read (monotonic seconds)."""

    authorize: str
    token: Wire
    keys: Wire
    at: float


class OidcProvider:
    """One provider, for any number of threads."""

    def __init__(self, name: str, config: Mapping[str, object], *, clock: Callable[[], float] = time.time) -> None:
        self._config = told = parse(OidcConfig, name, config)
        _check(told, name)
        self._name, self._clock = name, clock
        self._wire = Wire(told, name)
        held = told.client_secret_file
        self._secret = Kept(held, name, "client_secret_file", str, read=secret) if held else None
        self._turn = threading.Lock()
        self._found: _Found | None = None
        self._keys: tuple[float, tuple[_Key, ...]] = (float("-inf"), ())
        self.card = told.card(name, port="identity", kind="oidc")
        self.issuer = told.url

    def going(self, back: str) -> Going:
        """Where the browser goes (OpenID Connect Core 3.1.2.1, RFC 7636). Raises as discovery does."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        told = {
            "response_type": "code",
            "client_id": self._config.client,
            "redirect_uri": back,
            "scope": self._config.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        address = self._discovered().authorize
        sign = "&" if urlsplit(address).query else "?"
        return Going(address=f"{address}{sign}{urlencode(told)}", state=state, nonce=nonce, verifier=verifier)

    def identity(self, code: str, going: Going, back: str) -> Identity:
        """Who has come back: the code is exchanged for a proof (3.1.3), which is judged (3.1.3.7). Raises Refused, Unavailable, …"""
        reply = self._discovered().token.send("POST", "", anew=lambda: self._exchange(code, going, back))
        proof = reply.text("id_token") or ""
        claims = self._signed(proof)
        if flaw := amiss(claims, self._config, going.nonce, self._clock()):
            raise Refused("proof_unfit", origin=Origin.THEM, detail=flaw)
        return Identity(issuer=self.issuer, subject=str(claims["sub"]))

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()
        if self._found is not None:
            self._found.token.close()
            self._found.keys.close()

    def _exchange(self, code: str, going: Going, back: str) -> tuple[Mapping[str, str], bytes]:
        """The request for the proof; the secret goes in the header (RFC 6749, 2.3.1) or in the body, as the provider wants it."""
        told = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": going.verifier}
        headers = {"Content-Type": _FORM}
        if self._secret is None or self._config.client_auth == "body":
            told |= {"client_id": self._config.client}
            told |= {"client_secret": self._secret.now()} if self._secret is not None else {}
        else:
            pair = f"{quote_plus(self._config.client)}:{quote_plus(self._secret.now())}"
            headers |= {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        return headers, urlencode(told).encode()

    def _discovered(self) -> _Found:
        """The provider's endpoints (OpenID Connect Discovery 4). Raises Refused (`issuer_other`, `host_other`)."""
        with self._alone():
            found = self._found
            if found is not None and time.monotonic() - found.at < _KEPT:
                return found
            reply = self._wire.send("GET", "/.well-known/openid-configuration")
            if reply.text("issuer") != self.issuer:
                raise Refused("issuer_other", origin=Origin.THEM)
            named = {key: self._near(reply.text(key) or "") for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            self._found = _Found(
                authorize=named["authorization_endpoint"],
                token=self._to(named["token_endpoint"]),
                keys=self._to(named["jwks_uri"]),
                at=time.monotonic(),
            )
            return self._found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One reads, the others wait as long as one call may take: a provider that is away must not hold the house's threads in a row."""
        if not self._turn.acquire(timeout=self._config.budget_seconds):
            raise Unavailable("busy", origin=Origin.US, attempts=0)
        try:
            yield
        finally:
            self._turn.release()

    def _near(self, address: str) -> str:
        """An endpoint at an origin that the settings name: a provider that was led astray must not lead us further."""
        try:
            parts = urlsplit(address)
            origin = f"{parts.scheme}://{parts.netloc}"
        except ValueError:
            origin = ""
        ours = urlsplit(self.issuer)
        if origin not in (f"{ours.scheme}://{ours.netloc}", *(one.rstrip("/") for one in self._config.hosts)):
            raise Refused("host_other", origin=Origin.THEM)
        return address

    def _to(self, url: str) -> Wire:
        return Wire(replace(self._config, url=url), self._name)

    def _signed(self, proof: str) -> Mapping[str, object]:
        """The claims of a proof whose signature holds. Raises Refused (`proof_unsigned`, `key_unknown`, `proof_forged`)."""
        try:
            header = jws.extract_compact(proof.encode()).headers()
        except (JoseError, ValueError) as error:
            raise Refused("proof_unreadable", origin=Origin.THEM, detail=type(error).__name__) from None
        if header.get("alg") not in self._config.algorithms:
            raise Refused("proof_unsigned", origin=Origin.THEM)
        key = self._key(str(header.get("kid") or ""))
        try:
            return dict(jwt.decode(proof, key, algorithms=list(self._config.algorithms)).claims)
        except (JoseError, ValueError, TypeError) as error:
            raise Refused("proof_forged", origin=Origin.THEM, detail=type(error).__name__) from None

    def _key(self, kid: str) -> _Key:
        """The key a proof names; with none named, the only one there is. What is not among them may be new: they are read once more."""
        keys = self._published(_KEPT)
        found = [one for one in keys if one.kid == kid] if kid else list(keys)
        if len(found) != 1:
            keys = self._published(_CALM)
            found = [one for one in keys if one.kid == kid] if kid else list(keys)
        if len(found) != 1:
            raise Refused("key_unknown", origin=Origin.THEM)
        return found[0]

    def _published(self, oldest: float) -> tuple[_Key, ...]:
        """The provider's keys for signatures (RFC 7517), of kinds that are known; shared ones are none, whoever publishes them."""
        wire = self._discovered().keys
        with self._alone():
            at, keys = self._keys
            if time.monotonic() - at < oldest:
                return keys
            reply = wire.send("GET", "")
            told = reply.said().get("keys")
            if not isinstance(told, list):
                raise reply.garbled("keys_missing")
            keys = tuple(filter(None, map(_readable, told)))
            self._keys = time.monotonic(), keys
            return keys


def challenge(verifier: str) -> str:
    """What is shown of a verifier beforehand (RFC 7636, 4.2: S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def amiss(claims: Mapping[str, object], told: OidcConfig, nonce: str, now: float) -> str:
    """What is wrong with the claims of a proof (OpenID Connect Core 3.1.3.7), or nothing. Times are seconds since 1970."""
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    subject, ends, made = claims.get("sub"), claims.get("exp"), claims.get("iat")
    checks = {
        "iss": claims.get("iss") == told.url,
        "aud": told.client in several,
        "azp": claims.get("azp", told.client) == told.client and (len(several) == 1 or "azp" in claims),
        "nonce": isinstance(held := claims.get("nonce"), str) and secrets.compare_digest(held.encode(), nonce.encode()),
        "sub": isinstance(subject, str) and 0 < len(subject) <= 255,
        "exp": _number(ends) and now - told.skew_seconds < ends,  # type: ignore[operator]
        "iat": _number(made) and now - _OLDEST - told.skew_seconds < made <= now + told.skew_seconds,  # type: ignore[operator]
        "nbf": "nbf" not in claims or (_number(claims["nbf"]) and claims["nbf"] <= now + told.skew_seconds),  # type: ignore[operator]
    }
    return next((name for name, holds in checks.items() if not holds), "")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _readable(told: object) -> _Key | None:
    """A public key for signatures, or None for what is none: a set may hold keys for other ends, and of kinds still to come."""
    if not isinstance(told, dict) or told.get("use", "sig") != "sig":
        return None
    try:
        key = import_key(told)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAKey | ECKey | OKPKey) and not key.is_private else None


def _check(told: OidcConfig, name: str) -> None:
    """Raises Invalid for what would not be safe: a wire in clear, algorithms of a shared secret or of none."""
    parts = urlsplit(told.url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise unfit(name, "url", "https://…")
    if not told.algorithms or not set(told.algorithms) <= set(_FIT):
        raise unfit(name, "algorithms", ", ".join(_FIT))
    if told.client_auth not in ("header", "body"):
        raise unfit(name, "client_auth", "header | body")
    if "openid" not in told.scope.split():
        raise unfit(name, "scope", "openid …")
    if not 0 <= told.skew_seconds <= 300:
        raise unfit(name, "skew_seconds", "0 … 300")


def connect(name: str, config: Mapping[str, object]) -> OidcProvider:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return OidcProvider(name, config)
