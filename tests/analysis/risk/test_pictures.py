"""Pictures of a simulation and of open threats: what they say is what the answers say; files of every kind."""

from __future__ import annotations

import re
import struct
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

import ipmo
from ipmo.errors import IpmoError, ModelError, OptionError
from ipmo.figures import png
from ipmo.figures.heat import heat_map
from ipmo.figures.png import first_rows
from ipmo.figures.svg import Figure
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Picture
from ipmo.reporting.registers import raid_log
from ipmo.reporting.sureness import sureness


def plan() -> ipmo.Portfolio:
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "city", "name": "City & works", "start": "2026-01-05", "money": {"currency": "GBP"}},
            "projects": [
                {
                    "id": "tram",
                    "finish": "2026-05-29",
                    "tasks": [
                        {
                            "id": "design",
                            "duration": {"low": "40 d", "likely": "50 d", "high": "90 d"},
                            "budget": {"low": "1 M GBP", "likely": "1.2 M GBP", "high": "2 M GBP"},
                        },
                        {
                            "id": "track",
                            "after": "design",
                            "duration": {"low": "20 d", "likely": "30 d", "high": "60 d"},
                            "budget": "3 M GBP",
                        },
                    ],
                    "risks": [
                        {
                            "id": f"r{n}",
                            "name": f"Risk <{n}>",
                            "before": {
                                "probability": chance,
                                "impacts": [{"target": "tram/track", "delay": "10 d", "cost": f"{cost} k GBP"}],
                            },
                            **({"after": {"probability": 0.1}, "response": "reduce", "response_cost": "5 k GBP"} if n == 0 else {}),
                        }
                        for n, (chance, cost) in enumerate([(0.3, 800), (0.1, 100), (0.71, 400), (0.5, 50)])
                    ],
                }
            ],
        }
    )


@pytest.fixture(scope="module")
def q() -> ipmo.Simulation:
    return ipmo.simulate(plan(), samples=1100, seed=5)


def texts(figure: Figure) -> list[str]:
    """What stands in a picture; it is well-formed, has a name and a description."""
    root = ElementTree.fromstring(figure.to_svg())
    name = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{name}title") is not None
    assert root.find(f"{name}desc") is not None
    return ["".join([one.text or "", *(child.tail or "" for child in one)]) for one in root.iter(f"{name}text")]


def test_a_fan_has_a_row_an_item_the_least_sure_first(q: ipmo.Simulation) -> None:
    said = texts(q.plot())
    sure = q.finish("tram").sure
    assert sure is not None
    assert 0.05 < sure < 0.75
    assert f"2026-05-29: {100 * sure:.0f} %" in said
    assert f"P50 {q.finish('city').p(50)}" in said
    assert said.index(f"2026-05-29: {100 * sure:.0f} %") < said.index(f"P50 {q.finish('city').p(50)}")


def test_a_tornado_has_a_bar_a_cause_in_the_order_of_the_table(q: ipmo.Simulation) -> None:
    said, table = texts(q.plot("tornado", "tram")), q.drivers("tram").where(lambda row: row["kind"] != "cost estimate")
    wanted = [f"{float(str(days)):.1f} d" for days in table["days"]]
    assert [one for one in said if re.fullmatch(r"-?[\d.]+ d", one)] == wanted
    assert [one for one in said if one.endswith(("(risk)", "(estimate)"))] == [
        f"{cause} ({kind})" for cause, kind in zip(table["cause"], table["kind"], strict=True)
    ]


def test_date_and_cost_together_have_a_dot_every_few_samples_and_the_frontier(q: ipmo.Simulation) -> None:
    figure = q.plot("joint", "tram")
    said = texts(figure)
    assert str(figure.svg).count('class="dot"') == -(-1100 // 3)
    assert str(figure.svg).count('class="knot"') == len(q.joint("tram").frontier(70))
    assert any("every 3th of 1,100 samples" in one for one in said)
    assert any(one.startswith("committed 2026-05-29: ") for one in said)


def test_curves_and_responses_say_what_the_answers_say(q: ipmo.Simulation) -> None:
    said = texts(q.plot("curve", "tram"))
    assert f"P80 {q.finish('tram').p(80)}" in said
    assert f"P80 {float(q.cost('tram').p(80).amount) / 1e6:,.2f}" in said
    row = next(q.responses().rows())
    assert f"{float(str(row['net'])) / 1e3:,.2f}, {float(str(row['days'])):.1f} d earlier" in texts(q.plot("responses"))


def test_a_map_counts_every_threat_once_by_chance_and_cost() -> None:
    """800 k is the dearest: 100 k, at an eighth, and 50 k, at a sixteenth, lie at the upper ends of their columns, 10 and 50 % of their rows."""
    found = ipmo.risk_exposure(plan())
    figure = found.plot()
    desc = re.search(r"<desc[^>]*>([^<]*)</desc>", figure.to_svg())
    assert desc is not None
    cells = desc[1].split("one threat. ")[1].split("; ")
    assert cells == [
        "70 to 100 % by up to 400.00 k GBP: 1",
        "30 to 50 % by up to 50.00 k GBP: 1",
        "10 to 30 % by up to 800.00 k GBP: 1",
        "0 to 10 % by up to 100.00 k GBP: 1",
    ]
    ranked = [one for one in texts(found.plot("ranking")) if re.match(r"[\d.]+( to [\d.]+)?$", one) and "." in one]
    assert ranked == ["284.00", "240.00 to 80.00", "25.00", "10.00"]
    with pytest.raises(ModelError, match="no open threat has a chance and a cost"):
        ipmo.risk_exposure(ipmo.Portfolio(id="x")).plot()
    with pytest.raises(OptionError, match="kind"):
        found.plot("pie")  # type: ignore[arg-type]


def test_what_cannot_be_drawn_is_said(q: ipmo.Simulation) -> None:
    with pytest.raises(OptionError, match="kind"):
        q.plot("pie")  # type: ignore[arg-type]
    plain = ipmo.simulate(
        ipmo.from_dict(
            {
                "ipmo": 1,
                "portfolio": {"id": "x", "start": "2026-01-05"},
                "projects": [{"id": "p", "tasks": [{"id": "t", "duration": {"low": "1 d", "likely": "2 d", "high": "4 d"}}]}],
            }
        ),
        samples=64,
    )
    with pytest.raises(ModelError, match="'x' has no known cost"):
        plain.plot("joint")
    with pytest.raises(ModelError, match="response"):
        plain.plot("responses")


def test_the_report_shows_them_where_it_speaks_of_chances_and_of_risks() -> None:
    pf = plan()
    answers = Answers(pf, ipmo.check(pf))
    sure, raid = sureness(answers), raid_log(answers)
    assert sure is not None
    assert raid is not None
    shown = {block.label: block for block in (*sure.blocks, *raid.blocks) if isinstance(block, Picture)}
    assert list(shown) == [
        "S-curves",
        "Fans of finishes",
        "What drives the finish",
        "Date and cost together",
        "Heat map of risks",
        "Risks before and after their responses",
    ]
    assert [label for label, block in shown.items() if block.printed] == ["S-curves"]
    assert "Risk &lt;0&gt; (risk)" in str(shown["What drives the finish"].svg)  # by its name, which is no markup
    few = pf.evolve("tram", risks=pf["tram"].risks[:2])
    found = raid_log(Answers(few, ipmo.check(few)))
    assert found is not None
    assert not [block for block in found.blocks if isinstance(block, Picture)]


def picture() -> Figure:
    return heat_map(
        [[1, 0], [0, 2]], rows=["high", "low"], columns=["few", "many"], up="chance", across="cost", title="A <map>", note="Note."
    )


def test_files_are_of_the_kind_that_their_name_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = picture()
    assert ElementTree.parse(figure.save(tmp_path / "a.svg")).getroot().tag.endswith("svg")
    page = figure.save(str(tmp_path / "a.HTML")).read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<title>A &lt;map&gt;</title>" in page
    assert figure.to_html(dark=True).count("#16191d") > page.count("#16191d")
    with pytest.raises(OptionError, match=r"ends in \.svg, \.html or \.png"):
        figure.save(tmp_path / "a.gif")
    monkeypatch.delenv("IPMO_CHROMIUM", raising=False)
    monkeypatch.setattr(png.shutil, "which", lambda _: None)
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(IpmoError, match="neither is installed"):
        figure.save(tmp_path / "a.png")


def chunk(name: bytes, inside: bytes) -> bytes:
    return len(inside).to_bytes(4, "big") + name + inside + zlib.crc32(name + inside).to_bytes(4, "big")


def test_the_lower_rows_of_a_picture_are_cut_off() -> None:
    rows = [bytes([2, *([row] * 6)]) for row in range(5)]
    head = struct.pack(">IIBBBBB", 2, 5, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows))
    whole = png.SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", data[:4]) + chunk(b"IDAT", data[4:]) + chunk(b"IEND", b"")
    found = first_rows(whole, 3)
    assert found == png.SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 3, 8, 2, 0, 0, 0)) + chunk(
        b"IDAT", zlib.compress(b"".join(rows[:3]), 9)
    ) + chunk(b"IEND", b"")
    assert first_rows(first_rows(whole, 9), 3) == found


@pytest.mark.browser
def test_a_png_of_chromium_has_the_dots_of_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if png.chromium() is None:
        pytest.skip("no Chromium on this machine")
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    made = picture().save(tmp_path / "a.png").read_bytes()
    width, height = picture().size
    assert struct.unpack(">II", made[16:24]) == (2 * width, 2 * height)
