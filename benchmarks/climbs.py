"""How often data walks back: calls from a module of a lower layer up into a module of a higher one.

    python benchmarks/climbs.py [ROOT]

Between rooms the layers are those of the import linter's contracts in ROOT's `pyproject.toml` (this repository when left
out; run it with that tree on PYTHONPATH). Inside a room a module lies above those that it imports; two that import one
another, for types or inside a function too, go up either way. Inside a module, classes that call one another go up where
the one that stands first calls the other: a row that calls its collection. Every Python call is looked at, properties too;
frames of other libraries between two modules are looked through. A climb is counted once for each pair of functions.

Callbacks are counted apart: a function of a module that already waits for the caller, and a generator, were handed down,
what a dispatcher calls (a reader of fields, a registry of checks or formats, a decorator, a memory, rows that are made when
somebody looks) was given to it when it was made, and a special method (`rows[id]`, `a + b`) is the language's, of a value at hand.
"""

from __future__ import annotations

import ast
import functools
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from inspect import CO_GENERATOR
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

Climb = tuple[str, str]
"""Who calls and who is called, as `module.function`."""
DISPATCHERS = (
    "ipmo.model.fields", "ipmo.model.reading", "ipmo.model.making", "ipmo.registry", "ipmo.methods.registry", "ipmo.rules.themes",
    "ipmo.files.formats", "ipmo.files.reading", "ipmo.files.paths", "ipmo.options", "ipmo.memory", "ipmo.analysis.money.made_rows",
)  # fmt: skip
"""Modules whose work is to call what was declared to them or handed to them, before and after the rooms."""


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
        self.loaded: dict[str, set[str]] = {}
        self.imported: dict[str, set[str]] = {}
        source = root / "src"
        for path in (source / "ipmo").rglob("*.py"):
            name = ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
            tree = ast.parse(path.read_text(encoding="utf-8"))
            self.loaded[name], self.imported[name] = set(_imports(tree.body, deep=False)), set(_imports(tree.body, deep=True))

    @functools.cache  # noqa: B019 - one house a run
    def height(self, module: str) -> int:
        """How many modules lie under one another below a module."""
        return 1 + max((self.height(one) for one in self.loaded.get(module, ()) if one in self.loaded and one != module), default=0)

    @functools.cache  # noqa: B019
    def climbs(self, caller: str, called: str) -> bool:
        """The called module lies in a layer above the caller's."""
        for container, ranks in self.ranks.items():
            if caller.startswith(f"{container}.") and called.startswith(f"{container}."):
                one, other = (name.removeprefix(f"{container}.").partition(".")[0] for name in (caller, called))
                if one != other and one in ranks and other in ranks and ranks[one] != ranks[other]:
                    return ranks[one] < ranks[other]
        if called in self.imported.get(caller, ()):
            return caller in self.imported.get(called, ())
        return self.height(caller) < self.height(called)


def _imports(body: list[ast.stmt], *, deep: bool) -> Iterator[str]:
    """The modules that a module imports when it is loaded; or anywhere, for types and inside functions too."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif deep or isinstance(node, ast.Try):
            waiting += ast.iter_child_nodes(node)


def _class_of(frame: FrameType) -> str:
    """The class that a method belongs to; empty for a function."""
    name = frame.f_code.co_qualname.partition(".<locals>")[0]
    if name == "__init__":  # written by attrs
        return type(frame.f_locals.get("self")).__name__
    return name.partition(".")[0] if "." in name else ""


class Watch:
    """The climbs and the callbacks of what runs under it, and how many calls each was."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.climbs: Counter[Climb] = Counter()
        self.callbacks: Counter[Climb] = Counter()
        self._homes: dict[CodeType, str] = {}
        self._classes: Counter[tuple[str, str, str]] = Counter()  # calls between classes of one module
        self._up: dict[tuple[str, str, str], Counter[Climb]] = {}

    def run(self, question: Callable[[], object]) -> None:
        """Watches one question."""
        sys.setprofile(self._look)
        try:
            question()
        finally:
            sys.setprofile(None)
        for (module, one, other), found in self._up.items():
            if self._classes[module, other, one]:
                self.climbs += found

    def _home(self, frame: FrameType) -> str:
        name = self._homes.get(frame.f_code)
        if name is None:
            name = self._homes[frame.f_code] = str(frame.f_globals.get("__name__", ""))
        return name

    def _waits(self, frame: FrameType, module: str) -> bool:
        """A function of a module led to this frame and waits for it."""
        here = frame.f_back
        while here is not None:
            if self._home(here) == module:
                return True
            here = here.f_back
        return False

    def _look(self, frame: FrameType, event: str, argument: Any) -> None:
        if event != "call" or frame.f_code.co_name == "<module>":
            return
        called = self._home(frame)
        if not called.startswith("ipmo"):
            return
        caller = frame.f_back
        while caller is not None and not self._home(caller).startswith("ipmo"):
            caller = caller.f_back
        if caller is None or caller.f_code.co_name == "<module>":
            return
        home = self._home(caller)
        climb = f"{home}.{caller.f_code.co_qualname}", f"{called}.{frame.f_code.co_qualname}"
        if home == called:
            classes = home, _class_of(caller), _class_of(frame)
            if all(classes) and classes[1] != classes[2]:
                self._classes[classes] += 1
                if caller.f_code.co_firstlineno < frame.f_code.co_firstlineno:
                    self._up.setdefault(classes, Counter())[climb] += 1
        elif self.layers.climbs(home, called):
            name = frame.f_code.co_name
            special = name.startswith("__") and name.endswith("__") and name not in ("__init__", "__attrs_post_init__")
            handed = special or home in DISPATCHERS or bool(frame.f_code.co_flags & CO_GENERATOR) or self._waits(caller, called)
            (self.callbacks if handed else self.climbs)[climb] += 1


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
    layers = Layers(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])
    for name, question in questions().items():
        question()  # modules are imported and kernels compiled
        watch = Watch(layers)
        watch.run(question)
        print(
            f"{name}: {len(watch.climbs)} climbs in {sum(watch.climbs.values())} calls; "
            f"{len(watch.callbacks)} callbacks in {sum(watch.callbacks.values())}"
        )
        for (caller, called), count in watch.climbs.most_common():
            print(f"  {caller} -> {called} ({count})")


if __name__ == "__main__":
    main()
