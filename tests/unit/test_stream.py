"""Files read row by row: the same rows as read whole, and nothing guessed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from inspector.domain.errors import Invalid
from inspector.flows import stream
from inspector.sheets import sheet
from inspector.sheets import stream as texts

TEXT = '编号,类别\nA1,甲\n\n ,\nA2,"乙,丙"\nA3,丁\n'


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        gzip.compress(TEXT.encode()),
        TEXT.replace(",", ";").encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.rstrip("\n").encode(),
        b"id\n\nA1\n",
    ],
    ids=["UTF-8", "with mark", "GB 18030", "gzip", "semicolons", "CRLF", "no last line feed", "one column"],
)
def test_a_stream_gives_the_rows_numbers_and_remarks_of_the_sheet(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(content)
    whole = sheet.read(content)
    with stream.opened(file) as held:
        rows = tuple(held.rows)
        assert (held.heads, rows) == (whole.heads, whole.rows)
        assert [one for one in held.odd if one.code != "line_unended"] == list(whole.odd)
        plain = gzip.decompress(content) if content.startswith(sheet.GZIP) else content
        assert ("line_unended" in [one.code for one in held.odd]) == (not plain.endswith(b"\n")), "it may have been cut off"
        assert held.at() <= held.size


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet_empty"),
        ("编号".encode("utf-16"), "sheet_utf16"),
        (b"id\n\xff\xff\n", "sheet_encoding"),
        (gzip.compress(TEXT.encode())[:-9], "sheet_packed"),
        (b"\x1f\x8bnonsense", "sheet_packed"),
        (b'id\n"A1', "sheet_quotes"),
        (b"PK\x03\x04nonsense", "sheet_workbook"),
        (b"PAR1nonsense", "sheet_parquet"),
    ],
    ids=["nothing", "UTF-16", "no encoding", "gzip cut short", "no gzip", "open quote", "no Excel", "no Parquet"],
)
def test_what_cannot_be_read_is_refused_and_never_read_halfway(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "roster"
    file.write_bytes(content)
    with pytest.raises(Invalid) as refused, stream.opened(file) as held:
        list(held.rows)
    assert refused.value.code == code


def test_a_packed_file_that_unpacks_beyond_all_measure_is_refused_before_it_is_read_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"code,value\n" + b"0" * 3_000_000))
    monkeypatch.setattr(texts, "MOST_UNPACKED", 2_000_000)
    with pytest.raises(Invalid, match="sheet_too_large") as error, texts.opened(file):
        pass
    assert int(str(error.value.facts["bytes"])) < 3_000_000


def test_parquet_gives_the_rows_of_the_same_csv(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra `large`")
    source, file = tmp_path / "roster.csv", tmp_path / "roster.parquet"
    source.write_text("id,stratum,cap\nA1,甲,3\nA2,,4\n", encoding="utf-8")
    duckdb.connect().execute(
        f"copy (select id, stratum, cap from read_csv('{source}', all_varchar=true)) to '{file}' (format parquet)"
    )
    with stream.opened(file) as held, stream.opened(source) as plain:
        assert (held.heads, held.size) == (plain.heads, 2)
        assert list(held.rows) == list(plain.rows)


def test_parquet_without_its_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    file = tmp_path / "roster.parquet"
    file.write_bytes(b"PAR1")
    with pytest.raises(Invalid) as refused, stream.opened(file):
        pass
    assert refused.value.code == "parquet_needs_extra"
