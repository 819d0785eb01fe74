"""How things stand beside what was reported: status, tolerances, authority, registers, months in order."""
