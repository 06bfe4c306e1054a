"""Every word shown to people exists in both languages, and both say the same facts."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

from inspector import labels
from inspector.domain.assistance import AssistanceState
from inspector.domain.case import ClaimStatus
from inspector.domain.errors import Invalid
from inspector.domain.late import LATE
from inspector.domain.verification import FORMER
from inspector.domain.visit import SeatState
from inspector.flows import wording
from inspector.labels import LANGS, label, words
from tests import trees

pytestmark = pytest.mark.trees

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {
    "InspectorError",
    "Invalid",
    "Refusal",
    "Conflict",
    "Missing",
    "Forbidden",
    "Stale",
    "Unknown",
    "Foreign",
    "Unreadable",
}
MODULES = [
    *(
        "domain.case",
        "domain.policy",
        "domain.plan",
        "domain.visit",
        "domain.assistance",
        "domain.letter",
        "domain.echo",
        "domain.timer",
        "domain.urgency",
        "domain.evidence",
    ),
    *("domain.annual", "domain.inspection", "domain.exclusion", "domain.sampling", "domain.roster"),
    *("domain.register", "domain.replacement", "domain.catalogue", "domain.repeal", "domain.overdue", "domain.retention"),
    *("domain.decision", "domain.calendar", "domain.counting", "domain.identity", "domain.selfproof", "web.roles"),
]
FILES = trees.shipped()


@pytest.fixture(scope="module", autouse=True)
def forgotten() -> Iterator[None]:
    """What was read of the tree is let go with the last of these tests: it is large."""
    yield
    calls.cache_clear()


@cache
def calls(file: Path) -> tuple[tuple[str, ast.Call], ...]:
    """Every call of a file by the last part of what is called."""
    return tuple(
        (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", ""), node)
        for node in trees.nodes(file)
        if isinstance(node, ast.Call)
    )


def texts(node: ast.expr) -> list[str]:
    """Every whole text an expression may be; a formatted one stands for nothing."""
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def raised() -> Iterator[str]:
    """Every error code written down in the tree."""
    for file in FILES:
        for name, call in calls(file):
            if name in FAMILIES and call.args:
                yield from texts(call.args[0])
            elif name == "refuse" and file.name == "calendars.py":
                yield from (f"calendar_{code}" for code in texts(call.args[0]))


def argument(name: str, keyword: str) -> set[str]:
    """Every text given under a keyword in calls of a name."""
    return {
        text
        for file in FILES
        for called, call in calls(file)
        if called == name
        for given in call.keywords
        if given.arg == keyword
        for text in texts(given.value)
    }


def enums() -> list[type[StrEnum]]:
    """Every enum of the modules whose members people see."""
    modules = [importlib.import_module(f"inspector.{name}") for name in MODULES]
    return [
        held
        for module in modules
        for held in vars(module).values()
        if isinstance(held, type) and issubclass(held, StrEnum) and held.__module__ == module.__name__
    ]


def missing(keys: set[str]) -> list[str]:
    return sorted(f"{lang}: {key}" for lang in LANGS for key in keys if not labels.known(key, lang))


ALLOWED = {
    "inspector/policyrender/": "a document for lawyers, Chinese by its nature (decision 2)",
    "inspector/domain/evidence.py": "knows how sources say yes and no: a format, not speech",
    "inspector/domain/value.py": "knows how people and platforms say that they do not know: a format, not speech",
    "inspector/domain/days.py": "knows how days are written: a format, not speech",
    "inspector/domain/offered.py": "knows how a notice says that there is a hearing, or none: a format, not speech",
    "inspector/domain/proposal.py": "knows by which word the content of a penalty is a fine: a format, not speech",
    "inspector/domain/source.py": "knows the marks in a source's title: a format, not speech",
    "inspector/flows/wording.py": "knows a law by how its title ends: a format, not speech",
    "inspector/simulation/": "what invented people say: the content of a simulated office, not the program's speech",
    "inspector/testing/": "samples for authors of connectors",
    "inspector/verifier/": "stands alone and says both languages side by side",
    "inspector/web/app.py": "the API description names the field it is about",
    "inspector/web/messages.py": "examples of the API description",
    **dict.fromkeys(
        (f"inspector/flows/{name}.py" for name in ("registers", "inspections", "importing", "layout", "bars", "findingrows")),
        "heads and cells of files that offices hand in: a format, not speech",
    ),
    **dict.fromkeys(
        (
            "inspector/flows/diagnosis.py",
            "inspector/flows/remedies.py",
            "inspector/flows/planremedies.py",
            "inspector/flows/sheetremedies.py",
            "inspector/sheets/sheet.py",
            "inspector/policybook/",
        ),
        "says both languages side by side",
    ),
    "connectors/foreign.py": "knows what a Chinese PostgreSQL says: a format, not speech",
    "inspector/cli/": "says both languages side by side",
    "inspector/demo/": "plays the people outside",
}
"""Files and folders that may hold Chinese words, and why."""


def spoken(file: Path) -> list[str]:
    """Chinese texts in a file that are not its documentation."""
    bare = {id(node.value) for node in trees.nodes(file) if isinstance(node, ast.Expr)}
    held = [node for node in trees.nodes(file) if isinstance(node, ast.Constant) and id(node) not in bare]
    return [text for node in held if isinstance(text := node.value, str) and re.search("[\u4e00-\u9fff]", text)]


def test_code_speaks_no_chinese_of_its_own() -> None:
    here = [file.relative_to(ROOT).as_posix() for file in FILES]
    quiet = [name for name in here if not name.startswith(tuple(ALLOWED))]
    assert len(quiet) > 100
    said = {name: texts for name in quiet if (texts := spoken(ROOT / name))}
    assert said == {}, "words for people belong into inspector/labels, in both languages"


def test_every_error_has_words() -> None:
    codes = set(raised())
    assert len(codes) > 60
    assert missing({f"error.{code}" for code in codes}) == []


def test_every_member_of_every_enum_has_words() -> None:
    members = {f"{held.__name__}.{member.name}" for held in enums() for member in held}
    assert len(members) > 120
    assert missing(members) == []


def test_every_state_behind_a_link_says_what_is_to_be_done_now() -> None:
    letters = {f"ui.assist_{state.value.lower()}" for state in AssistanceState}
    seats = {f"ui.seat_{state.value.lower()}" for state in SeatState} | {"ui.seat_waits", "ui.seat_short", "ui.seat_embargoed"}
    assert missing(letters | seats) == []


def test_every_event_has_words() -> None:
    events = argument("Told", "type")
    assert len(events) > 5
    assert missing({f"event.{event}" for event in events}) == []


def rules() -> set[str]:
    """Every rule code that a decision or an operator's entry can carry, as the code writes it down."""
    found = argument("Because", "rule") | argument("replace", "rule")
    for file in FILES:
        for name, call in calls(file):
            if name == "_note" and len(call.args) > 2:
                found |= set(texts(call.args[2]))
            elif name in {"going", "over", "_because"}:  # rules of consequences and credit records, handed on
                found |= {
                    text for arg in call.args for text in texts(arg) if re.fullmatch(r"(consequence|credit)\.[a-z_]+", text)
                }
            elif name in {"act", "sign"} and "cli" in file.parts:
                place = call.args[0 if name == "act" else 1]
                found |= {f"operator.{rule}" for rule in texts(place)}
    return found | {f"operator.roster.import.{what}" for what in ("objects", "inspectors")}


def literals(tree: ast.AST) -> Iterator[ast.Dict]:
    """Every dictionary written out below a node."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Dict))


def facts_of_decisions() -> set[str]:
    """The names of facts that decisions about cases write: dictionaries given as `facts` or named so, in the pure rules."""
    found: set[str] = set()
    pure = (
        "verification",
        "strategy",
        "correction",
        "review",
        "ending",
        *("assistance", "asking", "ladder", "letter", "reply", "respite", "dispute", "echo"),
        "visit",
        "plan",
        *("credit", "creditrecord", "objection", "gate"),
        "replacement",
        "voiding",
    )
    for file in (ROOT / "inspector" / f"{name}.py" for name in (*(f"domain/{one}" for one in pure), "flows/tell")):
        for node in trees.nodes(file):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Because", "replace"}:
                given = [keyword.value for keyword in node.keywords if keyword.arg == "facts"]
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                given = [node.value] if {getattr(one, "id", "") for one in targets} & {"facts", "reply", "told"} else []
            found |= {text for value in given for held in literals(value) for key in held.keys if key for text in texts(key)}
    return found


def test_every_rule_that_a_decision_or_an_operator_can_write_has_words() -> None:
    written = rules()
    assert len(written) > 50
    assert missing({f"rule.{rule}" for rule in written}) == []


def test_every_fact_of_a_decision_has_a_name_in_words() -> None:
    assert {"level_reason", "stated_by", "next", "signer", "officer"} <= facts_of_decisions()
    assert missing({f"fact.{name}" for name in facts_of_decisions()}) == []


def test_every_code_that_stands_in_a_note_or_a_work_row_has_words() -> None:
    """Errors of our connectors, and what flows note; one of somebody else's connector is shown as the code it is."""
    codes: set[str] = set()
    for file in FILES:
        for name, call in calls(file):
            if name in {"Unavailable", "Barred", "Refused", "Garbled", "NotYet", "garbled"} and call.args:
                codes |= set(texts(call.args[0]))
            elif name in {"_no_answer", "_undeliverable", "_undelivered", "_go_on"}:
                codes |= {text for given in call.args for text in texts(given) if re.fullmatch("[a-z_]+", text)}
    assert len(codes) > 20
    assert missing({f"note.{code}" for code in codes}) == []


def test_every_reason_of_a_review_has_words() -> None:
    named = {FORMER, LATE}
    for name in ("verification", "review"):
        for called, call in calls(ROOT / "inspector" / "domain" / f"{name}.py"):
            if called in ("to_review", "reopen"):
                named |= set(texts(call.args[1]))
            elif called == "_close_if_settled":
                named |= {text for given in call.keywords if given.arg == "reason" for text in texts(given.value)}
    assert {"DEADLINE", "FINDING"} <= named
    settled = {status.value for status in ClaimStatus if status not in {ClaimStatus.OPEN, ClaimStatus.PROVEN}}
    assert missing({f"review.{reason}" for reason in named | settled}) == []


def test_every_group_of_words_that_facts_are_read_by_exists() -> None:
    groups = {key.partition(".")[0] for key in words("en")}
    assert set(wording.GROUPS.values()) <= groups


def test_every_matter_for_a_person_has_words() -> None:
    opened = {
        text
        for file in FILES
        for name, call in calls(file)
        if name == "open" and isinstance(call.func, ast.Attribute) and getattr(call.func.value, "attr", "") == "attention"
        for text in texts(call.args[0])
    }
    assert len(opened) > 4
    assert missing({f"attention.{kind}" for kind in opened}) == []


def test_every_word_a_template_asks_for_exists() -> None:
    templates = sorted((ROOT / "inspector" / "web" / "templates").glob("*.html"))
    asked = {key for file in templates for key in re.findall(r"\bt\('([\w.]+)'[,)]", file.read_text(encoding="utf-8"))}
    assert len(asked) > 40
    assert missing(asked) == []


def test_both_languages_know_the_same_keys_and_the_same_facts() -> None:
    chinese, english = (words(lang) for lang in LANGS)
    assert chinese.keys() == english.keys()

    def facts(text: str) -> set[str]:
        return set(re.findall(r"\{([a-z][a-z0-9_]*)\}", text))

    assert {key for key in english if facts(chinese[key]) != facts(english[key]) and not key.startswith("error.")} == set()


@pytest.mark.parametrize(
    ("lang", "text"), [("zh-Hans", "没有机关“x”；可用：a, b"), ("en", "There is no agency x; known are a, b")]
)
def test_an_error_is_told_with_its_facts(lang: labels.Lang, text: str) -> None:
    assert labels.told(Invalid("agency_unknown", agency="x", known="a, b"), lang) == text


@pytest.mark.parametrize("lang", LANGS)
def test_no_error_speaks_of_the_nearest_where_nothing_is_near(lang: labels.Lang) -> None:
    always = {"error.calendar_key_unknown", "error.import_sender_unknown", "problem.at_nearest"}  # told only where one is near
    hints = {key for key, text in words(lang).items() if "{nearest}" in text and key not in always}
    assert len(hints) > 10
    for key in hints:
        near, nothing = label(key, lang, nearest="NEAR"), label(key, lang, nearest="")
        assert ("NEAR" in near, "nearest" in nothing or "最接近" in nothing, "  " in nothing) == (True, False, False), nothing


def test_what_has_no_words_is_shown_by_its_key_and_facts() -> None:
    assert label("error.not_yet_written", "en", field="x") == "error.not_yet_written (field=x)"


def test_a_fact_is_put_in_as_it_is_and_never_read_as_a_pattern() -> None:
    assert (
        label("error.item_unknown", "en", pack="{item}", item="{pack}", known="") == "Pack {item} has no item {pack}; known are "
    )


def test_a_case_has_one_chinese_word_wherever_the_program_speaks_of_it() -> None:
    files = [file for file in (ROOT / "inspector").rglob("*") if file.suffix in {".py", ".toml", ".html", ".js"}]
    assert len(files) > 300
    other = re.compile("案件|本案|案内")
    assert [f"{file.name}: {told}" for file in files for told in other.findall(file.read_text(encoding="utf-8"))] == []


def test_a_fact_whose_name_has_digits_is_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "words", lambda _lang: {"held": "SHA-256 {sha256}, {2}"})
    assert label("held", "en", sha256="ab12") == "SHA-256 ab12, {2}"


def test_many_threads_that_ask_at_once_read_the_words_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read, begun = labels._read, list[str]()

    def slowly(lang: labels.Lang) -> Mapping[str, str]:
        begun.append(lang)
        time.sleep(0.05)
        return read(lang)

    monkeypatch.setattr(labels, "_read", slowly)
    monkeypatch.setattr(labels, "_HELD", {})
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: label("ui.save", "en"), range(8)))
    assert (len(set(told)), begun) == (1, ["en"])
