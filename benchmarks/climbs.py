"""How often data walks back: calls from a module of a lower layer up into a module of a higher one.

    python benchmarks/climbs.py [ROOT]

Between rooms the layers are those of the import linter's contracts in ROOT's `pyproject.toml` (this repository when left
out; run it with that tree on PYTHONPATH). Inside a room a module lies above those that it imports when it is loaded; inside
a module a class lies above those that it stands below: a row that calls its collection goes up. Every Python call is looked
at, callbacks and properties too; frames of other libraries between two modules are looked through. A climb is counted once
for each pair of functions.
"""

from __future__ import annotations

import ast
import functools
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

Climb = tuple[str, str]
"""Who calls and who is called, as `module.function`."""


class Layers:
    """Which module of a house lies above which: by its contracts between rooms, by what imports what inside one."""

    def __init__(self, root: Path) -> None:
        linter = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
        self.ranks: dict[str, dict[str, int]] = {}
        for contract in linter["contracts"]:
            for container in contract.get("containers", ()) if contract["type"] == "layers" else ():
                ranks = self.ranks.setdefault(container, {})
                for depth, layer in enumerate(reversed(contract["layers"])):
                    ranks.update({name.strip(" ()"): depth for name in layer.split("|")})
        source = root / "src"
        self.imports = {
            ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): set(_imported(path))
            for path in (source / "ipmo").rglob("*.py")
        }

    @functools.cache  # noqa: B019
    def height(self, module: str) -> int:
        """How many modules lie under one another below a module."""
        return 1 + max((self.height(one) for one in self.imports.get(module, ()) if one in self.imports and one != module), default=0)

    @functools.cache  # noqa: B019 - one house a run
    def climbs(self, caller: str, called: str) -> bool:
        """The called module lies in a layer above the caller's."""
        for container, ranks in self.ranks.items():
            if caller.startswith(f"{container}.") and called.startswith(f"{container}."):
                one, other = (name.removeprefix(f"{container}.").partition(".")[0] for name in (caller, called))
                if one != other and one in ranks and other in ranks and ranks[one] != ranks[other]:
                    return ranks[one] < ranks[other]
        return self.height(caller) < self.height(called)


def _imported(path: Path) -> Iterator[str]:
    """The modules that a module imports when it is loaded."""
    waiting: list[ast.stmt] = list(ast.parse(path.read_text(encoding="utf-8")).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Try):
            waiting += node.body


def climbs(layers: Layers, question: Callable[[], object]) -> Counter[Climb]:
    """The climbs of one question, and how many calls each was."""
    found: Counter[Climb] = Counter()
    homes: dict[CodeType, str] = {}

    def home(frame: FrameType) -> str:
        name = homes.get(frame.f_code)
        if name is None:
            name = homes[frame.f_code] = str(frame.f_globals.get("__name__", ""))
        return name

    def look(frame: FrameType, event: str, argument: Any) -> None:
        if event != "call" or frame.f_code.co_name == "<module>":
            return
        called = home(frame)
        if not called.startswith("ipmo"):
            return
        caller = frame.f_back
        while caller is not None and not home(caller).startswith("ipmo"):
            caller = caller.f_back
        if caller is None or caller.f_code.co_name == "<module>":
            return
        if _to_a_later_class(caller.f_code, frame.f_code) if home(caller) == called else layers.climbs(home(caller), called):
            found[f"{home(caller)}.{caller.f_code.co_qualname}", f"{called}.{frame.f_code.co_qualname}"] += 1

    sys.setprofile(look)
    try:
        question()
    finally:
        sys.setprofile(None)
    return found


def _to_a_later_class(caller: CodeType, called: CodeType) -> bool:
    """A method calls one of a class that stands further down in the same file."""
    classes = [code.co_qualname.partition(".")[0] for code in (caller, called) if "." in code.co_qualname.partition("<")[0]]
    return len(classes) == 2 and classes[0] != classes[1] and caller.co_firstlineno < called.co_firstlineno


def questions() -> dict[str, Callable[[], object]]:
    """The questions of the measure, each on a portfolio that nobody asked anything yet."""
    import ipmo

    def links() -> object:
        found = ipmo.critical_links(ipmo.examples.load("library"))
        return found.table(), [link.reason for link in found]

    def report() -> object:
        with tempfile.TemporaryDirectory() as folder:
            return ipmo.report(ipmo.examples.load("library"), Path(folder) / "board.html")

    return {"critical_links": links, "report": report}


def main() -> None:
    """Prints the climbs of each question, the most frequent first."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    layers = Layers(root)
    for name, question in questions().items():
        question()  # modules are imported and kernels compiled
        found = climbs(layers, question)
        print(f"{name}: {len(found)} climbs, {sum(found.values())} calls")
        for (caller, called), count in found.most_common():
            print(f"  {caller} -> {called} ({count})")


if __name__ == "__main__":
    main()
