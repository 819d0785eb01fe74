"""From a wheel, outside the checkout: what a user and an adapter's author write is checked by mypy and by pyright.

python tests/check_types.py DIST     # a folder with the wheel of ipmo; the gate runs it, it needs a package registry
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent / "typing"


def main(dist: Path) -> None:
    """Does all of it; a type that is not known, or a mistake that is not found, ends the program."""
    (wheel,) = sorted(dist.glob("ipmo-[0-9]*.whl"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "env", with_pip=True)
        programs = folder / "env" / "bin"
        files = [shutil.copy(path, folder) and path.name for path in sorted(HERE.glob("*.py"))]
        (folder / "pyrightconfig.json").write_text(
            json.dumps(
                {
                    "include": files,
                    "venvPath": ".",
                    "venv": "env",
                    "typeCheckingMode": "standard",
                    "enableTypeIgnoreComments": False,
                    "reportUnnecessaryTypeIgnoreComment": "error",
                    "reportUnusedExpression": "error",
                    "reportUnusedImport": "error",
                }
            )
        )

        def run(*command: str) -> str:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
            return done.stdout.strip().rpartition("\n")[2]

        run(str(programs / "python"), "-m", "pip", "install", "-q", str(wheel), "mypy>=1.13", "pyright[nodejs]>=1.1.390")
        print("mypy:   ", run(str(programs / "mypy"), "--strict", "--warn-unused-ignores", *files))
        print("pyright:", run(str(programs / "pyright"), "--warnings"))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
