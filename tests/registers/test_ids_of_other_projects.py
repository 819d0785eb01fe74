"""A predecessor in another project, by its id alone: where that is certain, and where it is not."""

from __future__ import annotations

from pathlib import Path

import ipmo

HEAD = "Project,ID,Activity,Duration (days),Predecessors\n"


def read(folder: Path, *rows: str) -> ipmo.Portfolio:
    (folder / "plan.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return ipmo.read(folder / "plan.csv")


def test_where_all_ids_differ_the_id_alone_says_it(tmp_path: Path) -> None:
    pf = read(tmp_path, "hall,A1,Clear,5,", "hall,A2,Paint,5,A1", "desk,B1,Open,5,A2FS+2d")
    assert [(link.source, link.target, str(link.lag)) for link in pf.links] == [("hall/A2", "desk/B1", "2 d")]
    assert pf["hall/A2"].after[0].source in ("A1", "hall/A1")


def test_where_each_project_counts_from_one_it_is_refused_with_what_to_write(tmp_path: Path) -> None:
    pf = read(tmp_path, "hall,1,Clear,5,", "hall,2,Paint,5,1", "hall,3,Hang,5,2", "desk,1,Order,5,", "desk,2,Open,5,3")
    assert not pf.links
    (refused,) = [one for one in pf.source.findings if "is no node" in one.message]
    assert "of another project write its id before it: 'hall/3'" in refused.message


def test_what_nothing_bears_is_still_near_something(tmp_path: Path) -> None:
    pf = read(tmp_path, "hall,A1,Clear,5,", "desk,B1,Open,5,A11")
    (refused,) = [one for one in pf.source.findings if "is no node" in one.message]
    assert "close: 'A1'" in refused.message
