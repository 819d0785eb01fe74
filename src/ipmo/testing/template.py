"""A new adapter from the example one: `ipmo plugins new NAME`. The wheel carries the example; a checkout has it in plugins/."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from ipmo.errors import FileError

__all__ = ["make_adapter"]

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SKIPPED = {"__pycache__", ".pytest_cache", ".hypothesis", "dist", "build"}


def _example() -> Path:
    """The folder of the example adapter."""
    carried = Path(str(files("ipmo.testing"))) / "example"
    return carried if carried.is_dir() else Path(__file__).resolve().parents[3] / "plugins" / "ipmo-example"


def make_adapter(name: str, into: Path) -> Path:
    """Copies the example adapter under another name.

    Args:
        name: of the methodology and the plugin: lower case letters, digits, hyphens between them.
        into: the folder in which `ipmo-NAME` is made.

    Returns:
        The new folder: a package that can be installed, with its tests.

    Raises:
        FileError: the name is no name, the folder is there already, or cannot be written.
    """
    if not NAME.fullmatch(name) or len(name) > 50:
        raise FileError(
            name, "a plugin's name is in lower case letters and digits, with single hyphens between them, for example our-gates"
        )
    if name in ("plain", "house", "example"):
        raise FileError(name, "that name is taken; choose another one")
    folder = into / f"ipmo-{name}"
    if folder.exists():
        raise FileError(str(folder), "is there already; choose another name or folder")
    title = name.replace("-", " ").capitalize()
    package = name.replace("-", "_")
    words = {
        "ipmo-example": f"ipmo-{name}",
        "ipmo_example": f"ipmo_{package}",
        "test_example": f"test_{package}",
        'entry_point = "example"': f'entry_point = "{name}"',
        "example = ": f"{name} = ",
        "The adapter to copy: a house method": f"The method {name}: a start",
        "The ipmo adapter to copy: one": f"{title} for ipmo: one",
        "House rules of the example office": "Rules of our office",
        "House rules": title,
        "house rules": f"rules of {name}",
        "TestHouse": f"Test{title.title().replace(' ', '')}",
        "HOUSE": package.upper(),
        "house": name,
    }
    try:
        for source in sorted(_example().rglob("*")):
            inside = source.relative_to(_example())
            if source.is_dir() or SKIPPED & set(inside.parts) or source.suffix == ".pyc":
                continue
            target = folder / _said(str(inside), words)
            target.parent.mkdir(parents=True, exist_ok=True)
            content = _said(source.read_text(encoding="utf-8"), words)
            target.write_text(_readme(name, title, package) if inside == Path("README.md") else content, encoding="utf-8")
    except OSError as error:
        raise FileError(str(folder), f"cannot be written: {error.strerror or error}") from error
    return folder


def _said(text: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _readme(name: str, title: str, package: str) -> str:
    return f"""# ipmo-{name}

{title} as a method of ipmo.

1. `src/ipmo_{package}/__init__.py`: the `Methodology` with its checks, measures and gates: write your rules here;
2. `tests/test_{package}.py`: one clean and one offending portfolio for each check; the kit does the rest.

```sh
pip install -e '.[test]'
python -m pytest
ipmo plugins {name}
```

A portfolio names it: `portfolio: methodologies: {{project: {name}}}`.
"""
