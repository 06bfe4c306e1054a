"""Settings: what is not said has a sensible place, what is wrong is told in the reader's language with the nearest right key."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.cli import words
from inspector.domain.errors import Invalid
from inspector.labels import told
from inspector.settings import SHIPPED, load


def file(folder: Path, text: str) -> Path:
    made = folder / "inspector.toml"
    made.write_text(text, encoding="utf-8")
    return made


def test_policies_lie_beside_the_file_or_are_those_shipped_unless_a_place_is_named(tmp_path: Path) -> None:
    assert load(file(tmp_path, "")).policies == SHIPPED
    assert load(file(tmp_path, 'policies = "ours"')).policies == tmp_path / "ours", "a place that is named is never replaced"
    (tmp_path / "policies").mkdir()
    assert load(file(tmp_path, "")).policies == tmp_path / "policies"


def test_what_is_wrong_is_told_in_each_language_with_the_nearest_key(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load(file(tmp_path, '[web]\nprot = 80\nthreads = 0\nport = "many"'))
    assert "web.prot: is not known here; did you mean web.port?" in told(caught.value, "en")
    assert "web.threads: must be greater than 0" in told(caught.value, "en")
    chinese = told(caught.value, "zh-Hans")
    assert "web.prot：不是已知的项，是否应为 web.port？" in chinese
    assert "web.threads：应大于 0；" in chinese
    assert "web.port：应为整数" in chinese
    assert chinese == words.told(caught.value, "zh-Hans"), "the command line speaks one language at a time too"
