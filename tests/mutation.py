"""Mutation testing of one room: faults are made in its code, one at a time, and its tests should find each of them.

python3 dev.py run python tests/mutation.py agile                     # all faults of the agile adapter
python3 dev.py run python tests/mutation.py network --sample 200      # 200 of them, drawn by a seed
python3 dev.py run python tests/mutation.py network --show            # what lived, as differences

mutmut makes the faults (install it with `pip install 'mutmut>=3.8,<4'`), in a copy of the checkout under out/mutation; the rooms stand in
pyproject.toml. Tried is each in a process of its own, forked from one that has collected the tests: the code of the one function is
exchanged, and the tests that reach that function run, the quickest first. Not part of the gate: it takes hours. Only the tests of the
room count, without numba and with the same draws each time.
"""

from __future__ import annotations

import argparse
import functools
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "mutation"
MAKE = """
from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants
import pathlib
pathlib.Path("mutants").mkdir()
copy_src_dir()
copy_also_copy_files()
create_mutants(2)
"""
AT_IMPORT = "while modules are imported"
QUIET = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir=.", "--tb=no"]
Function = Callable[..., Any]


def settings_of(room: str) -> dict[str, list[str]]:
    """What is mutated in a room, and which tests look at it."""
    found: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ipmo"]["mutation"][room]
    return found


def prepare(room: str, folder: Path, count: int = 0, seed: int = 1) -> None:
    """A copy of the checkout in which the packages of the plugins lie beside ipmo, with every fault of the room in it, asleep.

    Args:
        room: what is mutated.
        folder: where the copy goes.
        count: faults are made in so many modules, drawn by the seed; in all when 0.
        seed: of the draw.
    """
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for package in folder.glob("plugins/*/src/*"):
        shutil.copytree(package, folder / "src" / package.name)
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    mutate = settings_of(room)["mutate"]
    if count:
        known = sorted(str(path.relative_to(folder)) for pattern in mutate for path in modules(folder, pattern))
        mutate = sorted(random.Random(seed).sample(known, min(count, len(known))))
    own = f"only_mutate = {json.dumps(mutate)}\n"
    (folder / "pyproject.toml").write_text(text.replace('source_paths = ["src"]\n', f'source_paths = ["src"]\n{own}', 1), encoding="utf-8")
    made = run(folder, "-c", MAKE)
    if made.returncode:
        sys.exit(made.stdout[-4000:] + made.stderr[-4000:])


def modules(folder: Path, pattern: str) -> list[Path]:
    """The modules of a room that hold anything, those of the rooms inside it too."""
    return [path for path in (folder / pattern.removesuffix("/*")).rglob("*.py") if path.read_text(encoding="utf-8").count("\n") > 1]


def refresh(folder: Path) -> None:
    """Brings the tests in a copy that has its faults already up to date."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "tests", "plugins/*/tests"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / "mutants" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / "mutants" / name)


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in the copy."""
    environment = {
        **os.environ,
        "IPMO_NO_NUMBA": "1",
        "IPMO_CI": "1",
        "IPMO_MUTATION": "1",
        "IPMO_DATA": os.environ.get("IPMO_DATA", str(ROOT.parent / "shared" / "data")),
        "PYTHONHASHSEED": "0",
        **more,
    }
    environment.pop("PYTHONPATH", None)
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)


def faults(folder: Path) -> list[str]:
    """The names of all faults that can be made."""
    found: list[str] = []
    for path in sorted((folder / "mutants").rglob("*.meta")):
        found += json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return sorted(name.replace(".__init__.", ".") for name in found)


# ------------------------------------------------------------------------------------------------ the process that tries them


def mangled(function: Function) -> str:
    """How mutmut calls a function, with its module."""
    whole, _, name = function.__qualname__.rpartition(".")
    return f"{function.__module__}.{f'xǁ{whole}ǁ' if whole else 'x_'}{name}"


class Reach:
    """Which functions each test calls, and how long each test takes; a plugin of pytest."""

    def __init__(self) -> None:
        self.called: set[str] = set()
        self.by_test: dict[str, list[str]] = {}
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def wrap(self, mutants: dict[str, Function], is_classmethod: bool = False) -> Callable[[Function], Function]:
        """Instead of mutmut's decorator: notes each call."""

        def keep(function: Function) -> Function:
            name = mangled(function)

            @functools.wraps(function)
            def noted(*args: Any, **kwargs: Any) -> Any:
                self.called.add(name)
                return function(*args, **kwargs)

            return noted

        return keep

    def pytest_collection_finish(self) -> None:
        self.by_test[AT_IMPORT] = sorted(self.called)
        self.called.clear()

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.by_test[nodeid] = sorted(self.called)
        self.called.clear()


class Patience:
    """Ends the process when a test takes ten times as long as it did; a plugin of pytest."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        signal.setitimer(signal.ITIMER_REAL, 5 + 10 * self.seconds[nodeid])


def forked(work: Callable[[], int], seconds: float) -> int | None:
    """The exit status of some work in a process of its own; None when it takes too long."""
    child = os.fork()
    if child == 0:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        code = 70
        try:
            code = work()
        finally:
            os._exit(code)
    until, pause = time.monotonic() + seconds, 0.002
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(0.05, pause * 1.5)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def work(room: str, chosen: list[str], verdicts: Path) -> None:
    """Tries faults in children of this process, and writes what came of each; the current folder is the one with the faults."""
    import mutmut.mutation.trampoline as trampoline
    import pytest

    tests = settings_of(room)["tests"]
    sys.path[:0] = [str(Path("src").resolve()), str(Path().resolve())]
    path = Path("reach.json").resolve()

    def learn() -> int:
        reach = Reach()
        trampoline.wrap_in_trampoline = reach.wrap
        pytest.main([*QUIET, *tests], plugins=[reach])
        path.write_text(json.dumps([reach.by_test, reach.seconds, reach.failed]), encoding="utf-8")
        return 0

    if forked(learn, 3600) != 0:
        sys.exit("the tests could not be run")
    by_test, seconds, failed = json.loads(path.read_text(encoding="utf-8"))
    made: dict[str, tuple[Function, dict[str, Function]]] = {}

    def keep(mutants: dict[str, Function], is_classmethod: bool = False) -> Callable[[Function], Function]:
        def plain(function: Function) -> Function:
            made[mangled(function)] = (function, mutants)
            return function

        return plain

    trampoline.wrap_in_trampoline = keep
    with open(os.devnull, "w") as nothing:
        shown, sys.stdout = sys.stdout, nothing
        pytest.main([*QUIET, "--collect-only", *tests])
        sys.stdout = shown
    reaching_by = {
        owner: sorted((test for test, called in by_test.items() if owner in called and test in seconds), key=lambda test: seconds[test])
        for owner in {re.sub(r"__mutmut_\d+$", "", name) for name in chosen}
    }
    if failed and forked(lambda: int(pytest.main([*QUIET, *failed])), 3600) != 0:  # what failed because its calls were noted may pass now
        sys.exit(f"tests fail without a fault: {', '.join(failed)}")
    verdicts.write_text("", encoding="utf-8")
    for name in chosen:
        owner = re.sub(r"__mutmut_\d+$", "", name)
        reaching = reaching_by[owner]
        if owner in by_test[AT_IMPORT]:  # it has run by now: a fresh process, with mutmut's own switch
            code: int | None = run(Path(), "-m", "pytest", "-x", *QUIET, *tests, MUTANT_UNDER_TEST=name, PYTHONPATH="src").returncode
        elif not reaching:
            code = 5
        else:

            def tried(name: str = name, owner: str = owner, reaching: list[str] = reaching) -> int:
                function, mutants = made[owner]
                other: Any = mutants[name.rpartition(".")[2]]
                other = getattr(other, "__func__", other)
                function.__code__, function.__defaults__, function.__kwdefaults__ = other.__code__, other.__defaults__, other.__kwdefaults__
                return int(pytest.main(["-x", *QUIET, *reaching], plugins=[Patience(seconds)]))

            code = forked(tried, 60 + 10 * sum(seconds[test] for test in reaching))
        verdict = "lived" if code in (0, 5) else "killed" if code is None or code in (1, 2, 3, 4) or code < 0 else f"unclear ({code})"
        with verdicts.open("a", encoding="utf-8") as out:
            out.write(f"{name}\t{verdict}\n")


# ------------------------------------------------------------------------------------------------ what came of it


def interval(found: int, of: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson)."""
    z, share = 1.96, found / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    wide = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - wide, middle + wide


def show(folder: Path, name: str) -> str:
    """A fault as a difference."""
    module, _, rest = name.rpartition(".")
    package = (folder / "src" / module.replace(".", "/") / "__init__.py").is_file()
    return (
        run(folder, "-m", "mutmut", "show", f"{module}.__init__.{rest}" if package else name).stdout
        or run(folder, "-m", "mutmut", "show", name).stdout
    )


def main(arguments: list[str]) -> None:
    """Makes the faults, tries all or a sample of them, and tells how many were found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("room")
    parser.add_argument("--sample", type=int, default=0, help="how many faults are tried; all when left out")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument(
        "--modules", type=int, default=0, help="faults are made in so many modules, drawn by the seed; in all when left out"
    )
    parser.add_argument("--of", default="", help="only faults whose name holds this: a module or a function")
    parser.add_argument("--again", action="store_true", help="the faults are those of the last run: only tests changed")
    parser.add_argument("--show", action="store_true", help="what lived in the last run, as differences")
    parser.add_argument("--work", default="", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    folder = OUT / given.room
    if given.work:
        work(given.room, json.loads(Path(given.work).read_text(encoding="utf-8")), folder / "verdicts.txt")
        return
    if not given.show:
        if given.again:
            refresh(folder)
        else:
            prepare(given.room, folder, given.modules, given.seed)
        names = [name for name in faults(folder) if given.of in name]
        chosen = random.Random(given.seed).sample(names, min(given.sample or len(names), len(names)))  # so that the first are a sample too
        (folder / "chosen.json").write_text(json.dumps(chosen), encoding="utf-8")
        done = run(folder / "mutants", str(Path(__file__).resolve()), given.room, "--work", str(folder / "chosen.json"))
        if done.returncode:
            sys.exit(done.stdout[-4000:] + done.stderr[-4000:])
    states = dict(line.split("\t") for line in (folder / "verdicts.txt").read_text(encoding="utf-8").splitlines() if "\t" in line)
    for name, state in states.items():
        if state != "killed":
            print(f"{state}: {name}" + (f"\n{show(folder, name)}" if given.show else ""))
    count = Counter(states.values())
    low, high = interval(count["killed"], len(states))
    print(
        f"{given.room}: {count['killed']} of {len(states)} faults found, {count['killed'] / len(states):.1%}; "
        f"95 % confidence {low:.0%} to {high:.0%}; {len(faults(folder))} faults can be made; seed {given.seed}"
        + (f", {given.modules} modules" if given.modules else "")
    )


if __name__ == "__main__":
    main(sys.argv[1:])
