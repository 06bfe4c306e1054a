"""The demo's house has a signing key: whoever tries it out sees heads and files that are signed, as those of a real house are."""

from __future__ import annotations

from pathlib import Path

from inspector import bootstrap, settings, visitkeys
from inspector.demo.office import configure, furnish
from inspector.flows import postedheads
from tests.house import closing, open_store


def test_the_house_signs_what_it_posts_and_hands_out_by_a_key_of_its_own_from_the_first_start_on(tmp_path: Path) -> None:
    made = furnish(tmp_path / "one")
    (made.folder / "house.key").unlink()  # a demo that an older release has made
    points = set[str]()
    for folder in (made.folder, made.folder, tmp_path / "two"):
        again = furnish(folder)
        told = settings.load(configure(again, world=1, web=2))
        with closing(open_store(f"sqlite:///{folder}/inspector.sqlite3")) as store:
            office = bootstrap.office(told, store)
            points.add(postedheads.key(office))
            word = office.keys.word(office.house, b"1:00")
        assert word is not None
        assert word.key == visitkeys.point_of(folder / "house.key.pub")
    assert (len(points), "" in points) == (2, False), "a second start signs by the same, another folder by another"
