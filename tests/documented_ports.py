"""Ports and connectors as their reference page shows them; part of `tests.generate_docs`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from importlib import import_module
from types import ModuleType

from connectors.config import ConnectorConfig
from connectors.http import WireConfig
from inspector import ports, signin
from inspector.bootstrap import GROUPS
from inspector.canary import ABOUT as CANARY
from inspector.manners import ABOUT
from inspector.plugins import load, names
from tests.cells import Fault, Never
from tests.documented_channels import CHANNEL_KEYS
from tests.markdown import first_line, table
from tests.matrix import KINDS

PORTS: Mapping[str, type] = {
    "sources": ports.Source,
    "agencies": ports.Agency,
    "channels": ports.Channel,
    "credit": ports.CreditPlatform,
    "callbacks": ports.ApprovingSystem,
    "seeds": ports.SeedSource,
    "witnesses": ports.Witness,
    "pulses": ports.Pulse,
    "identity": signin.IdentityProvider,
}
SECTIONS: Mapping[str, str] = {group: section for section, group in GROUPS.items()} | {"pulses": "pulse", "identity": "identity"}
KEYS: Mapping[str, str] = {
    "owner": "who answers for it, as shown in evidence; empty: the connector's name",
    "version": "its version, as shown in evidence",
    "personal_data": "which personal data it sends out besides what its calls bear by themselves "
    "([below](#personal-data-that-leave)), for `connector list`",
    "url": "`http(s)://…` without query and password",
    "connect_seconds": "longest wait for the connection",
    "read_seconds": "longest wait for the next bytes",
    "budget_seconds": "longest time of one call with all its tries; must be under half of `engine.lease_seconds`",
    "tries": "tries within one call",
    "token_file": "file (mode 600) whose content goes into `Authorization: Bearer …`",
    "client_cert_file": "file (mode 600) with a certificate and its private key in PEM, where the other side wants to see ours",
    "ca_file": "certificates to trust instead of the system's",
    "max_reply_bytes": "longest reply read",
    "reuse": "whether a connection is kept for the next question; only of a source whose `echo` names its question (`key`, or `fact` with "
    "`case` or `code`), then in every answer: any other's late duplicate would answer about somebody else",
    "path": "appended to `url`",
    "not_found_status": "statuses that say: no such record (of 204, 404, 410), as where each record has an address; without it a 404 is "
    "a path that is wrong, for whatever is asked",
    "asks_in": "where the fields of `asks` stand: `json` or `form`, posted, or `query`, a GET with them behind the address; `path` may "
    "have places for the same parts (`/licences/{code}`)",
    "code_field": "where the source's own code stands in the body (dotted); empty: the HTTP status alone speaks",
    "ok_codes": "codes that mean: here is the answer",
    "not_found_codes": "codes that mean: no such record",
    "permanent_codes": "codes that mean: we are not let in, whatever is asked; the connector is marked and its work waits",
    "declined_codes": "codes that mean: not this question; the claim goes its next way",
    "retry_codes": "codes that mean: later",
    "json_in": "the field (dotted) whose text is JSON of its own; the other names go on through it (`data.value`); "
    "anything else there is garbled",
    "value_field": "where the value stands (dotted)",
    "as_of_field": "where the date of the data stands; empty: there is none",
    "live": "it is the register itself: an answer without a date is of the moment of asking, less what it lay in a cache (`Age`, `Date`); "
    "else it decides nothing",
    "version_field": "where the version of the data stands; empty: there is none",
    "echo": '`{"place" = "key"}`: where (dotted) the source repeats its `key`, `case`, `fact` or `code`; another is garbled',
    "empty_words": "values that mean: the record has nothing here (any width and case); `cannot_say`, never a contradiction",
    "asks": '`{"field" = "code"}`: fields of the question and what stands there: `key`, `case`, `fact`, `code`, `kind`, `claimed`, '
    "`on` or `basis`; empty: [our own form](wire.md#source)",
    "record": "it sends whole records and knows no lesser answer: asked only about facts whose pack has a line for that (`record_basis`)",
    "always": "fields that are the same in every question",
    "requester": "what the platform knows us by (`rid`)",
    "service": "the service that is asked (`sid`); empty: not sent",
    "key_file": "file (mode 600) with the key that the platform has given us; for SM2 the private key as 64 hex digits",
    "signer": "the recipe of the signature: `hmac-sha256`, `hmac-sha1`, `hmac-sm3`, `sm2`, `sm2-raw`, `md5`, `md5-sorted`",
    "signed": "what is signed, in this order: of `rid`, `sid`, `rtime`, `nonce`; `md5` also needs the place of `secret`",
    "signed_in": "where the signature goes: `headers`, `body` or both",
    "encoding": "how it is written: `base64`, `hex`, `HEX`; empty: as is usual with the recipe",
    "identity": "with SM2: the identity we sign under; empty: `1234567812345678`",
    "prefix": "before `rid`, `sid`, `rtime`, `nonce` (where it is signed) and `sign` as they are sent",
    "names": '`{"rid" = "appKey"}`: names of their own for some of them, without `prefix`',
    "path_secret": "where the short-lived secret is had, under `url`; empty: the key of `key_file` signs questions itself",
    "secret_field": "where the short-lived secret stands in that answer (dotted)",
    "until_field": "where its end stands: ms or s since 1970, or a date; empty: it shows when it is refused",
    "sealed": "how it is encrypted with our key: `aes-sha1prng` (AES-128, key stretched as Java's SHA1PRNG does), `aes`, `plain`",
    "expired_codes": "codes that mean: the secret is spent; it is renewed once and the question asked once more (HTTP 401 means so too)",
    "skew_codes": "codes that mean: your clock is wrong; the connector is marked and its work waits",
    "skew_seconds": "difference of clocks from which a person is told; it changes no answer",
    "http.secret_file": "file (mode 600) with `whsec_…`, or two parted by a space during a change, to sign letters; empty: not signed",
    "reply_secret_file": "the same for [signed answers](wire.md#your-answer-to-a-letter); empty: none are taken. Read at each answer, so "
    "that a change counts without a restart",
    "receipt_secret_file": "the same for [signed reports of pushes](wire.md#what-became-of-a-push); empty: none are taken",
    "inbox_folder": "the Maildir that answers are delivered into; one may serve all agencies; empty: none are read",
    "speakers": "who may answer for the agency by e-mail; empty: all who get letters",
    "liaison": "addresses of the agency's liaison officer, for the letter of the ladder of silence meant for him or her; empty: `to`",
    "head": "likewise of its head",
    "path_liaison": "where letters for the agency's liaison officer go, under `url`; empty: `path`",
    "path_head": "likewise for its head",
    "secret_file": "file (mode 600) with `whsec_…`, or two parted by a space while one replaces the other",
    "current": "whether the platform states the level in force when it is asked, without a date, less what it lay in a cache "
    "(`Age`, `Date`); else a level without one is unrated",
    "path_level": "where levels are looked up, under `url`",
    "path_entry": "where performance entries go, under `url`",
    "path_retract": "where an entry is taken back, under `url`; an id that is not there is answered with 2xx",
    "path_amend": "where it is told what became of an entry that stands, under `url`; empty: a person tells it",
    "path_held": "where it is asked what you have of one entry, under `url`; empty: it is not asked",
    "path_statement": "where your statement of all our entries is read, page after page, under `url`; empty: there is none",
    "statement_rows": "so many entries are asked for on a page",
    "statement_folder": "instead, a folder into which statements are delivered; it is only read",
    "statement_files": "a statement's name: `*` for anything, `{as_of}` for its date",
    "statement_complete": "how it is said to be whole, as for [files](../how-to/exchange.md#files); with `ok` the number of rows is needed",
    "statement_encoding": "of CSV: `utf-8` or `gb18030`",
    "statement_columns": '`{"id" = "column", "code" = "column", …}`: where our id of the entry and the subject\'s code stand, and if you '
    "like `case`, `kind`, `grade`, `outcome`, `act`, `receipt`, `retracted`, `amended`",
    "statement_retracted": "words in the column of `retracted` for what was taken back",
    "statement_standing": "words there for what stands; another word is garbled",
    "statement_amended": '`{"word" = "MARKED", …}`: what each word in the column of `amended` says of an entry, '
    "`MARKED`, `LAPSED` or `REPAIRED`; several stand with `;` between them, another word is garbled",
    "credit.key_file": "file (mode 600) with the key by which requests are signed after RFC 9421; empty: they are not signed",
    "words": '`{"column" = ["word", …]}`: the only words that may stand in a column of `facts`, beside nothing; another one refuses the '
    "whole delivery, with its row",
    "level_column": "the column of levels",
    "credit.facts": "not used: `level_column` and `levels` stand in its place",
    "credit.words": "not used: `levels` says it",
    "credit.longest_age_hours": "levels older than this are none; 0: the pack alone says how long one holds",
    "credit.path_level": "where levels are looked up, under `url`; empty: it tells none, and another platform does",
    "levels": '`{"their word" = "level of the pack"}`; another word refuses the whole delivery, with its row',
    "what": "what will be thrown or drawn, as the public reads it",
    "bits": "how much chance it holds; 0: all that its figures can, and never more",
    "dice": "how many dice are thrown (or digits drawn)",
    "sides": "how many sides each has",
    "lowest": "the smallest figure of a side: 1, or 0 for digits",
    "balls": "instead of dice: groups of a lottery as `[[drawn, of], …]`; told ascending within each group",
    "official": "where everybody can look a lottery's figures up; needed of a further source",
    "relays": "further relays, tried in order when the one before fails; `budget_seconds` is for all together",
    "folder": "folder into which somebody carries `DRAW.json`; looked at before any relay is asked",
    "chain": "the chain: `quicknet` or `default` of drand; of a NIST-format beacon its number",
    "authority_file": "PEM: the authority that the beacon's certificates are believed by, then intermediate ones",
    "path_certificate": "where the certificate lies that a pulse names, under `url`",
    "path_promise": "where the party gives its hash, under `url`",
    "path_reveal": "where the party reveals its nonce, under `url`",
    "host": "the office's own mail server; it sends on",
    "port": "0: 587 with `starttls`, 465 with `implicit`, 25 with `none`",
    "tls": "`starttls`, `implicit`, or `none` for a server on this very machine only",
    "sender": "the address letters are from, of the envelope too; refusals of other servers come back there",
    "to": "the addressees; a letter has left when one of them takes it, of the others a person is told",
    "reply_to": "where answers by e-mail are to go; empty: to `sender`",
    "user": "our name there; empty: we do not log in",
    "email.drops_doubles": "the mail server drops a second letter of one Message-ID; else what may be there is in doubt",
    "email.password_file": "file (mode 600) with the password of `user`; a new one counts without a restart",
    "paper.folder": "where pages are laid for whoever prints and posts them; it holds personal data",
    "suite": "the hash of the promise: `sha256` or `sm3`",
    "facts": '`{"fact of the pack" = "column"}`: what is held there, and in which column; another fact is asked of nobody',
    "code_column": "the column of the subject's code; a row of another code than the one asked for is garbled",
    "longest_age_hours": "data older than this cannot say anything; 0: no age is too old (the pack's rules of dates hold all the same)",
    "database.url": "`sqlite:///FILE` or `postgresql://USER@HOST:PORT/DATABASE`, one host, without a password",
    "password_file": "file (mode 600) with the account's password",
    "database.ca_file": "certificates to trust; then the server's must be its host's, and nothing is said in the clear",
    "database.connect_seconds": "longest wait for a connection to each address of the host, and for one in use; "
    "at least 2 for PostgreSQL",
    "statement_seconds": "longest time of one reading; told to the database, and kept by us where it is silent",
    "database.budget_seconds": "longest time of one call with all its tries: at least 3 × `connect_seconds` + 2 × "
    "`statement_seconds` + 1, and under half of `engine.lease_seconds`",
    "database.tries": "tries within one call; another one begins only when all that it may take is left of the budget",
    "connections": "connections at most: kept (PostgreSQL), at once (mail)",
    "table": "table or view (`SCHEMA.NAME`) whose row of the code is read; or `query`",
    "query": "one SELECT instead, with `:code` in it, and `:fact`, `:kind` (FIRM, PERSON), `:on` (YYYY-MM-DD) where needed, which "
    "gives the columns named here",
    "as_of_column": "of when the row is (a moment, a date, or the text of one); a row without it cannot say",
    "as_of_in": "empty: the date is written; `seconds` or `milliseconds`: it is a number, counted since 1970",
    "as_of_query": "one SELECT for one value: of when all of it is, such as the last transfer of a copy",
    "database.live": "it is the register itself and no copy: its rows are of the moment they are read. One of the three is needed",
    "version_column": "the version of the row, as shown in evidence",
    "files.folder": "where the other side delivers; it is only read",
    "files": "a delivery's name: `*` for anything, `{as_of}` for the date of its data (`20260106`, `2026-01-06`, with `T080000` "
    "behind it or not)",
    "keep": "a folder of our own, another one: there the index of the delivery in use lies (its owner's alone, personal data in it)",
    "complete": "how a file is said to be whole: `manifest` (NAME`.json` beside it: `rows`, and `as_of`, `sha256`), `ok` (NAME`.ok`, "
    "empty or the number of rows) or `rename` (written under another name)",
    "files.encoding": "of CSV, as agreed: `utf-8` (with its mark or without) or `gb18030`; another one is refused, and never guessed",
    "least_share": "a delivery with a smaller share of the rows of the one before is not used",
    "accept": "the name of one delivery that is rightly smaller, or that corrects the one in use under the same date",
    "withdrawn": "names of deliveries that the office has put out of use, such as wrong ones: none of them answers, the newest other one "
    "that lies there and is good does, and while there is none nothing",
    "look_seconds": "the folder is looked at so often",
    "max_file_bytes": "longest delivery read",
    "results.as_of_field": "where the day of the check stands; a result of no day cannot say",
    "results.version_field": "not used: agency and number of the result stand in its place",
    "http.key_file": "file (mode 600) with the key by which questions are signed after RFC 9421: base64 of the shared secret, or "
    "a private key in PEM; empty: they are not signed",
    "key_id": "the name by which the other side knows the key (`keyid`)",
    "algorithm": "`hmac-sha256`, `ed25519`, `ecdsa-p256-sha256`, `rsa-pss-sha512` or `rsa-v1_5-sha256`",
    "credit.covered": "what the signature covers, in this order; `@method`, `content-digest` and the address must be among it",
    "covered": "what the signature covers, in this order; `@method`, `content-digest` and the address must be among it. Empty: `@method`, "
    "`@target-uri`, `content-type` where the question is posted, `content-digest`",
    "digest": "of Content-Digest: `sha-256` or `sha-512`",
    "tag": "the signature's `tag`, where one was agreed",
    "expires_seconds": "a signature expires after so long; 0: it does not say",
    "client": "who we are: `INSTANCE/CLASS/MEMBER/SUBSYSTEM`",
    "xroad.service": "what is asked: `INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE`",
    "user_id": "on whose behalf we ask (`X-Road-UserId`), where the service wants to be told",
    "represented": "for which other member we ask: `CLASS/MEMBER`",
    "xroad.path": "the path behind the service",
    "xroad.version_field": "where the version of the data stands; empty: the number of the request (`X-Road-Request-Id`) is shown as such",
    "agency_field": "where it is told whose result it is",
    "number_field": "where its number there is told; both are shown as the version of the evidence",
    "state_field": "where it is told whether the result stands; empty: only results that stand are told",
    "final_states": "states of a result that stands",
    "open_states": "states of a check that has no result yet: cannot say",
    "fallen_states": "states of a result that was revoked or is disputed: cannot say",
    "soap": "the version: `1.1` or `1.2`",
    "action": "what says which operation is meant (`SOAPAction`; with 1.2 the `action` of Content-Type)",
    "operation": "the element in the Body that asks; or `template`",
    "namespace": "its namespace",
    "qualified": "whether the elements in it are of that namespace, too (the schema's `elementFormDefault`)",
    "template": "the XML of the Body, with `{code}`, `{fact}`, `{claimed}`, `{on}`, `{case}`, `{basis}`, `{key}`, `{kind}` (and `{rid}`, "
    "`{sid}`, `{rtime}`, `{nonce}`, `{sign}`) where values go; whatever they are, they do not become markup",
    "charset": "of both messages: `utf-8` or `gb18030` (GBK, GB 2312); an answer that declares another is garbled",
    "namespaces": '`{"p" = "urn:…"}`: prefixes that dotted names may bear; a name without one is of any namespace',
    "request_in": "the element whose text is a document of its own that holds `asks` and `always`; empty: they are elements",
    "request_as": "what that document is: `xml` or `json`",
    "request_root": "its outermost element, if XML",
    "answer_in": "the element of the answer whose text is a document of its own (dotted, from below the Body); dotted names begin in it",
    "answer_as": "what that document is: `xml` or `json`",
    "fault_field": "where a fault bears the service's own code (dotted, from below Fault); it goes before the fault's codes",
    "header_element": "with `soap-header` in `signed_in`: the element of the SOAP header that shows who asks",
    "understood": "namespaces of header blocks that may want to be understood and change nothing",
    "soap.user": "the account of a UsernameToken (WS-Security), with `password_file`",
    "password_digest": "whether its password goes as a digest with a nonce and the time",
    "record_field": "the element that holds the record and is left out where there is none; empty: what is left out is garbled",
    "soap.signed_in": "where the signature goes: `headers`, `body`, `soap-header`",
    "soap.requester": "what the service knows us by (`rid`), if questions are signed (`key_file`)",
    "soap.asks": '`{"element" = "code"}`: elements of the question (dotted: in elements) and what stands there',
    "soap.always": "elements that are the same in every question",
    "soap.code_field": "where the service's own code stands; empty: a fault or none speaks",
    "soap.value_field": "where the value stands: dotted names from below the Body, beginning with the element that answers; "
    "`@name`: an attribute",
    "sftp.url": "`sftp://USER@HOST:PORT/FOLDER`, without a password",
    "known_hosts_file": "file with the server's key, in OpenSSH's form (hashed or not); a server with another key is told nothing",
    "sftp.key_file": "file (mode 600) with our private key, without a passphrase; or `password_file`",
    "sftp.connect_seconds": "longest wait for the connection, and for being let in",
    "fetch_seconds": "longest time of one visit with all it fetches; what is whole by then is used",
    "still_seconds": "a file is fetched that has not changed for so long",
    "newest": "so many of the newest deliveries are fetched, and kept in `keep` while they lie there",
    "sftp.look_seconds": "the server is visited so often",
    "oidc.url": "the issuer, letter by letter as the provider calls itself; `https://…`",
    "oidc.client": "what the provider knows us by (`client_id`)",
    "client_secret_file": "file (mode 600) with the secret that we show with it; empty: a public client, PKCE alone",
    "client_auth": "where the secret goes: `header` (`client_secret_basic`) or `body` (`client_secret_post`)",
    "scope": "what is asked for; `openid` at least. We keep the subject and nothing else",
    "algorithms": "signatures that count; none of a shared secret can be named",
    "oidc.skew_seconds": "how far the provider's clock may be off, 300 at most",
    "hosts": "further origins (`https://keys.example`) where its endpoints may lie; else the issuer's alone",
    "files.budget_seconds": "longest wait of a question for the first delivery to be read; later ones are read while the one before "
    "answers",
}
KEYS = {**KEYS, **CHANNEL_KEYS, **{f"sftp.{key}": KEYS[f"files.{key}"] for key in ("encoding", "budget_seconds")}}
"""What a key means; where one kind means another thing by it than the others, the kind stands before it."""


def config_of(module: ModuleType) -> type[ConnectorConfig]:
    """The shape of a connector's configuration: the most special one its module knows."""
    shapes = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, ConnectorConfig)]
    return max(shapes, key=lambda one: len(one.__mro__))


def kinds() -> Iterator[tuple[str, str, ModuleType]]:
    """Every connector that comes with the house: group, kind and module."""
    for group in PORTS:
        for name in names(group):
            yield group, name, import_module(str(getattr(load(group, name), "__module__", "")))


def port_pages() -> str:
    """Every port with its methods, and its connectors with their keys."""
    told = []
    for group, port in PORTS.items():
        section = "[pulse]" if group == "pulses" else f"[{SECTIONS[group]}.NAME]"
        told.append(
            f"### {port.__name__}\n\n{first_line(port.__doc__)} Settings `{section}`; entry points `inspector.{group}`.\n"
        )
        methods = [(name, held) for name, held in vars(port).items() if inspect.isfunction(held) and name[0] != "_"]
        told += [f"- `{name}{_signature(held)}`: {first_line(held.__doc__)}" for name, held in methods]
        told += [_kind(name, module) for found, name, module in kinds() if found == group]
    return "\n".join(told)


def _signature(method: Callable[..., object]) -> str:
    return str(inspect.signature(method)).replace("(self, ", "(").replace("(self)", "()").replace("'", "")


def _kind(name: str, module: ModuleType) -> str:
    shape = config_of(module)
    base = WireConfig if issubclass(shape, WireConfig) else ConnectorConfig
    told = f'\n#### kind = "{name}"\n\n{first_line(module.__doc__)}\n'
    own = keys_of(shape)
    plain = keys_of(base)
    rows = [(f"`{key}`", value, _meaning(module, name, key)) for key, value in own.items() if plain.get(key) != value]
    return told + ("\n" + table(("key", "default", "meaning"), rows) if rows else "")


def _meaning(module: ModuleType, name: str, key: str) -> str:
    """What a key means in a kind of connector; a port may mean another thing by it than the others."""
    port = module.__name__.split(".")[1]
    asked = [f"{port}.{key}"] if port == "credit" else []
    return next(KEYS[one] for one in (*asked, f"{name}.{key}", key) if one in KEYS)


def keys_of(shape: type[ConnectorConfig]) -> dict[str, str]:
    """The keys of a configuration with their defaults as TOML writes them."""
    return {one.name: _default(one) for one in fields(shape)}


def _default(one: Field[object]) -> str:
    """A key is needed when a connector cannot be made without it, as `connectors.config.parse` judges."""
    made = one.default if one.default_factory is MISSING else one.default_factory()
    return "needed" if made is MISSING else f"`{_toml(made)}`"


def _toml(value: object) -> str:
    return (
        str(list(value)).replace("'", '"') if isinstance(value, tuple) else f'"{value}"' if isinstance(value, str) else f"{value}"
    )


def manner_keys() -> str:
    """The keys of every connector's manners."""
    return table(("key", "meaning"), [(f"`{key}`", about) for key, about in ABOUT.items()])


def canary_keys() -> str:
    """The keys of a source's canary question."""
    return table(("key", "meaning"), [(f"`{key}`", about) for key, about in CANARY.items()])


def wire_keys() -> str:
    """The keys every connector over HTTP knows."""
    return table(("key", "default", "meaning"), [(f"`{key}`", value, KEYS[key]) for key, value in keys_of(WireConfig).items()])


def fault_table() -> str:
    """The matrix for people: which faults there are, and which of them cannot happen to whom, and why; all others are held by a test."""
    never: dict[str, dict[str, list[str]]] = {}
    for name, kind in KINDS.items():
        for fault, cell in kind.cells():
            if isinstance(cell, Never):
                never.setdefault(cell.why, {}).setdefault(name, []).append(fault.value)
    rows = [
        (
            ", ".join(f"`{name}`" for name in kinds),
            ", ".join(dict.fromkeys(fault for told in kinds.values() for fault in told)),
            why,
        )
        for why, kinds in never.items()
    ]
    some = [(kinds, "all of them" if faults == ", ".join(Fault) else faults, why) for kinds, faults, why in rows]
    return f"The other side: {'; '.join(Fault)}.\n\n{table(('kind', 'what cannot happen', 'because'), some)}"
