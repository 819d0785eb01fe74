"""Mutation testing of one room: faults are made in its code, one at a time, and its tests should find each of them.

python3 dev.py run python tests/mutation.py agile                     # all faults of the agile adapter
python3 dev.py run python tests/mutation.py network --sample 200      # 200 of them, drawn by a seed
python3 dev.py run python tests/mutation.py network --show            # what lived, as differences

mutmut does the work (install it with `pip install 'mutmut>=3.8,<4'`), in a copy of the checkout under out/mutation; the rooms stand in
pyproject.toml. Not part of the gate: it takes hours. Only the tests of the room count, without numba and with the same draws each time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "mutation"
STATES = {
    0: "lived",
    1: "killed",
    3: "killed",
    5: "lived",
    33: "lived",
    24: "killed",
    -24: "killed",
    152: "killed",
    36: "killed",
    255: "killed",
}
"""What mutmut's exit codes mean: a fault that no test reaches lives; one that runs into the time limit is found."""


def prepare(room: str, folder: Path) -> None:
    """A copy of the checkout in which the packages of the plugins lie beside ipmo, with the room in mutmut's settings."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ipmo"]["mutation"][room]
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for package in folder.glob("plugins/*/src/*"):
        shutil.copytree(package, folder / "src" / package.name)
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    own = f"only_mutate = {json.dumps(settings['mutate'])}\npytest_add_cli_args_test_selection = {json.dumps(settings['tests'])}\n"
    (folder / "pyproject.toml").write_text(text.replace('source_paths = ["src"]\n', f'source_paths = ["src"]\n{own}', 1), encoding="utf-8")


def mutmut(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs mutmut in the copy."""
    environment = {
        **os.environ,
        "IPMO_NO_NUMBA": "1",
        "IPMO_CI": "1",
        "IPMO_DATA": os.environ.get("IPMO_DATA", str(ROOT.parent / "shared" / "data")),
    }
    environment.pop("PYTHONPATH", None)
    return subprocess.run([sys.executable, "-m", "mutmut", *arguments], cwd=folder, env=environment, capture_output=True, text=True)


def verdicts(folder: Path) -> dict[str, int | None]:
    """Each fault with the exit code of its tests; None where it was not tried."""
    found: dict[str, int | None] = {}
    for path in sorted((folder / "mutants").rglob("*.meta")):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def interval(found: int, of: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson)."""
    z, share = 1.96, found / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    wide = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - wide, middle + wide


def main(arguments: list[str]) -> None:
    """Makes the faults, tries all or a sample of them, and tells how many were found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("room")
    parser.add_argument("--sample", type=int, default=0, help="how many faults are tried; all when left out")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--show", action="store_true", help="what lived in the last run, as differences")
    given = parser.parse_args(arguments)
    folder = OUT / given.room
    if not given.show:
        prepare(given.room, folder)
        first = mutmut(folder, "run", "--max-children", str(given.cores), "none of them")  # makes all and learns which test reaches which
        names = sorted(verdicts(folder))
        if "nothing matches" not in first.stderr or not names:
            sys.exit(first.stdout[-4000:] + first.stderr[-4000:])
        chosen = sorted(random.Random(given.seed).sample(names, min(given.sample or len(names), len(names))))
        done = mutmut(folder, "run", "--max-children", str(given.cores), *chosen)
        if done.returncode:
            sys.exit(done.stdout[-4000:] + done.stderr[-4000:])
        (folder / "chosen.json").write_text(json.dumps(chosen), encoding="utf-8")
    chosen = json.loads((folder / "chosen.json").read_text(encoding="utf-8"))
    codes = verdicts(folder)
    states = {name: STATES.get(code, f"unclear ({code})") if (code := codes[name]) is not None else "not tried" for name in chosen}
    for name, state in states.items():
        if state != "killed":
            print(f"{state}: {name}" + (f"\n{mutmut(folder, 'show', name).stdout}" if given.show else ""))
    count = Counter(states.values())
    low, high = interval(count["killed"], len(chosen))
    print(
        f"{given.room}: {count['killed']} of {len(chosen)} faults found, {count['killed'] / len(chosen):.1%}; "
        f"95 % confidence {low:.0%} to {high:.0%}; {len(codes)} faults can be made; seed {given.seed}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
