#!/usr/bin/env bash
# Surprise: a lag and a deadline do not survive a GNOME Planner file written by MPXJ, without a word.
#
# MPXJ 16.10.0 (PyPI mpxj, run through JPype1 1.7.1), Java 17 or newer on the machine.
# One would guess that a link with a lag of two working days is written as that lag: the Planner format has room for one. What is
# written is the gap between the dates that stand in the file, in seconds around the clock: finish on Friday 17:00, start on the
# following Wednesday 08:00, so 111 elapsed hours, of which a weekend is part. When the predecessor moves, the successor follows by
# another distance than the plan asked for. The deadline and the constraint "finish no later than" are gone, also without a word.
# What users of this project meet: reading a .planner file gives the finding `mpxj/format-limits`; docs/dialects.md has the row.
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
When, Days = J("java.time.LocalDateTime").of, lambda n: J("org.mpxj.Duration").getInstance(float(n), J("org.mpxj.TimeUnit").DAYS)
plan = J("org.mpxj.ProjectFile")()
plan.setDefaultCalendar(plan.addDefaultBaseCalendar())
plan.getProjectProperties().setStartDate(When(2026, 1, 5, 8, 0))
tasks = []
for name, length, start, finish in (("dig", 5, (5, 8), (9, 17)), ("lay", 2, (14, 8), (15, 17))):
    task = plan.addTask()
    task.setName(name)
    task.setDuration(Days(length))
    task.setStart(When(2026, 1, *start, 0))
    task.setFinish(When(2026, 1, *finish, 0))
    tasks.append(task)
tasks[1].setDeadline(When(2026, 1, 20, 17, 0))
tasks[1].setConstraintType(J("org.mpxj.ConstraintType").FINISH_NO_LATER_THAN)
tasks[1].setConstraintDate(When(2026, 1, 19, 17, 0))
tasks[1].addPredecessor(J("org.mpxj.Relation").Builder().predecessorTask(tasks[0]).lag(Days(2)))
path = sys.argv[1]
J("org.mpxj.writer.UniversalProjectWriter")(J("org.mpxj.writer.FileFormat").PLANNER).write(plan, path)
again = J("org.mpxj.reader.UniversalProjectReader")().read(J("java.io.File")(path))
lay = next(task for task in again.getTasks() if str(task.getName()) == "lay")
print("written: lag", tasks[1].getPredecessors()[0].getLag(), "deadline", tasks[1].getDeadline(), tasks[1].getConstraintType())
print("read:    lag", lay.getPredecessors()[0].getLag(), "deadline", lay.getDeadline(), lay.getConstraintType())
PY
"$work/venv/bin/python" "$work/try.py" "$work/plan.planner" | tee "$work/out"
diff - "$work/out" <<'SEEN'
written: lag 2.0d deadline 2026-01-20T17:00 FINISH_NO_LATER_THAN
read:    lag 111.0eh deadline None AS_SOON_AS_POSSIBLE
SEEN
echo "as seen on 2026-11-28"
