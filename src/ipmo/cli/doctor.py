"""What is installed and usable."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import ipmo
from ipmo.cli.shell import Verb, emit, json_option, main, say

__all__: list[str] = []

NEEDED = ("attrs", "cattrs", "lazy_loader", "pluggy", "numpy", "networkx", "pint", "PyYAML", "jinja2", "click", "narwhals")
EXTRAS = {
    "numba": "fast",
    "ortools": "level",
    "python-calamine": "excel",
    "XlsxWriter": "excel",
    "python-pptx": "slides",
    "altair": "charts",
    "vl-convert-python": "charts",
    "mpxj": "mpp",
    "JPype1": "mpp",
    "distributed": "cluster",
    "hypothesis": "testing",
    "pandas": "",
    "polars": "",
    "pyarrow": "",
    "playwright": "",
}
"""What may be there too, with the extra that brings it, if one does."""


@main.command(cls=Verb)
@json_option
def doctor(as_json: bool) -> None:
    """Say what is installed and usable: versions, plugins, extras, cache, browser, data."""
    rows = [{"what": what, "value": value} for what, value in _rows()]
    if as_json:
        emit(rows)
        return
    width = max(len(row["what"]) for row in rows)
    for row in rows:
        say(f"{row['what'].ljust(width)}  {row['value']}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _rows() -> Iterator[tuple[str, str]]:
    from ipmo.desk import installed
    from ipmo.figures.png import chromium

    yield "ipmo", ipmo.__version__
    yield "python", f"{platform.python_version()} on {platform.system()}"
    for package in NEEDED:
        yield package, _version(package) or "missing"
    for package, extra in EXTRAS.items():
        yield package, _version(package) or f"not installed; try: pip install '{f'ipmo[{extra}]' if extra else package}'"
    for plugin in installed().plugins[1:]:  # the first is ipmo itself
        yield f"plugin {plugin.name}", f"{plugin.distribution}: {plugin.error or 'loaded'}"
    cache = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(ipmo.__file__).parent / "network" / "kernels" / "__pycache__")
    writable = os.access(cache if cache.exists() else cache.parent, os.W_OK)
    yield "kernel cache", "writable" if writable else "not writable: set NUMBA_CACHE_DIR"
    yield "browser", "found" if chromium() else "none (a PDF needs one, and a PNG without the extra charts)"
    data = Path(os.environ.get("IPMO_DATA", "../shared/data"))
    yield "data", "found" if data.is_dir() else "none (only tests on real files need it): set IPMO_DATA"
