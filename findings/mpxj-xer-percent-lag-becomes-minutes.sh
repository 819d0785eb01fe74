#!/usr/bin/env bash
# Surprise: in a Primavera file written by MPXJ a lag of 50 % has become 50 minutes, and three elapsed days nine working days.
#
# MPXJ 16.10.0 (PyPI mpxj, run through JPype1 1.7.1), Java 17 or newer on the machine.
# P6 has no lags in percent and none around the clock, so that a writer must work them out: half of a predecessor of five days of
# eight hours is 20 hours, and three elapsed days are three days. What is written is the number of percent taken as minutes (0.83
# hours, whatever the predecessor lasts), and 72 hours of work, which a calendar of eight hours makes nine working days. The task of
# three elapsed days itself has become 72 hours of work as well. Nothing is said.
# What users of this project meet: reading such an .xer file gives the finding `xer/made-by-mpxj`, tested in tests/files/test_mpxj_formats.py;
# docs/dialects.md has the row.
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
When, Span, Unit = J("java.time.LocalDateTime").of, J("org.mpxj.Duration").getInstance, J("org.mpxj.TimeUnit")
plan = J("org.mpxj.ProjectFile")()
plan.setDefaultCalendar(plan.addDefaultBaseCalendar())
plan.getProjectProperties().setStartDate(When(2026, 1, 5, 8, 0))
tasks = []
for name, length in (("dig", Span(5.0, Unit.DAYS)), ("cure", Span(3.0, Unit.ELAPSED_DAYS)), ("lay", Span(2.0, Unit.DAYS))):
    task = plan.addTask()
    task.setName(name)
    task.setDuration(length)
    task.setRemainingDuration(length)
    tasks.append(task)
for before, after, lag in ((0, 1, Span(50.0, Unit.PERCENT)), (1, 2, Span(3.0, Unit.ELAPSED_DAYS))):
    link = J("org.mpxj.Relation").Builder().predecessorTask(tasks[before]).type(J("org.mpxj.RelationType").FINISH_START).lag(lag)
    tasks[after].addPredecessor(link)
path = sys.argv[1]
J("org.mpxj.writer.UniversalProjectWriter")(J("org.mpxj.writer.FileFormat").XER).write(plan, path)
again = J("org.mpxj.reader.UniversalProjectReader")().read(J("java.io.File")(path))
for word, one in (("written:", plan), ("read:   ", again)):
    for task in one.getTasks():
        if str(task.getName()) in ("dig", "cure", "lay"):
            lags = [f"{link.getLag()} after {link.getPredecessorTask().getName()}" for link in task.getPredecessors()]
            print(word, task.getName(), "lasts", task.getRemainingDuration(), *lags)
PY
"$work/venv/bin/python" "$work/try.py" "$work/plan.xer" | tee "$work/out"
diff - "$work/out" <<'SEEN'
written: dig lasts 5.0d
written: cure lasts 3.0ed 50.0% after dig
written: lay lasts 2.0d 3.0ed after cure
read:    dig lasts 40.0h
read:    cure lasts 72.0h 0.833333h after dig
read:    lay lasts 16.0h 72.0h after cure
SEEN
echo "as seen on 2026-11-29"
