#!/usr/bin/env bash
# Surprise: earned schedule in pmcontrols is never less than the first period of the plan, so that a project which has earned next to
# nothing is on time by SPI(t) in its first month.
#
# pmcontrols 0.2.1, numpy 2.4.6, pandas 3.1.1.
# A plan is given as the ends of its periods and the value planned by then; one would guess that it begins with nothing at nought. Earned
# schedule is interpolated between two periods, and below the first one it is that period: at the end of month 1, with 10 earned of the
# 100 planned, SPI is 0.10 and SPI(t) 1.00. With a point at nought put into the plan it is 0.10. An index below 0.9 raises an alert there;
# this one does not.
# What users of this project meet: earned schedule is read off the planned value from the start of the work; docs/figures.md says it,
# and tests/analysis/money/test_earned_schedule.py holds it.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "pmcontrols==0.2.1" "numpy==2.4.6" "pandas==3.1.1"
"$work/venv/bin/python" - <<'PY' | tee "$work/out"
import pmcontrols

for periods, planned in (([1, 2, 3, 4], [100, 200, 300, 400]), ([0, 1, 2, 3, 4], [0, 100, 200, 300, 400])):
    found = pmcontrols.evm(pmcontrols.plan(periods, planned), ev=10, ac=90, at=1)
    spi, es, spi_t = (found.stats[name] for name in ("spi", "es", "spi_t"))
    print(f"periods {periods}: SPI {spi:.2f}, earned schedule {es:.2f}, SPI(t) {spi_t:.2f}, alerts {[one.indicator for one in found.alerts]}")
PY
diff - "$work/out" <<'SEEN'
periods [1, 2, 3, 4]: SPI 0.10, earned schedule 1.00, SPI(t) 1.00, alerts ['cpi']
periods [0, 1, 2, 3, 4]: SPI 0.10, earned schedule 0.10, SPI(t) 0.10, alerts ['cpi', 'spi_t']
SEEN
echo "as seen on 2026-11-30"
