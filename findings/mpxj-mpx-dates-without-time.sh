#!/usr/bin/env bash
# Surprise: in an MPX file written by MPXJ every date of a task stands without its time of day, and deadlines are left out.
#
# MPXJ 16.10.0 (PyPI mpxj, run through JPype1 1.7.1), Java 17 or newer on the machine.
# The format has date formats with a time, and the file says which one it uses; one would guess that the writer takes one of them.
# It takes the one without: a start on Wednesday 08:00 and a limit on Monday 17:00 come back as 00:00 of those days. A limit of the
# end of a day is then the end of the day before, one working day earlier than the plan asked for.
# What users of this project meet: reading an .mpx file gives the finding `mpxj/format-limits`; docs/dialects.md has the row.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "mpxj==16.10.0" "JPype1==1.7.1"
cat >"$work/try.py" <<'PY'
import sys

import jpype
import mpxj  # noqa: F401

jpype.startJVM("-Djava.awt.headless=true", convertStrings=True)
J = jpype.JClass
When = J("java.time.LocalDateTime").of
plan = J("org.mpxj.ProjectFile")()
plan.setDefaultCalendar(plan.addDefaultBaseCalendar())
plan.getProjectProperties().setStartDate(When(2026, 1, 5, 8, 0))
task = plan.addTask()
task.setName("lay")
task.setDuration(J("org.mpxj.Duration").getInstance(2.0, J("org.mpxj.TimeUnit").DAYS))
task.setStart(When(2026, 1, 14, 8, 0))
task.setFinish(When(2026, 1, 15, 17, 0))
task.setDeadline(When(2026, 1, 20, 17, 0))
task.setConstraintType(J("org.mpxj.ConstraintType").FINISH_NO_LATER_THAN)
task.setConstraintDate(When(2026, 1, 19, 17, 0))
path = sys.argv[1]
J("org.mpxj.writer.UniversalProjectWriter")(J("org.mpxj.writer.FileFormat").MPX).write(plan, path)
again = J("org.mpxj.reader.UniversalProjectReader")().read(J("java.io.File")(path))
lay = next(one for one in again.getTasks() if str(one.getName()) == "lay")
for name, one in (("written:", task), ("read:   ", lay)):
    print(name, one.getStart(), one.getFinish(), "no later than", one.getConstraintDate(), "deadline", one.getDeadline())
PY
"$work/venv/bin/python" "$work/try.py" "$work/plan.mpx" | tee "$work/out"
diff - "$work/out" <<'SEEN'
written: 2026-01-14T08:00 2026-01-15T17:00 no later than 2026-01-19T17:00 deadline 2026-01-20T17:00
read:    2026-01-14T00:00 2026-01-15T00:00 no later than 2026-01-19T00:00 deadline None
SEEN
echo "as seen on 2026-11-28"
