"""The schedule engine against its peers: MPXJ's scheduler, p6-mcp, its own full passes. Rows for `run.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import generators as make
import numpy as np

import ipmo
from ipmo.analysis.dates import columns
from ipmo.analysis.dates.schedule import network as compiled_network
from ipmo.analysis.dates.schedule import schedule
from ipmo.model import Portfolio
from ipmo.network.compiled import available
from ipmo.network.network import Network
from ipmo.network.overlay import Overlay
from ipmo.network.positions import weights

DATA = Path(os.environ.get("IPMO_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
HOTEL = DATA / "07_schedules" / "soulmajor1_Hotel_Project.xer"
Turns = Callable[..., tuple[float, float]]
Bar = Callable[..., None]


def floats(network: Network) -> None:
    """Early dates, late dates, total and target float of everything."""
    s = schedule(network)
    (whole, aim), x = s.passes.late_starts, s.passes.early_starts
    if isinstance(x, list):
        _ = [a - b for a, b in zip(whole, x, strict=True)], [a - b for a, b in zip(aim, x, strict=True)]
    else:
        _ = whole - x, aim - x


def peers(folder: Path, turns: Turns, bar: Bar) -> None:
    """10,000 activities and 20,000 links on a Monday-to-Friday calendar."""
    hours, links = make.activities()
    path = folder / "ten.xer"
    path.write_text(make.xer_text(hours, links), encoding="ascii")
    pf = ipmo.read(path)
    network = compiled_network(pf, dialect="ipmo")
    floats(network)
    what = "from a compiled network to early, late dates and floats; 10,000 activities, 20,000 links, Monday to Friday"
    mpxj = _mpxj(path)
    if mpxj is not None:
        mpxj()
        ours, theirs = turns(lambda: floats(network), mpxj, 7)
        bar(what, ours, "MPXJ's PrimaveraScheduler, Java warm", theirs, 10, faster=True)
    try:
        from p6_mcp.domain.schedule import Schedule as Theirs
        from p6_mcp.parser.reader import XerReader
        from p6_mcp.services.analysis.cpm import compute_cpm
    except ImportError:
        print("    p6-mcp is not installed: pip install p6-mcp", flush=True)
    else:
        schedule = Theirs(XerReader("cp1252").read_path(path), "bench")
        ours, theirs = turns(lambda: floats(network), lambda: compute_cpm(schedule, list(schedule.projects)), 1)
        bar("the same", ours, "p6-mcp, pure Python", theirs, 500, faster=True)


def _mpxj(path: Path) -> Callable[[], Any] | None:
    try:
        import jpype
        import mpxj  # noqa: F401
    except ImportError:
        print("    MPXJ is not installed: pip install 'ipmo[mpp]'", flush=True)
        return None
    if not jpype.isJVMStarted():
        jpype.startJVM("-Djava.awt.headless=true", convertStrings=True)
    file = jpype.JClass("org.mpxj.reader.UniversalProjectReader")().read(jpype.JClass("java.io.File")(str(path)))
    scheduler = jpype.JClass("org.mpxj.cpm.PrimaveraScheduler")()
    start = jpype.JClass("java.time.LocalDateTime").of(2026, 1, 5, 8, 0)
    threading.stack_size(512 * 2**20)  # it recurses along chains of activities
    thread = ThreadPoolExecutor(1)
    thread.submit(int).result()
    threading.stack_size(0)
    return lambda: thread.submit(scheduler.schedule, file, start).result()


def million(turns: Turns, bar: Bar) -> None:
    """1,000,000 tasks on calendars against the same passes without, weights made anew in both."""
    if not available():
        return
    given = make.columns(1_000_000)
    start = 739_000 * 1440
    calendars = make.calendars()
    none = Network.from_columns(**given, start=start)
    one = np.zeros(len(given["ids"]), np.int64)

    def whole(network: Network) -> Callable[[], None]:
        p = network.positions

        def run() -> None:
            _ = weights(p.ptr, p.src, p.typ, p.lag, p.dur)
            floats(network)

        run()
        return run

    plain = whole(none)
    for what, column, some, bound in (
        ("20 calendars by project", make.calendar_columns(given), calendars, 3.0),
        ("one calendar", one, calendars[:1], None),
        ("20 calendars, a quarter of the tasks on any of them", make.calendar_columns(given, 0.25), calendars, None),
    ):
        network = Network.from_columns(**given, start=start, calendar=column, calendars=some)
        crossing = float((network.clk[network.src] != network.clk[network.dst]).mean())
        ours, theirs = turns(whole(network), plain, 5)
        bar(
            f"passes over 1,000,000 tasks; {what} ({crossing:.1%} of links change clock)",
            ours,
            "the same without calendars",
            theirs,
            bound,
            faster=False,
        )
        if bound:
            p = network.positions
            size = sum(column.nbytes for column in p if hasattr(column, "nbytes"))
            size += sum(getattr(network, name).nbytes for name in ("dur", "src", "dst", "typ", "lag", "mode", "lagclk", "clk", "low"))
            print(f"    memory: {size / network.n:.0f} bytes a task, links included ({network.m / network.n:.2f} a task)", flush=True)


def incremental(turns: Turns, bar: Bar) -> None:
    """One random change of a duration at 100,000 tasks, and drag of everything critical."""
    given = make.columns()
    network = Network.from_columns(**given)
    s = schedule(network)
    floats(network)
    full: list[float] = []
    overlay = Overlay(s.passes)
    rng = np.random.default_rng(5)
    overlay.set_duration(0, int(given["duration"][0]) + 1)
    overlay.undo()
    times, touched = [], []
    for step in range(1000):
        if step % 100 == 0:
            begin = time.thread_time()
            floats(network)
            full.append(time.thread_time() - begin)
        v = int(rng.integers(network.n))
        length = int(given["duration"][v] * rng.uniform(0.7, 2.0))
        begin = time.thread_time()
        overlay.set_duration(v, length)
        times.append(time.thread_time() - begin)
        touched.append(overlay.touched)
        overlay.undo()
    p50, p95, p99 = (float(np.quantile(times, q)) for q in (0.5, 0.95, 0.99))
    cone = [int(np.quantile(touched, q)) for q in (0.5, 0.95, 0.99)]
    print(
        f"    incremental: p50 {p50 * 1e6:.0f} us, p95 {p95 * 1e6:.0f} us, p99 {p99 * 1e6:.0f} us; moved {cone[0]}, {cone[1]}, {cone[2]}",
        flush=True,
    )
    median = float(np.median(full))
    name = f"one random change of a duration at 100,000 tasks, median (moved: p50 {cone[0]}, p95 {cone[1]:,}, p99 {cone[2]:,})"
    bar(name, p50, "a full pass", median, 100, faster=True)
    bar("the same, 99th percentile", p99, "a full pass", median, 1.5, faster=False)
    critical = [v for v in s.passes.critical if s.passes.lists.dur[v]]
    from ipmo.network import drag

    drag.ends_without_work(s.passes, critical[:1])

    def forward_each() -> None:  # twenty of them stand for all
        for _ in critical[:20]:
            network.early()

    ours, theirs = turns(lambda: drag.ends_without_work(s.passes, critical), forward_each, 5)
    theirs *= len(critical) / len(critical[:20])
    bar(
        f"drag of every critical task at 100,000 tasks ({len(critical):,} critical)",
        ours,
        "one forward pass for each",
        theirs,
        50,
        faster=True,
    )


def shapes(turns: Turns, bar: Bar) -> None:
    """A chain and a wide graph stay linear: ten times the tasks take about ten times as long."""
    if not available():
        return
    rng = np.random.default_rng(3)

    def chain(n: int) -> Network:
        return Network.from_columns([str(i) for i in range(n)], rng.integers(1, 11, n), np.arange(n - 1), np.arange(1, n))

    def wide(n: int) -> Network:
        third = n // 3
        source = np.concatenate([rng.integers(0, third, n), rng.integers(third, 2 * third, n)])
        target = np.concatenate([rng.integers(third, 2 * third, n), rng.integers(2 * third, n, n)])
        return Network.from_columns([str(i) for i in range(n)], rng.integers(1, 1000, n), source, target)

    for name, make_one in (("a chain", chain), ("a graph three levels deep", wide)):
        small, large = make_one(100_000), make_one(1_000_000)
        floats(small)
        floats(large)
        ours, theirs = turns(lambda large=large: floats(large), lambda small=small: [floats(small) for _ in range(10)], 5)  # type: ignore[misc]
        bar(f"passes over {name} of 1,000,000 tasks", ours, "ten times 100,000", theirs, 3, faster=False)


def reading(turns: Turns, bar: Bar) -> None:
    """Hotel.xer, first read in a fresh process, start of Python and Java not counted."""
    if not HOTEL.is_file():
        print("    no real data here: Hotel.xer is not read", flush=True)
        return
    ours_code = f"import time, ipmo, ipmo.desk; t = time.perf_counter(); ipmo.read({str(HOTEL)!r}); print(time.perf_counter() - t)"
    theirs_code = (
        "import time, jpype, mpxj; jpype.startJVM('-Djava.awt.headless=true', convertStrings=True);"
        "reader = jpype.JClass('org.mpxj.reader.UniversalProjectReader')();"
        f"file = jpype.JClass('java.io.File')({str(HOTEL)!r}); t = time.perf_counter(); reader.readAll(file); print(time.perf_counter() - t)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def seconds(code: str) -> float:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
        return float(done.stdout.split()[-1]) if done.returncode == 0 else float("nan")

    seconds(ours_code)
    if np.isnan(seconds(theirs_code)):
        print("    MPXJ is not installed: pip install 'ipmo[mpp]'", flush=True)
        return
    ours, theirs = [], []
    for _ in range(5):
        ours.append(seconds(ours_code))
        theirs.append(seconds(theirs_code))
    bar(
        "reading Hotel.xer (4,236 activities), first in a fresh process",
        float(np.median(ours)),
        "MPXJ",
        float(np.median(theirs)),
        3,
        faster=True,
    )


def tables(bar: Bar) -> None:
    """The table of 100,000 tasks with drag, filled in columns and made item by item; all but the early dates is found in both."""
    pf = make.linked_portfolio()
    schedule(pf.evolve(name="again")).table()
    ours, theirs = [], []
    for _ in range(3):
        for times, table in ((ours, lambda s: s.table()), (theirs, lambda s: columns.table(s.rows))):
            s = schedule(pf.evolve(name="again"))
            begin = time.perf_counter()
            table(s)
            times.append(time.perf_counter() - begin)
    what = "the table of a schedule of 100,000 tasks, with drag"
    bar(what, float(np.median(ours)), "item by item", float(np.median(theirs)), 20, faster=True)


def loops(turns: Turns, bar: Bar) -> None:
    """64,000 tasks with 60 loops that are cut, and the same without loops."""
    tied, free = make.looping_portfolio(), make.looping_portfolio(loops=0)

    def cut(pf: Portfolio) -> None:
        schedule(pf.evolve(name="again"), on_cycle="cut")

    cut(free)
    ours, theirs = turns(lambda: cut(tied), lambda: cut(free), 5)
    bar("64,000 tasks with 60 loops, cut", ours, "the same without loops", theirs, 3, faster=False)


def rows(folder: Path, turns: Turns, bar: Bar) -> None:
    """All of them."""
    tables(bar)
    loops(turns, bar)
    peers(folder, turns, bar)
    reading(turns, bar)
    incremental(turns, bar)
    million(turns, bar)
    shapes(turns, bar)
