#!/usr/bin/env bash
# Surprise: the two kits for Primavera XER files on PyPI are imported under one name, and the one installed last wins without a word.
#
# xerparser 0.13.9, PyP6XER 1.16.0.
# One would guess that PyP6XER is imported as pyp6xer. It installs a package `xerparser`, as xerparser does: both can be installed
# together, no installer objects, and code written for the first then finds other classes under the name that it imports.
# What users of this project meet: nothing: its own reader of XER files needs neither of them.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
pip="$work/venv/bin/pip"; python="$work/venv/bin/python"
said() { "$python" -c "
import xerparser
print('Xer' in dir(xerparser), bool(__import__('importlib.util').util.find_spec('xerparser.reader')))"; }
{
  "$pip" install -q "xerparser==0.13.9"; echo "xerparser alone has its class Xer, the module reader: $(said)"
  "$pip" install -q "PyP6XER==1.16.0"; echo "after PyP6XER was added: $(said)"
  "$pip" check
} 2>/dev/null | tee "$work/out"
diff - "$work/out" <<'SEEN'
xerparser alone has its class Xer, the module reader: True False
after PyP6XER was added: False True
No broken requirements found.
SEEN
echo "as seen on 2026-11-28"
