#!/usr/bin/env bash
# Surprise: two simulators of schedules draw the same PERT estimate from two distributions, which agree in the mean and in little else.
#
# trueppm-scheduler 0.4.0rc2, pmcontrols 0.2.1, numpy 2.4.6.
# Both say PERT and take a least, a most likely and a greatest value. pmcontrols draws from the beta distribution with the exponents
# 1 + 4 (m - a) / (b - a) and 1 + 4 (b - m) / (b - a); trueppm-scheduler from the one whose deviation is a sixth of the range. Where the
# most likely value lies in the middle the second is narrower, where it lies near an end wider. The day that a board is promised at 80 or
# 95 % moves with the tool; neither result says which convention it follows.
# What users of this project meet: both are there by name (pert="beta" and pert="classic"), each held against the peer that follows it in
# tests/analysis/risk/test_peers.py; docs/simulation.md has the row.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "trueppm-scheduler==0.4.0rc2" "pmcontrols==0.2.1" "numpy==2.4.6"
"$work/venv/bin/python" - <<'PY' | tee "$work/out"
from datetime import date, timedelta

import pmcontrols
import trueppm_scheduler as peer

every_day = peer.Calendar(working_days=127)
for estimate in ((1000, 2000, 3000), (1000, 1100, 3000)):
    low, likely, high = estimate
    days = dict(zip(("duration", "optimistic_duration", "most_likely_duration", "pessimistic_duration"), map(timedelta, (low, *estimate))))
    start = date(2026, 1, 5)
    project = peer.Project(id="p", name="p", start_date=start, tasks=[peer.Task(id="dig", name="dig", **days)], dependencies=[], calendar=every_day)
    one = peer.monte_carlo(project, runs=200_000, seed=1)
    other = pmcontrols.pert([{"id": "dig", "a": low, "m": likely, "b": high}], n_sim=200_000).stats
    there = [(day - start).days + 1 for day in (one.p50, one.p80, one.p95)]
    here = [other[f"mc_p{p}"] for p in (50, 80, 95)]
    apart = [round((a - b) / 10) for a, b in zip(there, here)]
    print(f"{estimate}: trueppm-scheduler less pmcontrols, in tens of days, at P50, P80, P95: {apart}")
PY
diff - "$work/out" <<'SEEN'
(1000, 2000, 3000): trueppm-scheduler less pmcontrols, in tens of days, at P50, P80, P95: [0, -5, -7]
(1000, 1100, 3000): trueppm-scheduler less pmcontrols, in tens of days, at P50, P80, P95: [-2, 2, 7]
SEEN
echo "as seen on 2026-11-30"
