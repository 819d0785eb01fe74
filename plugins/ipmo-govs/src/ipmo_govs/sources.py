"""What the method rests on, as it was seen: public texts under the Open Government Licence v3.0, in our own words.

Looked up in November 2026. Of GovS 002 version 2.1 the text of its clauses was not seen as a whole: its clause numbers are cited where a public page of
Government Project Delivery names the clause and says what it asks (policy note GPD-PN 01/25), and nowhere else.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CONFIDENCE", "GATES", "PLANS", "RED", "SRO", "STANDARD", "TEAL_CASE", "TEAL_GATE", "TEAL_LIFE", "standard"]

STANDARD: Final = "GovS 002: Project delivery, version 2.1 (2025), by GPD-PN 01/25"
SRO: Final = "The role of the senior responsible owner, 23 May 2023, Context"
TEAL_CASE: Final = "The Teal Book (2025), 4.2"
TEAL_LIFE: Final = "The Teal Book (2025), 14.1"
TEAL_GATE: Final = "The Teal Book (2025), 14.2"
GATES: Final = "Gate review process, gates 0 to 5 (IPA, since 2025 NISTA)"
CONFIDENCE: Final = "Government reply to the Public Accounts Committee: three ratings from 2021; NISTA annual report 2024-25"
RED: Final = "Response to Red (HM Treasury and IPA, since 2021)"
PLANS: Final = "Major project assurance and approval guidance (2011), by NAO, Assurance for major projects (2012), 2.11 to 2.14"


def standard(clause: str) -> str:
    """A clause of the standard, of those that the policy note names."""
    return f"GovS 002 v2.1, clause {clause} (GPD-PN 01/25)"
