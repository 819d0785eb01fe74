#!/usr/bin/env bash
# Surprise: in python-gantt a day off of everybody moves work, and a day off of the one person who does the work does not.
#
# python-gantt 0.6.0.
# Days off can be given for everybody and for one resource, by functions of the same name. One would guess that both keep work from
# being done. Four days of work begin on Monday 5 January 2026. With Wednesday off for everybody the task ends on Friday 9 January.
# With Wednesday off for Ann, who alone is to do it, Ann is said not to be available on that day, and the task still ends on Thursday 8:
# it is dated as though she worked on her day off.
# What users of this project meet: dates of a schedule are those of the task's calendar too, but capacity counts the day as one over
# capacity, and levelling waits for Ann. docs/dialects.md has the row, tests/analysis/resources/test_leave.py holds the numbers.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "python-gantt==0.6.0"
for who in everybody ann; do
  "$work/venv/bin/python" - "$who" 2>/dev/null <<'PY'
import logging
import sys
from datetime import date

import gantt

logging.disable(logging.CRITICAL)
off = date(2026, 1, 7)
ann = gantt.Resource("ann")
if sys.argv[1] == "everybody":
    gantt.add_vacations(off)
else:
    ann.add_vacations(dfrom=off)
task = gantt.Task(name="t", start=date(2026, 1, 5), duration=4, resources=[ann])
print(f"off: {sys.argv[1]}; ann available on that day: {bool(ann.is_available(off))}; the task ends on {task.end_date()}")
PY
done | tee "$work/out"
diff - "$work/out" <<'SEEN'
off: everybody; ann available on that day: False; the task ends on 2026-01-09
off: ann; ann available on that day: False; the task ends on 2026-01-08
SEEN
echo "as seen on 2026-11-30"
