"""What it costs and what was earned: exact amounts, roll-ups, periods, earned value, appraisal."""
