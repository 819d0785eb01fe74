"""Small networks on lists and large ones on arrays answer the same, whatever is asked; kernels need no compiler for that."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

import ipmo
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import IpmoError
from ipmo.model import Portfolio
from ipmo.network.kernels.columns import FAR
from ipmo.network.losses import Losses
from ipmo.network.needs import web_of
from ipmo.network.overlay import Overlay
from ipmo.network.reach import Aim, Reach, dominators
from ipmo.network.without import Without
from ipmo.testing.strategies import portfolios

from .conftest import as_large, dense

WHOLE = Path(__file__).parents[1] / "analysis" / "dates" / "whole.yaml"


def numbers(column: Any) -> list[int]:
    """A column as plain numbers; what is out of reach is so in one way."""
    return [FAR if value >= FAR // 2 else int(value) for value in column]


def dates_of(s: Schedule) -> Iterator[tuple[str, object]]:
    """What the passes and the tables say."""
    p = s.passes
    for name, column in zip(type(p.positions)._fields, p.positions, strict=True):
        if name not in ("high", "pin"):  # read only where something is held; the others hold zeros or FAR
            yield name, numbers(column)
    for name in ("early_starts", "early_waits", "finishes", "project_ends", "committed_finishes", "link_floats", "groups"):
        yield name, numbers(getattr(p, name))
    for name, dates in zip(("late", "aim"), p.late, strict=True):
        yield name, numbers(dates.x)
        if p.network.clk_used:  # around the clock there is no next shift to wait for
            yield f"{name} waits", [int(e) if x < FAR // 2 else None for x, e in zip(dates.x, dates.edge, strict=True)]
    for name in ("end", "drives", "critical", "target_names", "free_starts", "project_late_starts", "lower_bounded"):
        yield name, getattr(p, name)
    for name in ("critical_for", "ends_without", "link_ends_without", "hammock_dates"):
        yield name, dict(getattr(p, name))
    yield "pressed", numbers(p.pressed_starts)
    yield "ends of targets", {name: sorted(places) for name, places in p.target_ends().items()}
    yield "paths", s.float_paths(4)
    for name in ("table", "floats", "links", "overview"):
        yield name, getattr(s, name)()
    yield "commitments", s.commitments.table()
    yield "dominators", [list(map(int, column)) for column in dominators(p.network)]
    if p.network.n:
        yield "late to the last", numbers(p.late_to(p.network.n - 1))
        yield "under one date", numbers(p.late_under([p.end or FAR] * p.network.n).x)


def aims_of(s: Schedule) -> list[Aim]:
    """Each project, all of them, and each piece of open work."""
    net, q = s.network, s.passes.lists
    aims = [Aim(name, projects=(place,)) for place, name in enumerate(net.projects)]
    aims.append(Aim("all", projects=tuple(range(len(net.projects)))))
    work = [Aim(net.ids[v], places=(place,)) for place, v in enumerate(q.order) if net.state[v] in (0, 1)]
    return aims + work[-6:]


def crossing(s: Schedule) -> list[int]:
    """The places of links between projects."""
    net, q = s.network, s.passes.lists
    heads = [v for v in range(net.n) for _ in range(q.ptr[v], q.ptr[v + 1])]
    return [k for k, v in enumerate(heads) if net.project[q.order[q.src[k]]] != net.project[q.order[v]]][:4]


def reach_of(s: Schedule, contract: bool) -> Iterator[tuple[str, object]]:
    """What links between projects do to every target."""
    links, aims = crossing(s), aims_of(s)
    if not links:
        return
    reach, targets = Reach(s.passes, aims, contract=contract), range(len(aims))
    yield "dates", reach.dates
    yield "without", reach.without(links)
    for slip in (1, 480, 40_000):
        yield f"slipped {slip}", reach.slipped(links, [slip] * len(links))
    yield "floats", reach.floats(links[:2], targets[:4]).tolist()  # where something is odd each is found by trying
    yield "least", [int(x) for x in reach.least(links[:1], targets[-3:])]
    yield "of none", reach.least(links, [])
    yield "downstream", (found := reach.downstream(links))
    yield "sums", reach.sums(found, [1.0 + t for t in targets])
    yield "places", reach.target_places(list(targets))


def overlay_of(s: Schedule) -> Iterator[tuple[str, object]]:
    """Dates after some changes, and after they were taken back."""
    net = s.network
    if net.anyone or net.latest or net.expected or not net.n:
        return
    overlay = Overlay(s.passes)
    yield "first", overlay.columns()
    open_work = [v for v in range(net.n) if net.state[v] in (0, 1) and net.dur[v] and v not in net.high]
    for v in open_work[:4]:
        overlay.set_duration(v, int(net.dur[v]) + 700)
        yield f"longer {v}", (overlay.columns(), overlay.end, overlay.finish(v), overlay.total_float(v), overlay.target_float(v))
        overlay.set_start_bound(v, overlay.start(v) + 300)
        yield f"later {v}", (overlay.columns(), overlay.end, sorted(overlay.moved(2).projects), overlay.moved(0))
    for number in range(min(net.m, 3)):
        overlay.set_lag(number, 900)
        yield f"lag {number}", overlay.columns()
    for number in range(min(net.m, 2)):
        overlay.remove_link(number)
        yield f"without {number}", overlay.columns()
    for u, v in itertools.islice(itertools.permutations(open_work, 2), 6):
        try:
            overlay.add_link(u, v, "FS", 60)
        except IpmoError as error:
            yield "refused", str(error)
        else:
            yield f"joined {u} {v}", (overlay.columns(), overlay.durations(), [overlay.end_of(g) for g in range(len(net.projects))])
    places = [int(overlay.place[v]) for v in open_work]
    lows = [overlay.start(v) + 500 for v in open_work]
    yield "slips", list(overlay.slips(range(len(places) + 1), places, lows, places))
    while overlay.undo():
        pass
    yield "last", overlay.columns()


def needs_of(pf: Portfolio) -> Iterator[tuple[str, object]]:
    """What fails without each item, and what is lost of the map."""
    found = Without(web_of(pf))
    size = len(found.web.ids)
    knocked = found.leave_one_out(range(size))
    yield "of", [knocked.of(v) for v in range(size)]
    yield "rows", [knocked.row(v) for v in range(size)]
    yield "points", [knocked.points(t) for t in range(size)]
    yield "union", knocked.union(range(0, size, 2))
    yield "sums", [float(x) for x in knocked.sums([1.0 + t for t in range(size)])]
    lost = Losses(pf.evolve(name="anew"))
    names = [*(p.id for p in pf.projects), *(g.id for g in pf.programmes)]
    yield "losses", (lost.base, {name: lost.without(name) for name in names})
    yield "serves", (lost.serves(), lost.through(), lost.needs(), lost.initiatives)


def everything(pf: Portfolio) -> dict[str, object]:
    """Every answer of the network of a portfolio."""
    s = schedule(pf)
    out = dict(dates_of(s))
    for contract in (True, False):
        out |= {f"reach {contract} {name}": value for name, value in reach_of(s, contract)}
    out |= {f"overlay {name}": value for name, value in overlay_of(s)}
    return out | {f"needs {name}": value for name, value in needs_of(pf)}


def agree(pf: Portfolio) -> None:
    """Lists and arrays give the same of everything."""
    small = everything(pf)
    with pytest.MonkeyPatch.context() as patch:
        as_large(patch)
        other = pf.evolve(name="again")
        assert schedule(other).network.compiled
        large = everything(other)
    assert small.keys() == large.keys()
    for name, value in small.items():
        assert large[name] == value, name


@settings(max_examples=20)
@given(portfolios(tied=True))
def test_lists_and_arrays_give_the_same_of_everything(pf: Portfolio) -> None:
    agree(pf)


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
def test_of_one_of_everything_too(dialect: str) -> None:
    agree(ipmo.read(WHOLE).evolve("whole", dialect=dialect))


def test_of_what_is_tied_down_too() -> None:
    agree(ipmo.read(Path(__file__).parent / "whole.yaml"))


def dense_answers(seed: int) -> dict[str, object]:
    """The dates of a dense network, and those of an overlay on it after work was made longer and shorter."""
    s = schedule(dense(seed))
    out = {name: value for name, value in dates_of(s) if name not in ("commitments",)}
    overlay, dur = Overlay(s.passes), [int(x) for x in s.network.dur]
    for v in [v for v in range(s.network.n) if dur[v]][:6]:
        dur[v] = 480 if v % 2 else dur[v] + 700
        overlay.set_duration(v, dur[v])
        again = schedule(attrs.evolve(s.network, dur=list(dur))).passes
        pos = [int(x) for x in again.positions.pos]
        anew = {
            "early": numbers(again.early_starts[x] for x in pos),
            "late": numbers(again.late_starts.to_end[x] for x in pos),
            "aim": numbers(again.late_starts.to_target[x] for x in pos),
        }
        assert overlay.columns() == anew
        out[f"longer {v}"] = anew
    return out


@pytest.mark.parametrize("seed", range(40))
def test_of_dense_networks_on_calendars_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    small = dense_answers(seed)
    as_large(monkeypatch)
    assert schedule(dense(seed)).network.compiled
    large = dense_answers(seed)
    for name, value in small.items():
        assert large[name] == value, name
