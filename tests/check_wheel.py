"""From a wheel, outside the checkout: a new adapter is made, installed, proved by its kit, and used.

python tests/check_wheel.py DIST     # a folder with the wheel of ipmo; the gate runs it, it needs a package registry
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PLAN = """ipmo: 1
portfolio: {id: x, start: 2026-01-05, methodologies: {project: our-gates}}
projects:
  - {id: P, attributes: {carbon: "12.5"}, tasks: [{id: a, duration: 5 d}], gates: [{id: start, after: a}]}
"""


def main(dist: Path) -> None:
    """Does all of it; a step that fails ends the program."""
    (wheel,) = sorted(dist.glob("ipmo-[0-9]*.whl"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / "bin" / "python"

        def run(*command: str, where: Path = folder, code: int = 0) -> str:
            done = subprocess.run([str(part) for part in command], cwd=where, capture_output=True, text=True)
            if done.returncode != code:
                sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
            return done.stdout

        ipmo = str(folder / "env" / "bin" / "ipmo")
        run(str(python), "-m", "pip", "install", "-q", str(wheel))
        assert "no other plugins are installed" in run(ipmo, "plugins")
        run(ipmo, "plugins", "new", "our-gates")
        made = folder / "ipmo-our-gates"
        run(str(python), "-m", "pip", "install", "-q", "-e", ".[test]", where=made)
        told = run(str(python), "-m", "pytest", "-q", where=made)
        assert " passed" in told, told
        assert "our-gates" in run(ipmo, "plugins", "our-gates")
        (folder / "x.yaml").write_text(PLAN)
        found = run(ipmo, "check", "x.yaml")
        assert "active project 'P' has no owner" in found, found
        assert "our-gates/owner" in found, found
        assert "lacks business-case" in run(ipmo, "gates", "x.yaml")
        assert "12.5" in run(ipmo, "roll-up", "x.yaml", "our-gates-carbon")
        where = run(str(python), "-c", "import ipmo; print(ipmo.__file__)").strip()
        assert str(folder) in where, "the installed library was tested, not the checkout"
    print("a new adapter was made from the wheel, installed, proved and used")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
