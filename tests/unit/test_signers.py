"""Each recipe of a signature against its standard's own vectors, and against the openssl program."""

from __future__ import annotations

import base64
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import gmalg
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SM3, Hash

from connectors.signers import md5, sealed, sha256, sm3
from connectors.signers.recipes import ENCODINGS, RECIPES, Recipe, recipe
from connectors.signers.sm2 import Sm2
from inspector.domain.errors import Invalid
from tests.needs import require

TOLD = {"sid": "s_1", "rid": "r_1", "rtime": "1772415000000"}
KEY = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SIGNED = (
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
"""GB/T 32918.5-2017, annex A.2: "message digest", signed with that key and nonce under 1234567812345678."""
PUBLIC = (
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004" + PUBLIC)
"""The same public key as X.509 writes it."""


def openssl(*arguments: str, text: bytes = b"") -> str:
    """What the program prints; without it the test is left out, loudly."""
    return subprocess.run([require("openssl"), *arguments], input=text, capture_output=True, check=True).stdout.decode()


def made(signer: str, *, signed: tuple[str, ...] = tuple(TOLD), encoding: str = "", secret: str = KEY) -> Recipe:
    return recipe(signer, "registry", signed=signed, encoding=encoding, identity="", secret=secret)


@pytest.mark.parametrize(
    ("key", "message", "code"),
    [
        ("0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe".hex(), b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ("aa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (bytes(range(1, 26)).hex(), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        ("0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            "aa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            "aa" * 131,
            (
                b"This is a test using a larger than block-size key and a larger than block-size data. "
                b"The key needs to be hashed before being used by the HMAC algorithm."
            ),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ],
)
def test_hmac_sha256_is_that_of_rfc_4231(key: str, message: bytes, code: str) -> None:
    assert sha256.code(bytes.fromhex(key), message).hex().startswith(code)


def test_the_hash_under_hmac_sm3_is_that_of_gb_t_32905_annex_a() -> None:
    for message, digest in (
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ):
        held = Hash(SM3())
        held.update(message)
        assert held.finalize().hex() == digest


@pytest.mark.parametrize(
    ("key", "message"),
    [("0b" * 32, b"Hi There"), (bytes(range(1, 0x26)).hex(), b"\xcd" * 50), ("aa" * 131, b"longer than a block of the hash")],
)
def test_hmac_sm3_is_what_openssl_makes_of_the_same(key: str, message: bytes) -> None:
    told = openssl("dgst", "-sm3", "-mac", "HMAC", "-macopt", f"hexkey:{key}", text=message)
    assert sm3.code(bytes.fromhex(key), message).hex() == told.split()[-1]


def test_the_recipe_of_the_state_platform_is_base64_of_the_code_over_service_requester_and_time() -> None:
    told = made("hmac-sha256", secret="k" * 32).signature("k" * 32, TOLD, {"body": "is not signed"})
    by_openssl = openssl("dgst", "-sha256", "-hmac", "k" * 32, text=b"s_1r_11772415000000").split()[-1]
    assert base64.b64decode(told).hex() == by_openssl
    assert base64.b64decode(made("hmac-sm3").signature("k", TOLD, {})) == sm3.code(b"k", b"s_1r_11772415000000")
    older = openssl("dgst", "-sha1", "-hmac", "k" * 32, text=b"s_1r_11772415000000").split()[-1]
    assert base64.b64decode(made("hmac-sha1", secret="k" * 32).signature("k" * 32, TOLD, {})).hex() == older


def test_sm2_signs_the_standards_example_as_the_standard_does() -> None:
    held = Sm2("registry", "", raw=True)
    held._library = SimpleNamespace(SM2=partial(gmalg.SM2, rnd_fn=lambda _bits: NONCE))
    assert held.sign(KEY, {"a": "message ", "b": "digest"}, {}).hex().upper() == SIGNED


def test_openssl_believes_our_sm2_signatures_and_no_others(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("public", "message", "signature")}
    files["public"].write_bytes(SPKI)
    files["message"].write_bytes("".join(TOLD.values()).encode())
    check = [
        require("openssl"),
        *["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
    ]
    check += ["-inkey", str(files["public"]), "-in", str(files["message"]), "-sigfile", str(files["signature"])]
    signature = base64.b64decode(made("sm2").signature(KEY, TOLD, {}))
    files["signature"].write_bytes(signature)
    assert subprocess.run(check, capture_output=True, check=False).returncode == 0
    files["message"].write_bytes(b"s_1r_11772415000001")
    assert subprocess.run(check, capture_output=True, check=False).returncode != 0
    raw = bytes.fromhex(made("sm2-raw").signature(KEY, TOLD, {}))
    assert len(raw) == 64
    assert raw != b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(signature)), "each has a nonce of its own"


def test_no_other_identity_than_the_one_agreed_on_is_signed_under() -> None:
    signature = Sm2("registry", "agreed", raw=True).sign(KEY, TOLD, {})
    message = "".join(TOLD.values()).encode()
    believed = [
        gmalg.SM2(uid=identity, pk=b"\x04" + bytes.fromhex(PUBLIC)).verify(message, signature[:32], signature[32:])
        for identity in (b"agreed", b"1234567812345678")
    ]
    assert believed == [True, False]


def test_the_md5_variants_are_what_openssl_makes_of_the_text_that_old_manuals_spell_out() -> None:
    def digest(text: str) -> str:
        return openssl("dgst", "-md5", text=text.encode()).split()[-1]

    joined = made("md5", signed=("rid", "secret", "rtime"))
    assert joined.signature("S", {"appKey": "r_1", "secret": "", "requestTime": "17"}, {}) == digest("r_1S17")
    parameters = {"xm": "张三", "page": 1, "empty": "", "nested": {"a": 1}, "flag": True}
    told = made("md5-sorted").signature("S", {"time": "17", "appid": "r_1"}, parameters)
    assert told == digest("appid=r_1&page=1&time=17&xm=张三&key=S").upper()


def test_md5_is_that_of_rfc_1321() -> None:
    assert md5.joined("", {"a": "message ", "b": "digest"}, {}).hex() == "f96b697d7cb7938d525a2f31aaf161d0"


def test_a_signature_is_written_as_is_usual_or_as_was_asked_for() -> None:
    written = {signer: made(signer, signed=("rid", "secret") if signer == "md5" else ("rid",)) for signer in RECIPES}
    assert {signer: held.written is ENCODINGS[RECIPES[signer]] for signer, held in written.items()} == dict.fromkeys(
        RECIPES, True
    )
    assert made("hmac-sha256", encoding="HEX").signature("k", TOLD, {}) == sha256.sign("k", TOLD, {}).hex().upper()


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"signer": "hmac-sha512"}, "signer"),
        ({"signer": "hmac-sha256", "encoding": "base32"}, "encoding"),
        ({"signer": "hmac-sha256", "signed": ("rid", "secret")}, "signed"),
        ({"signer": "md5"}, "signed"),
        ({"signer": "sm2", "secret": "no key"}, "key_file"),
        ({"signer": "sm2", "secret": "0" * 64}, "key_file"),
        ({"signer": "sm2", "secret": "F" * 64}, "key_file"),
    ],
)
def test_settings_that_could_sign_nothing_are_refused_by_their_key(told: dict[str, str], key: str) -> None:
    with pytest.raises(Invalid) as caught:
        made(**told)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.facts["key"]) == ("connector_key_range", key)


def test_without_its_library_sm2_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gmalg", None)
    with pytest.raises(Invalid) as caught:
        made("sm2")
    assert caught.value.code == "connector_library_missing"
    assert caught.value.facts["extra"] == "sm2"
    made("hmac-sm3")


def test_a_secret_sealed_by_javas_own_recipe_is_unsealed() -> None:
    """Made by OpenJDK 17: KeyGenerator of AES, 128 bits, of its SHA1PRNG seeded with the key; Cipher AES."""
    told = {
        "0123456789abcdef0123456789abcdef": "LDh6LJzNCB09fXMknMzXpiw4eiyczQgdPX1zJJzM16ZUfuRMyoXTthzV/Enp8P/V",
        "invented-app-key": "Yn3n1yRNJFHL3uPohioDrWJ959ckTSRRy97j6IYqA607+0DIdOvDEn/doInwdwmm",
    }
    assert {sealed.unsealed("aes-sha1prng", key, text) for key, text in told.items()} == {"fedcba9876543210fedcba9876543210"}


def test_a_secret_sealed_with_the_key_itself_or_not_at_all_is_read() -> None:
    key = "0123456789abcdef"
    told = openssl("enc", "-aes-128-ecb", "-K", key.encode().hex(), "-a", "-A", text=b"lent").strip()
    assert (sealed.unsealed("aes", key, told), sealed.unsealed("plain", key, "lent")) == ("lent", "lent")
    assert [sealed.fits("aes", key), sealed.fits("aes", "short"), sealed.fits("plain", "short")] == [True, False, True]


@pytest.mark.parametrize("told", ["", "%%%", "AAAA", base64.b64encode(b"x" * 16).decode(), base64.b64encode(b"x" * 48).decode()])
def test_what_was_not_sealed_with_our_key_is_no_secret(told: str) -> None:
    with pytest.raises(ValueError, match="not sealed with our key"):
        sealed.unsealed("aes-sha1prng", "invented-app-key", told)
