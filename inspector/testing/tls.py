"""Certificates for tests: made on the spot, vouched for by nobody but themselves."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HERE = IPv4Address("127.0.0.1")


@dataclass(frozen=True, slots=True)
class _Held:
    """A certificate with its key."""

    made: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def authority(folder: Path, *, host: IPv4Address | str = HERE, days: tuple[int, int] = (-1, 1)) -> tuple[Path, ssl.SSLContext]:
    """A certificate, for `ca_file`, and the context of a peer that shows it.

    It is for this machine's own address, or another `host`, and valid from and until so many days from now.
    """
    own = _made("registry", host, days)
    return _shown(folder, own, [own.made])


def issued(folder: Path, *, whole: bool) -> tuple[Path, ssl.SSLContext]:
    """The certificate of an authority, for `ca_file`, and the context of a peer with a certificate by it; `whole`: it shows both."""
    above = _made("authority", None, (-1, 1))
    own = _made("registry", HERE, (-1, 1), above)
    file, context = _shown(folder, own, [own.made, above.made] if whole else [own.made])
    file.write_bytes(above.made.public_bytes(Encoding.PEM))
    return file, context


def _made(called: str, host: IPv4Address | str | None, days: tuple[int, int], by: _Held | None = None) -> _Held:
    """A certificate `by` an authority, or by itself; without a host that of an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])
    since, until = (datetime.now(UTC) + timedelta(days=count) for count in days)
    issuer = by.made.subject if by else name
    made = x509.CertificateBuilder(issuer, name, key.public_key(), x509.random_serial_number(), since, until)
    if host is None:
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    else:
        named = x509.IPAddress(host) if isinstance(host, IPv4Address) else x509.DNSName(host)
        made = made.add_extension(x509.SubjectAlternativeName([named]), critical=False)
    return _Held(made.sign(by.key if by else key, hashes.SHA256()), key)


def _shown(folder: Path, own: _Held, shown: Sequence[x509.Certificate]) -> tuple[Path, ssl.SSLContext]:
    """The file of what is shown, and the context of a peer that shows it."""
    folder.mkdir(exist_ok=True)
    file, private = folder / "ca.pem", folder / "key.pem"
    file.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in shown))
    private.write_bytes(own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, private)
    return file, context
