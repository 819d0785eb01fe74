#!/usr/bin/env bash
# Surprise: in the PyPI package criticalpath a lag moves the dates of a task, and neither the duration of the project nor its critical path.
#
# criticalpath 0.1.5.
# One would guess that a project lasts until its last task has finished, and that the critical path is the one that leads there. A takes
# three days; B follows it after a lag of two days and takes three; C follows it at once and takes four. B is dated to finish on day 8.
# The project is said to last 7 days, with A and C as the critical path: the path is chosen, and measured, by the sum of durations
# alone. A task that is held up by nothing but lags, such as a delivery time or concrete that hardens, is never found critical.
# What users of this project meet: a lag is part of the path. docs/dialects.md has the row, and tests/analysis/dates/test_lagged_path.py
# holds the numbers.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "criticalpath==0.1.5"
"$work/venv/bin/python" - <<'PY' | tee "$work/out"
from criticalpath import Node

project = Node("project")
a, b, c = (project.add(Node(name, duration=days, lag=lag)) for name, days, lag in (("A", 3, 0), ("B", 3, 2), ("C", 4, 0)))
project.link(a, b).link(a, c)
project.update_all()
for task in (a, b, c):
    print(f"{task.name}: day {task.es} to {task.ef}")
print("project:", project.duration, "days; critical:", ", ".join(task.name for task in project.get_critical_path()))
PY
diff - "$work/out" <<'SEEN'
A: day 0 to 3
B: day 5 to 8
C: day 3 to 7
project: 7 days; critical: A, C
SEEN
echo "as seen on 2026-11-30"
