"""What people meet at the command line: help that is whole, lists that go on, and one clear message for whatever is wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer import main as typer_main
from typer.testing import CliRunner

from inspector import __version__
from inspector.cli import serve, usage
from inspector.cli.app import app
from inspector.cli.usage import Group
from inspector.daemon import daemon
from inspector.domain.errors import Invalid
from tests import house
from tests.integration.test_cli_case import HEADS, bring, row
from tests.operator import Operator, one_database, process, settled, table

pytestmark = pytest.mark.alike

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with the words that call it."""
    waiting: list[tuple[str, Any]] = [("", typer_main.get_command(app))]
    while waiting:
        path, held = waiting.pop()
        inner = getattr(held, "commands", None)
        if inner is None:
            yield path.strip(), held
        else:
            waiting += [(f"{path} {name}", one) for name, one in inner.items()]


def test_the_usage_line_names_every_option_that_has_to_be_said() -> None:
    for path, held in commands():
        usage_line = " ".join(held.collect_usage_pieces(typer.Context(held)))
        options = [one for one in held.params if one.param_type_name == "option"]
        for one in options:
            asked_for = one.default is None and {*one.opts} & {"--reason", "--reasons", "--note"}
            needed = one.required or bool(asked_for)
            assert (max(one.opts, key=len) in usage_line.replace("|", " ").split()) is needed, (path, one.opts)
    assert "[OPTIONS] --reason REASON" in " ".join(CliRunner().invoke(app, ["connector", "pause", "--help"]).stdout.split())


WRONG = {
    "an unknown command": (("case", "lst"), "没有命令 lst；是否想输入 'list'？", "there is no command lst; did you mean 'list'?"),
    "an unknown option": (("case", "list", "--stat", "X"), "没有选项 --stat", "there is no option --stat"),
    "an unknown state": (("case", "list", "--state", "X"), "不认识 'X'；请填其中之一", "'X' is not known; write one of"),
    "a number out of range": (("case", "list", "--limit", "0"), "至少为 1", "must be at least 1"),
    "a thirteenth month": (
        ("policy", "explain", "demo", "--item", "x", "--day", "2026-13-01"),
        "'2026-13-01' 不是日期，请按“年-月-日”填写",
        "'--day': '2026-13-01' is no date; write year-month-day",
    ),
    "no number": (("work", "show", "x"), "须为整数", "must be a whole number"),
    "a missing argument": (("case", "show"), "缺少 'CASE'", "'CASE' is needed"),
    "a word too many": (("case", "show", "a", "b"), "多余的参数：b", "too many words: b"),
    "a kind of work there is not": (("work", "list", "--kind", "x"), "不认识 'x'", "'x' is not known"),
}


@pytest.mark.slow
def test_a_list_that_is_asked_for_what_there_is_not_says_so_and_is_no_empty_list(operator: Operator) -> None:
    near = operator.say("case", "list", "--item", "business-licens")
    assert (near.code, "nearest is business-licence, known are" in near.err) == (2, True), near.err
    strange = operator.say("case", "list", "--item", "zzz", "--json")
    assert (strange.code, json.loads(strange.err)["error"]["code"]) == (2, "item_nowhere")
    assert "nearest" not in operator.say("case", "list", "--item", "zzz").err
    assert "business-licence" in operator.say("case", "list", "--item", "zzz", lang="zh-Hans").err
    assert operator.well("case", "list", "--item", "business-licence", "--json").json == [], "an item that has no case yet is one"
    for words in (
        ("case", "list", "--after", "nope"),
        ("work", "list", "--case", "nope"),
        ("consequence", "list", "--case", "nope"),
        ("draw", "list", "--after", "nope"),
        ("push", "list", "--seat", "nope"),
        ("push", "list", "--inspector", "nope"),
    ):
        said = operator.say(*words)
        assert (said.code, said.out) == (3, ""), (words, said)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_typed_wrongly_is_told_in_both_languages_with_the_way_to_help(operator: Operator, name: str) -> None:
    words, chinese, english = WRONG[name]
    said = operator.say(*words)
    assert (said.code, said.out) == (2, "")
    assert english in said.err
    assert "--help)" in said.err
    other = CliRunner().invoke(app, [*words, "--lang", "zh-Hans"])
    assert (other.exit_code, chinese in other.stderr) == (2, True), other.stderr
    assert "帮助：" in other.stderr


def databases(operator: Operator) -> dict[str, str]:
    """Settings of an operator with another database each."""
    held = operator.config.read_text(encoding="utf-8")
    file = operator.folder / "foreign.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("create table alembic_version (version_num varchar(32))")
        connection.execute("insert into alembic_version values ('9999')")
    (operator.folder / "junk.sqlite3").write_bytes(b"hello" * 2_000)
    urls = {
        "foreign": f"sqlite:///{file}",
        "junk": f"sqlite:///{operator.folder / 'junk.sqlite3'}",
        "none": f"sqlite:///{operator.folder / 'none.sqlite3'}",
        "mysql": "mysql://x",
        "nobody": "postgresql+psycopg://x@127.0.0.1:1/x",
        "nowhere": "sqlite:////proc/none/x.sqlite3",
    }
    made = {}
    for name, url in urls.items():
        config = operator.folder / f"{name}.toml"
        config.write_text(held.replace(operator.url, url), encoding="utf-8")
        made[name] = str(config)
    return made


@pytest.mark.parametrize(
    ("which", "words", "code", "told"),
    [
        ("foreign", ("case", "list"), 4, "does not know"),
        ("foreign", ("migrate",), 4, "does not know"),
        ("junk", ("case", "list"), 5, "file is not a database"),
        ("none", ("case", "list"), 5, "make it with `migrate`"),
        ("mysql", ("case", "list"), 2, "write database.url as sqlite:///FILE or postgresql://USER@HOST:PORT/NAME"),
        ("nobody", ("case", "list"), 5, "cannot be reached"),
        ("nowhere", ("migrate",), 4, "There is no folder /proc/none"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line_with_an_exit_code(
    operator: Operator, which: str, words: tuple[str, ...], code: int, told: str
) -> None:
    config = databases(operator)[which]
    said = CliRunner().invoke(app, [*words, "--config", config, "--lang", "en"])
    assert (said.exit_code, said.stdout, said.stderr.count("\n")) == (code, "", 1), said.stderr
    assert told in said.stderr


@pytest.mark.slow
def test_a_file_that_cannot_be_read_and_a_folder_in_its_place_are_told_in_chinese(operator: Operator) -> None:
    none = process("case", "import", "none.csv", "--agency", "bureau", "--lang", "zh-Hans", "--config", str(operator.config))
    folder = process(
        "roster", "import", "objects", ".", "--agency", "bureau", "--lang", "zh-Hans", "--config", str(operator.config)
    )
    assert (none.code, none.err) == (2, "错误: none.csv：没有这个文件或文件夹\n")
    assert (folder.code, folder.err) == (2, "错误: .：这是文件夹，不是文件\n")


@pytest.mark.slow
def test_a_taken_port_is_told_with_what_to_do(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        operator.settle_in(f"\n[web]\nport = {port}\n")
        said = process("serve", "--config", str(operator.config))
    assert (said.code, said.err) == (
        2,
        f"error: Cannot listen on 127.0.0.1:{port}: the port is taken; stop what uses it, or name another\n",
    )


@pytest.mark.slow
def test_whoever_stops_reading_gets_no_message_about_it(operator: Operator) -> None:
    bring(operator, operator.file("c.csv", table(HEADS, *(row(number) for number in range(1, 4)))))
    command = [sys.executable, "-P", "-m", "inspector", "export", "cases", "--config", str(operator.config)]
    reading, writing = os.pipe()
    os.close(reading)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    try:
        ran = subprocess.run(
            command, env=kept | {"PYTHONPATH": str(house.ROOT)}, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=240
        )
    finally:
        os.close(writing)
    assert ran.stderr == b""


@pytest.mark.parametrize(
    "wrong",
    [
        '[agencies.office]\nname = "x"\npack = "no-such-pack"\n',
        '[agencies.office]\nname = "x"\n[plans.odd]\nagency = "nobody"\ntrigger = "every 4h"\n',
        '[sources.registers]\nkind = "no-such-kind"\n',
    ],
)
def test_a_daemon_that_is_refused_for_its_settings_leaves_no_database_behind(tmp_path: Path, wrong: str) -> None:
    config = tmp_path / "inspector.toml"
    config.write_text(f'[database]\nurl = "sqlite:///data/inspector.sqlite3"\n{wrong}', encoding="utf-8")
    with pytest.raises(Invalid):
        serve.run(config)
    assert [file.name for file in tmp_path.iterdir()] == ["inspector.toml"]


@pytest.mark.slow
def test_a_list_says_how_to_go_on_and_json_stays_a_list(operator: Operator) -> None:
    bring(operator, operator.file("c.csv", table(HEADS, *(row(number) for number in range(1, 6)))))
    first = operator.well("case", "list", "--limit", "2")
    assert len(first.out.splitlines()) == 4
    (after,) = re.findall(r"--after (\w+)", first.err)
    rest = operator.well("case", "list", "--limit", "3", "--after", after)
    assert rest.err == ""
    assert [line.count("S-00000") for line in rest.out.splitlines()] == [0, 0, 1, 1, 1]
    told = operator.well("case", "list", "--limit", "2", "--json")
    assert ([one["reference"] for one in told.json], told.err) == (["S-000001", "S-000002"], "")
    only = operator.well("case", "list", "--reference", "S-000004", "--json").json
    coded = operator.well("case", "list", "--code", "test00000000000004", "--item", "business-licence", "--json").json
    assert [one["reference"] for one in [*only, *coded]] == ["S-000004", "S-000004"]
    work = operator.well("work", "list", "--state", "all", "--limit", "1")
    assert "--after 1, or narrow with --state, --kind, --case" in work.err


@pytest.mark.slow
def test_in_a_narrow_terminal_an_explanation_and_the_help_lose_nothing(operator: Operator) -> None:
    bring(operator, operator.file("c.csv", table(HEADS, row(1))))
    case = operator.well("case", "list", "--json").json[0]["id"]
    shown = {}
    for words in (("case", "explain", case, "--lang", "zh-Hans", "--config", str(operator.config)), ("case", "import", "--help")):
        shown[words] = (process(*words).out, on_terminal(*words, columns=40))
    for piped, narrow in shown.values():
        assert "".join(piped.split()) == "".join(narrow.split())
        assert max(map(len, piped.splitlines())) > 80
        assert max(map(len, narrow.splitlines())) <= 42


def on_terminal(*words: str, columns: int) -> str:
    """What a command writes to a real terminal of so many columns."""
    ours, theirs = os.openpty()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    environment = kept | {"PYTHONPATH": str(house.ROOT), "COLUMNS": str(columns), "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.Popen(
        [sys.executable, "-P", "-m", "inspector", *words], env=environment, stdout=theirs, stderr=subprocess.DEVNULL
    )
    os.close(theirs)
    told = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # EIO: the other end is closed
            break
        if not piece:
            break
        told += piece
    os.close(ours)
    assert ran.wait(timeout=240) == 0
    return told.decode().replace("\r\n", "\n")


def test_the_version_is_told_without_settings_or_a_command() -> None:
    told = CliRunner().invoke(app, ["--version"])
    assert (told.exit_code, told.stdout) == (0, f"inspector {__version__}\n")


def test_every_command_and_group_has_help_in_both_languages() -> None:
    def walk(node: object, path: str) -> None:
        about = str(getattr(node, "help", "") or "")
        assert re.search(r"[一-鿿]", about), f"{path}: no Chinese"
        assert re.search(r"[A-Za-z]{3}", about), f"{path}: no English"
        if isinstance(node, Group):
            for name, below in node.commands.items():
                walk(below, f"{path} {name}")

    walk(typer.main.get_command(app), "inspector")


def test_the_frame_of_every_help_is_in_both_languages_too() -> None:
    for words in ((), ("case",), ("case", "list"), ("token", "issue"), ("work", "show")):
        said = CliRunner().invoke(app, [*words, "--help"])
        assert said.exit_code == 0
        frame = re.findall(r"^\w+[^:\n]*:$|\[[a-z][^\]]*\]$|Show this message.*$", said.stdout, re.MULTILINE)
        assert frame
        assert [one for one in frame if not re.search(r"[一-鿿]", one)] == [], words


def test_the_bare_command_that_is_broken_off_has_a_language_as_any_other_has() -> None:
    assert usage._lang([]) in ("en", "zh-Hans")
    assert usage._lang(["--lang", "zh-Hans"]) == "zh-Hans"


def test_a_signal_in_the_midst_of_a_start_is_heard_when_the_start_is_over() -> None:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        asked = daemon.on_signal()
        os.kill(os.getpid(), signal.SIGINT)  # no KeyboardInterrupt past whoever drains
        daemon.until(asked)
        assert asked.is_set()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


@pytest.mark.slow
def test_bad_usage_is_exit_code_2_and_a_missing_settings_file_too(tmp_path: Path) -> None:
    assert process("case", "shwo", folder=tmp_path).code == 2
    assert process("work", "list", "--config", str(tmp_path / "none.toml"), folder=tmp_path).code == 2


@pytest.mark.slow
@pytest.mark.parametrize("role", ["ops", "credit"])
def test_a_token_that_will_not_do_for_the_whole_house_is_told_when_it_is_issued(operator: Operator, role: str) -> None:
    assert "concern" not in operator.well("token", "issue", "watch", "--agency", "city", "--role", role).err
    said = operator.well("token", "issue", "within", "--agency", "bureau", "--role", role)
    assert "they want a token of city" in said.err
    operator.settle_in('\n[agencies.apart]\nname = "另一局"\n')
    assert "no agency stands above all" in operator.well("token", "issue", "nobody", "--agency", "city", "--role", role).err
    assert "须" not in operator.well("token", "issue", "window", "--agency", "bureau", "--role", "system").err
