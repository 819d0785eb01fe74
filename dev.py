"""Development with nothing but Python 3.11 or newer: `python3 dev.py demo | test | run ARGS...`.

demo makes the environment and writes the report of a real portfolio; test runs the tests; run runs anything in the
environment. Plain standard library: uv is used when it is there, pip otherwise, and pip is fetched where venv has none.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / ".ipmo-stamp"
PLUGINS = ("ipmo-p3o", "ipmo-mop", "ipmo-agile", "ipmo-example")
FILES = [ROOT / "pyproject.toml", *(ROOT / "plugins" / name / "pyproject.toml" for name in PLUGINS), pathlib.Path(__file__)]


def run(*command, quiet=False):
    """Runs a command; True when it went well."""
    out = subprocess.DEVNULL if quiet else None
    return subprocess.call([str(part) for part in command], cwd=ROOT, stdout=out, stderr=out) == 0


def wanted():
    """The development dependencies of pyproject.toml, and the packages of this repository."""
    import tomllib

    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    packages = [name for name in groups["dev"] if name not in PLUGINS]
    local = ["-e", ".", *(part for name in PLUGINS for part in ("-e", f"plugins/{name}"))]
    return packages + local


def make_environment(uv):
    """An empty environment that can install packages."""
    if uv:
        return run(uv, "venv", "-q", "--python", sys.executable, VENV)
    try:
        venv.create(VENV, with_pip=True, clear=True)
        return True
    except (subprocess.CalledProcessError, OSError, ImportError):  # Debian's bare python3 has no ensurepip
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=False)
    return bootstrap_pip()


def bootstrap_pip():
    """pip where venv gives none: by the pip of the machine or of its wheels; else the line that installs it."""
    if run(sys.executable, "-m", "pip", "--version", quiet=True):
        if run(sys.executable, "-m", "pip", "--python", PYTHON, "install", "-q", "pip"):
            return True
    for wheel in sorted(pathlib.Path("/usr/share/python-wheels").glob("pip-*.whl")):
        if run(PYTHON, wheel / "pip", "install", "-q", "pip"):
            return True
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    sys.exit(
        f"this Python cannot make an environment with pip; install what is missing with\n    apt install python{version}-venv\n"
        "(or python3-venv, or uv), then run dev.py again"
    )


def ensure():
    """The environment, made or brought up to date only when the project files changed."""
    if sys.version_info < (3, 11):
        sys.exit(f"ipmo needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    want = hashlib.sha256(b"".join(path.read_bytes() for path in FILES)).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == want:
        return
    uv = shutil.which("uv")
    if not PYTHON.exists():
        print("making the environment in .venv (once) ...", flush=True)
        if not make_environment(uv):
            sys.exit("the environment could not be made; see the message above")
    print("installing ipmo, its plugins and the test tools ...", flush=True)
    installer = (
        [uv, "pip", "install", "-q", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    )
    if not run(*installer, *wanted()):
        sys.exit("installing failed; see the message above, then run dev.py again")
    if not run(*installer, "numba>=0.61", quiet=True):
        print("numba has no wheel for this Python: large networks run in numpy instead, with the same results")
    STAMP.write_text(want)


def demo():
    """The main job on real data: the report of the Rubin Observatory milestones."""
    out = ROOT / "out" / "rubin.html"
    if not run(PYTHON, "-m", "ipmo", "report", "examples/rubin.yaml", "-o", "out/rubin.html"):
        return 1
    opener = {"darwin": "open", "win32": "start"}.get(sys.platform, "xdg-open")
    print(f"look at it:  {opener} {out.relative_to(ROOT)}")
    print(f"more:        {pathlib.Path(BIN).relative_to(ROOT) / 'ipmo'} check examples/gmpp-2022.yaml")
    return 0


def main(arguments):
    """Runs what the first argument names."""
    what, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if what not in ("demo", "test", "run"):
        print("python3 dev.py demo               the report of a real portfolio, in out/rubin.html")
        print("python3 dev.py test [ARGUMENTS]   the tests; arguments go to pytest")
        print("python3 dev.py run COMMAND ...    a command inside the environment, for example: run ipmo doctor")
        return 0 if what in ("help", "-h", "--help") else 2
    ensure()
    if what == "demo":
        return demo()
    if what == "test":
        return subprocess.call([str(PYTHON), "-m", "pytest", *rest], cwd=ROOT)
    if not rest:
        print("say what to run, for example: python3 dev.py run ipmo doctor")
        return 2
    command = BIN / rest[0]
    return subprocess.call([str(command) if command.exists() else rest[0], *rest[1:]], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
