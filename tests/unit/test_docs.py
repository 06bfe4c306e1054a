"""The documentation says what the code does: no page is stale, no link dead, nothing is left out and nothing invented."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from connectors import foreign, markup, mqtt, sftp
from inspector import settings
from inspector.bootstrap import GROUPS, connect, connector
from inspector.domain.decision import OrderKind
from inspector.flows import table
from inspector.settings import OUTSIDE, Settings
from inspector.telemetry.metrics import Metrics
from tests import example_settings
from tests.documented_ports import PORTS
from tests.generate_docs import BLOCK, BLOCKS, ROOT, called, calls, error_words, markdown, pages, raised, texts, tree
from tests.operations import routes

pytestmark = pytest.mark.trees

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
PAGES = [str(file.relative_to(ROOT)) for file in markdown()]


@cache
def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def by_hand(page: str) -> str:
    """A page without what is generated."""
    return BLOCK.sub("", read(page))


def code(page: str) -> Iterator[str]:
    """Every line of a shell fence and every inline code of a page, continued lines joined."""
    text = by_hand(page)
    for kind, body in FENCE.findall(text):
        if kind == "sh":
            yield from re.sub(r"\\\n", " ", body).splitlines()
    yield from re.findall(r"`([^`\n]+)`", FENCE.sub("", text))


def fences(kind: str, first: str = "") -> list[Any]:
    """Every fence of a kind as a parameter, named by its page."""
    found = [
        (page, body) for page in PAGES for named, body in FENCE.findall(read(page)) if named == kind and body.startswith(first)
    ]
    return [pytest.param(body, id=f"{page}:{number}") for number, (page, body) in enumerate(found)]


# --- generated


def test_no_page_is_stale() -> None:
    stale = [
        str(file.relative_to(ROOT)) for file, text in pages().items() if not file.exists() or file.read_text("utf-8") != text
    ]
    assert stale == [], "run: .venv/bin/python -m tests.generate_docs"


def test_everything_that_can_be_generated_stands_on_a_page() -> None:
    used = [name for page in PAGES for _, name, _ in BLOCK.findall(read(page))]
    assert sorted(used) == sorted(BLOCKS)


def test_every_error_code_has_words_in_both_languages() -> None:
    codes = set(raised()) - {"packs_invalid"}  # it tells each flaw by its own words
    assert len(codes) > 100
    assert [code for code in sorted(codes) if not (error_words(code, "en") and error_words(code, "zh-Hans"))] == []


def test_every_port_stands_on_its_page_with_every_connector_there_is() -> None:
    assert set(PORTS) == {*GROUPS.values(), "pulses", "identity"}
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    told = read("docs/reference/ports.md")
    for group, kinds in declared.items():
        chapter = told.partition(f"`{group}`")[2].partition("\n### ")[0]
        assert [kind for kind in kinds if f'#### kind = "{kind}"' not in chapter] == [], group


# --- written by hand, and true


def test_every_log_event_is_documented_with_its_level_and_no_other() -> None:
    logged = {
        (texts(node.args[0])[0], "error" if node.func.attr == "exception" else node.func.attr)
        for _, node in calls()
        if isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS
        if isinstance(node.func.value, ast.Name) and "log" in node.func.value.id
    }
    assert len(logged) > 10
    assert set(re.findall(r"^\| `([\w.]+)` \| (\w+) \|", read("docs/reference/log-events.md"), re.MULTILINE)) == logged


def test_every_error_of_a_connector_is_documented_and_no_other() -> None:
    families = {name: name for name in ("Unavailable", "Barred", "Refused", "Garbled", "NotYet")} | {"garbled": "Garbled"}
    told = {
        (text, families[called(node)])
        for file, node in calls()
        if (file.parts[0] == "connectors" or file.as_posix() == "inspector/purpose.py") and called(node) in families
        for text in texts(node.args[0])
    }
    together = {(f"{wire}_STATUS", "Unavailable, Barred, Refused") for wire in ("http", "smtp")}
    together |= {("hash_unreadable", "Garbled"), ("nonce_unreadable", "Garbled"), ("sender_refused", "Barred")}
    together |= {(code, "Unavailable") for code in ("unreachable", "timeout", "broken_off")}
    kinds = {"barred": "Barred", "garbled": "Garbled"}
    together |= {(code, kinds.get(kind, "Unavailable")) for kind, code in foreign.CODES}
    together |= {(code, family) for family, code in sftp.CODES} | {(code, "Garbled") for code in markup.CODES}
    together |= {(code, family.__name__) for family, code in mqtt.CONNECTS.values()} | {(mqtt.NOBODY_LISTENS, "NotYet")}
    listed = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \|", by_hand("docs/reference/ports.md"), re.MULTILINE)
    assert len(told) > 15
    assert set(listed) == told | together


@pytest.mark.parametrize("page", PAGES)
def test_no_link_is_dead(page: str) -> None:
    def anchors(file: Path) -> set[str]:
        heads = re.findall(r"^#+ (.+)$", FENCE.sub("", file.read_text("utf-8")), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}

    dead = []
    for link in LINK.findall(FENCE.sub("", read(page))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            dead.append(link)
    assert dead == []


def complaint(line: str) -> str:
    """What is wrong with a command line of ours; nothing when it could be typed as it stands."""
    words = shlex.split(line.partition(" #")[0].partition(" > ")[0])
    script, rest = words[0].removeprefix("./"), words[1:]
    if script != "run":
        known = (ROOT / script).read_text("utf-8")
        return next((word for word in rest if word.startswith("--") and f"{word})" not in known), "")
    if rest[:1] == ["--wheels"]:
        rest = rest[2:]
    if rest[:1] in (["setup"], ["wheels"], ["bundle"]):
        return ""
    node = tree()
    while rest and hasattr(node, "commands") and not rest[0].startswith("-"):
        if rest[0] in ("COMMAND", "…"):
            return ""
        if rest[0] not in node.commands:
            return rest[0]
        node, rest = node.commands[rest[0]], rest[1:]
    options = {name for one in node.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
    return next((word for word in rest if word.startswith("-") and word not in options), "")


@pytest.mark.parametrize("page", PAGES)
def test_every_command_on_a_page_exists_with_its_options(page: str) -> None:
    lines = [line.strip() for line in code(page)]
    ours = [
        re.sub(r"^inspector ", "./run ", line) for line in lines if re.match(r"\./(run|test)\b|\.ci/run\b|inspector [a-z]", line)
    ]
    assert {line: told for line in ours if (told := complaint(line))} == {}


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    assert complaint("./run case explode CASE") == "explode"
    assert complaint("./run token issue me --rule system") == "--rule"
    assert complaint("./test --gentle") == "--gentle"
    assert complaint("./run --wheels DIR case list --limit 5") == ""


def test_both_readmes_show_the_same_commands_and_links() -> None:
    english, chinese = "README.md", "README.zh-Hans.md"
    bare = [[re.sub(r" +#.*", "", body) for _, body in FENCE.findall(read(page))] for page in (english, chinese)]
    assert bare[0] == bare[1]
    linked = [set(LINK.findall(read(page))) ^ {other} for page, other in ((english, chinese), (chinese, english))]
    assert linked[0] == linked[1]


def test_every_metric_variable_and_operation_a_page_names_exists() -> None:
    families = {family.name for family in Metrics().registry.collect()}
    variables = OUTSIDE | {example_settings.variable(key) for key, _, _ in settings.fields()}
    known = {(method, route.path_format) for method, route in routes()}
    for page in PAGES:
        text = by_hand(page)
        metrics = {re.sub(r"_(total|info)$", "", name) for name in re.findall(r"\binspector_[a-z_]+", text)}
        assert metrics <= families | {name.removesuffix("_info") for name in families}, page
        assert set(re.findall(r"\bINSPECTOR_[A-Z_]+", text)) <= variables, page
        operations = re.findall(r"`(GET|POST|PUT) (/[^?`]+)[?`]?", text)
        assert {one for one in operations if one not in known and one[1] != "/metrics"} == set(), page


@pytest.mark.parametrize("page", PAGES)
def test_every_file_of_ours_that_a_page_names_is_there(page: str) -> None:
    told = re.findall(r"`((?:inspector|connectors|tests|policies|config|docs)/[\w./-]+)", by_hand(page))
    example = {"tests/test_contract.py"} | {path for path in told if path.startswith("policies/")}  # for the reader to write
    assert [path for path in told if path not in example and not (ROOT / path).exists()] == []


def test_newcomers_are_sent_to_the_table_of_flows_that_there_is() -> None:
    file = Path(inspect.getfile(table)).relative_to(ROOT)
    assert f"`{file}`" in read("CONTRIBUTING.md")
    assert f"`{file.parent}/`, listed in `{file.name}`" in read("docs/architecture.md")
    assert set(table.FLOWS) == set(OrderKind)


@pytest.mark.parametrize("body", fences("toml", "# inspector.toml"))
def test_settings_shown_on_a_page_are_valid(body: str, tmp_path: Path) -> None:
    held = Settings(**tomllib.loads(body))
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text("whsec_" + "A" * 44, encoding="ascii")
    for section, group in GROUPS.items():
        for name, told in getattr(held, section).items():
            files = {key: str(secret) for key in told if key.endswith("_file")}
            connector(group, name, {**told, **files}).close()


@pytest.mark.parametrize("page", [page for page in PAGES if "\n```python\n" in read(page)])
def test_code_shown_on_a_page_can_be_imported(page: str) -> None:
    held: dict[str, object] = {"__name__": "page"}
    for named, body in FENCE.findall(read(page)):
        if named == "python":
            exec(compile(body, str(page), "exec"), held)  # noqa: S102 - our own page


# --- the example file


def test_the_example_as_it_lies_there_changes_nothing() -> None:
    held = Settings(**tomllib.loads(example_settings.EXAMPLE.read_text("utf-8")))
    assert held == Settings()


def test_every_line_of_the_example_can_be_put_in_force(tmp_path: Path) -> None:
    for name in ("token", "webhook"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text("whsec_" + "A" * 44, encoding="ascii")
    text = example_settings.uncommented(
        example_settings.EXAMPLE.read_text("utf-8"), secret=str(tmp_path / "token"), webhook=str(tmp_path / "webhook")
    )
    held = Settings(**tomllib.loads(text))
    written = tomllib.loads(text)
    for key, _, value in settings.fields():
        section, _, name = key.rpartition(".")
        told, default = written[section] if section else written, list(value) if isinstance(value, tuple) else value
        assert default is None or name in told, key
        listed = list(default) if isinstance(default, tuple) else default
        assert key in example_settings.SAMPLES or default is None or str(told[name]) == str(listed), key
    assert set(connect(held).names()) >= {"registers", "housing", "phones", "platform", "approving", "dice", "notary"}
