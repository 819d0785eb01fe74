#!/usr/bin/env bash
# Surprise: in the Monte Carlo simulation of trueppm-scheduler no task is ever shorter than its planned duration, whatever its estimates.
#
# trueppm-scheduler 0.4.0rc2, numpy 2.4.6.
# One would guess that the simulation draws from the three-point estimate and that the planned duration plays no part. A draw below the
# planned duration is raised to it (its source says so, and why). Work that may take 20 to 100 days, most likely 60, gives three answers
# for three plans: planned at 40 it is the distribution with its lowest part cut off, planned at 100 the P50, P80 and P95 are one day,
# the planned one. A simulation beside another tool's, or one that asks what an early finish is worth, is then of two different things.
# What users of this project meet: it draws from the estimate alone; docs/simulation.md has the row, and
# tests/analysis/risk/test_peers.py holds both.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "trueppm-scheduler==0.4.0rc2" "numpy==2.4.6"
"$work/venv/bin/python" - <<'PY' | tee "$work/out"
from datetime import date, timedelta

import trueppm_scheduler as peer

for planned in (40, 60, 100):
    days = dict(zip(("duration", "optimistic_duration", "most_likely_duration", "pessimistic_duration"), map(timedelta, (planned, 20, 60, 100))))
    task = peer.Task(id="dig", name="dig", **days)
    project = peer.Project(id="p", name="p", start_date=date(2026, 1, 5), tasks=[task], dependencies=[], calendar=peer.Calendar())
    found = peer.monte_carlo(project, runs=10_000, seed=1)
    print(f"planned {planned:3} days: {peer.schedule(project).project_finish}; P50 {found.p50}, P80 {found.p80}, P95 {found.p95}")
PY
diff - "$work/out" <<'SEEN'
planned  40 days: 2026-02-27; P50 2026-03-27, P80 2026-04-14, P95 2026-04-28
planned  60 days: 2026-03-27; P50 2026-03-27, P80 2026-04-14, P95 2026-04-28
planned 100 days: 2026-05-22; P50 2026-05-22, P80 2026-05-22, P95 2026-05-22
SEEN
echo "as seen on 2026-11-30"
