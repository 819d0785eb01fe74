"""Development with nothing but Python 3.11 or newer: `python3 dev.py demo | test | tools | run ARGS...`.

demo makes the environment and writes the report of a real portfolio; test adds what the tests need and runs them on all
cores; tools adds types, style and docs; run runs anything in the environment as it is. Plain standard library: uv is used
when it is there, pip otherwise, and pip is fetched where venv has none.
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
PLUGINS = ("ipmo-p3o", "ipmo-mop", "ipmo-agile", "ipmo-govs", "ipmo-example")
GROUPS = {"demo": "demo", "test": "test", "tools": "dev"}  # each level holds the one before
LEVELS = tuple(GROUPS)
WHAT = {
    "demo": "ipmo and its plugins",
    "test": "ipmo, its plugins and what the tests need",
    "tools": "ipmo, its plugins, what the tests need and the tools for types, style and docs",
}
FILES = [ROOT / "pyproject.toml", *(ROOT / "plugins" / name / "pyproject.toml" for name in PLUGINS), pathlib.Path(__file__)]


def run(*command, quiet=False):
    """Runs a command; True when it went well."""
    out = subprocess.DEVNULL if quiet else None
    return subprocess.call([str(part) for part in command], cwd=ROOT, stdout=out, stderr=out) == 0


def group(name):
    """The packages of a dependency group of pyproject.toml, included groups too."""
    import tomllib

    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    found = []
    for entry in groups[name]:
        found += [entry] if isinstance(entry, str) else group(entry["include-group"])
    return found


def wanted(level):
    """What a level of the environment holds: its dependency group, with the packages of this repository in place."""
    names = group(GROUPS[level])
    local = ["-e", ".", *(part for name in PLUGINS if name in names for part in ("-e", f"plugins/{name}"))]
    return [name for name in names if name not in PLUGINS] + local


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


def installed():
    """The project files that the environment was made for, and its level; two empty texts where there is none."""
    if not (PYTHON.exists() and STAMP.exists()):
        return "", ""
    files, _, level = STAMP.read_text().partition(" ")
    return files, level if level in LEVELS else ""


def ensure(level):
    """The environment with at least this level, made or brought up to date only when the project files changed."""
    if sys.version_info < (3, 11):
        sys.exit(f"ipmo needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    want = hashlib.sha256(b"".join(path.read_bytes() for path in FILES)).hexdigest()
    files, has = installed()
    if has and LEVELS.index(has) > LEVELS.index(level):
        level = has
    if (files, has) == (want, level):
        return
    uv = shutil.which("uv")
    if not PYTHON.exists():
        print("making the environment in .venv (once) ...", flush=True)
        if not make_environment(uv):
            sys.exit("the environment could not be made; see the message above")
    print(f"installing {WHAT[level]} ...", flush=True)
    installer = (
        [uv, "pip", "install", "-q", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    )
    # once, instead of once for each package of this repository; odfpy of the tests has no wheel and older setuptools cannot make one
    builder = run(*installer, "hatchling", "editables", *(() if level == "demo" else ("setuptools>=70.1",)))
    if not (builder and run(*installer, "--no-build-isolation", *wanted(level))):
        sys.exit("installing failed; see the message above, then run dev.py again")
    if level != "demo" and not run(*installer, "numba>=0.61", quiet=True):
        print("numba has no wheel for this Python: large networks run in numpy instead, with the same results")
    STAMP.write_text(f"{want} {level}")


def cores():
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tests(arguments):
    """The command that runs the tests: on all cores, unless the arguments say how many or want a debugger."""
    said = any(part.startswith(("-n", "--numprocesses", "--pdb", "--dist", "--trace")) or part == "no:xdist" for part in arguments)
    spread = [] if said or cores() == 1 else ["-n", str(cores())]
    return [str(PYTHON), "-m", "pytest", *spread, *arguments]


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
    if what not in ("demo", "test", "tools", "run"):
        print("python3 dev.py demo               the report of a real portfolio, in out/rubin.html")
        print("python3 dev.py test [ARGUMENTS]   the tests on all cores; arguments go to pytest")
        print("python3 dev.py tools              the tools for types, style and docs, into the same environment")
        print("python3 dev.py run COMMAND ...    a command inside the environment, for example: run ipmo doctor")
        return 0 if what in ("help", "-h", "--help") else 2
    ensure("demo" if what == "run" else what)
    if what == "demo":
        return demo()
    if what == "test":
        return subprocess.call(tests(rest), cwd=ROOT)
    if what == "tools":
        return 0
    if not rest:
        print("say what to run, for example: python3 dev.py run ipmo doctor")
        return 2
    command = shutil.which(rest[0], path=BIN) or shutil.which(rest[0])
    if command is None:
        print(f"there is no {rest[0]} in the environment; python3 dev.py tools brings the tools for types, style and docs")
        return 127
    return subprocess.call([command, *rest[1:]], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
