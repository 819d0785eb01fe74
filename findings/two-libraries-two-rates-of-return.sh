#!/usr/bin/env bash
# Surprise: asked for the internal rate of return of the same payments, two libraries of finance give two rates, and neither says
# that there is another.
#
# numpy-financial 1.0.0, pyxirr 0.10.8, numpy 2.4.6.
# A project that costs 100, brings 230 and costs 132 to clear away is worth nothing at 10 % and at 20 %: both are its internal rate of
# return. numpy-financial returns the lower one, pyxirr the higher. With the signs turned pyxirr returns the lower one too. A business
# case that names one rate has no way to see that the sign of its value turns twice.
# What users of this project meet: its irr() refuses such payments, lists every rate that fits and asks to judge by the net present
# value, tested in tests/analysis/money/test_finance.py and told in docs/figures.md.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "numpy-financial==1.0.0" "pyxirr==0.10.8" "numpy==2.4.6"
"$work/venv/bin/python" - <<'PY' | tee "$work/out"
import numpy_financial
import pyxirr

for flows in ([-100, 230, -132], [100, -230, 132]):
    values = [round(sum(flow / (1 + rate) ** year for year, flow in enumerate(flows)), 9) + 0 for rate in (0.1, 0.2)]
    print(flows, "worth at 10 % and 20 %:", values)
    print(f"  numpy-financial {numpy_financial.irr(flows):.4f}, pyxirr {pyxirr.irr(flows):.4f}")
PY
diff - "$work/out" <<'SEEN'
[-100, 230, -132] worth at 10 % and 20 %: [0.0, 0.0]
  numpy-financial 0.1000, pyxirr 0.2000
[100, -230, 132] worth at 10 % and 20 %: [0.0, 0.0]
  numpy-financial 0.1000, pyxirr 0.1000
SEEN
echo "as seen on 2026-11-28"
