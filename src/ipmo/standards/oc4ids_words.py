"""What OC4IDS calls things: status and state, fields kept as attributes, the closed list of currencies.

Source: Open Contracting for Infrastructure Data Standards 0.9 (open-contracting/infrastructure, Apache-2.0), schema and codelists
`projectStatus`, `metricID` and `currency`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ipmo.errors import UnitError
from ipmo.model.work import Constraints, Task
from ipmo.units import When

__all__ = [
    "AS_OF",
    "AT_THE_END",
    "CURRENCIES",
    "DELIVERY",
    "FINAL",
    "MILESTONE_STATUS",
    "NOT_STATED",
    "PACKAGE",
    "PERIODS",
    "STATES",
    "STATUS",
    "TEXTS",
    "TITLES",
    "TYPES",
    "UNSAID",
    "URN",
    "day_out",
    "delivery",
    "when_in",
]

STATES = {
    "identification": "proposed",
    "preparation": "approved",
    "implementation": "active",
    "completion": "active",
    "maintenance": "closed",
    "completed": "closed",
    "decommissioning": "closed",
    "decommissioned": "closed",
    "cancelled": "cancelled",
}
"""The state of a project, by its status: close-out work goes on until maintenance begins."""
STATUS = {
    "proposed": "identification",
    "approved": "preparation",
    "active": "implementation",
    "paused": "implementation",
    "closed": "maintenance",
    "cancelled": "cancelled",
}
"""The status that is written for a state; `completed` is deprecated in favour of `maintenance`."""
TEXTS = ("description", "purpose", "type", "language", "updated")
"""Texts of a project that are kept as attributes of their own name."""
TYPES = ("construction", "rehabilitation", "replacement", "expansion", "decommissioning")
"""The closed list of project types."""
PACKAGE = {"uri": "uri", "license": "license", "publicationPolicy": "publication policy"}
"""Texts of a package, and the attribute of the portfolio that keeps each."""
URN = "urn:ipmo:"
"""How the address of a package begins that was made of a portfolio's id."""
PERIODS = {
    "identificationPeriod": "identification period",
    "preparationPeriod": "preparation period",
    "implementationPeriod": "implementation period",
    "completionPeriod": "completion period",
    "maintenancePeriod": "maintenance period",
    "decommissioningPeriod": "decommissioning period",
    "assetLifetime": "asset lifetime",
}
"""Periods of stages, which are plans beside the work: kept as attributes, as intervals of ISO 8601."""
FINAL = {
    "endDateDetails": "end date details",
    "finalValueDetails": "final value details",
    "finalScope": "final scope",
    "finalScopeDetails": "final scope details",
}
"""Texts of the completion of a project, and the attribute that keeps each."""
UNSAID = "oc4ids status"
"""The attribute of a project whose status is none of these: what stood there."""
NOT_STATED = "not stated"
AT_THE_END = "final value"
"""What stands instead of an interval where an actual cost is the final value of a project that is not said to be over."""
MILESTONE_STATUS = ("scheduled", "met", "notMet", "partiallyMet")
"""The closed list of what became of milestones."""
TITLES = {"physicalProgress": "Physical progress", "financialProgress": "Financial progress", "costAtCompletion": "Cost at completion"}
"""Titles that are written with the metrics that a portfolio has a place for."""
AS_OF = {"physicalProgress": "progress as of", "financialProgress": "actual as of", "costAtCompletion": "forecast as of"}
"""When each of them was observed, as an interval whose open end is `..`: kept where it is not the day of publication."""
DELIVERY = "delivery"
"""The task that stands for a project's own period where milestones alone would not fill it."""
CODES = """
    ADP AED AFA AFN ALK ALL AMD ANG AOA AOK AON AOR ARA ARP ARS ARY ATS AUD AWG AYM AZM AZN BAD BAM BBD BDT BEC BEF BEL BGJ BGK BGL
    BGN BHD BIF BMD BND BOB BOP BOV BRB BRC BRE BRL BRN BRR BSD BTN BUK BWP BYB BYN BYR BZD CAD CDF CHC CHE CHF CHW CLF CLP CNY COP
    COU CRC CSD CSJ CSK CUC CUP CVE CYP CZK DDM DEM DJF DKK DOP DZD ECS ECV EEK EGP ERN ESA ESB ESP ETB EUR FIM FJD FKP FRF GBP GEK
    GEL GHC GHP GHS GIP GMD GNE GNF GNS GQE GRD GTQ GWE GWP GYD HKD HNL HRD HRK HTG HUF IDR IEP ILP ILR ILS INR IQD IRR ISJ ISK ITL
    JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAJ LAK LBP LKR LRD LSL LSM LTL LTT LUC LUF LUL LVL LVR LYD MAD MDL MGA MGF MKD
    MLF MMK MNT MOP MRO MRU MTL MTP MUR MVQ MVR MWK MXN MXP MXV MYR MZE MZM MZN NAD NGN NIC NIO NLG NOK NPR NZD OMR PAB PEH PEI PEN
    PES PGK PHP PKR PLN PLZ PTE PYG QAR RHD ROK ROL RON RSD RUB RUR RWF SAR SBD SCR SDD SDG SDP SEK SGD SHP SIT SKK SLL SOS SRD SRG
    SSP STD STN SUR SVC SYP SZL THB TJR TJS TMM TMT TND TOP TPE TRL TRY TTD TWD TZS UAH UAK UGS UGW UGX USD USN USS UYI UYN UYP UYU
    UYW UZS VEB VEF VES VNC VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XEU XFO XFU XOF XPD XPF XPT XRE XSU XTS XUA XXX YDD YER
    YUD YUM YUN ZAL ZAR ZMK ZMW ZRN ZRZ ZWC ZWD ZWL ZWN ZWR
"""
CURRENCIES = frozenset(CODES.split())
"""The closed list of currencies."""


def delivery(start: When | None, finish: When | None) -> Task:
    """The work of a project of which only the period is known: fixed there, so that its milestones alone do not end it."""
    return Task(id=DELIVERY, name="Delivery", constraints=Constraints(by_hand_start=start, by_hand_finish=finish))


def when_in(text: str, *, end: bool = False) -> When:
    """A date and time of OC4IDS as a plan keeps it: wall-clock time, and a whole day where only the day is meant.

    Midnight stands for the day, as the standard's own examples write it, and so does the last second of a day that ends something.

    Args:
        text: as the file has it.
        end: it ends something.

    Raises:
        UnitError: it is none.

    >>> when_in("2016-01-01T00:00:00Z"), when_in("2018-12-10T23:59:59Z", end=True)
    (datetime.date(2016, 1, 1), datetime.date(2018, 12, 10))
    """
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace("z", "+00:00")).replace(tzinfo=None)
    except ValueError:
        raise UnitError(f"{text[:40]!r} is not a date; write it as 2026-01-31T00:00:00Z") from None
    if (found.hour, found.minute, found.second) == (0, 0, 0) or (end and (found.hour, found.minute, found.second) == (23, 59, 59)):
        return found.date()
    try:
        return (found + timedelta(seconds=30 if found.second else 0)).replace(second=0, microsecond=0)
    except OverflowError:
        raise UnitError(f"{text[:40]!r} lies past the year 9999 when its seconds are rounded") from None


def day_out(when: When, *, end: bool = False) -> str:
    """A date as OC4IDS writes it; what ends at midnight ends with the day before.

    >>> from datetime import date
    >>> day_out(date(2016, 1, 1)), day_out(datetime(2018, 12, 11), end=True)
    ('2016-01-01T00:00:00Z', '2018-12-10T00:00:00Z')
    """
    if not isinstance(when, datetime):
        return f"{when.isoformat()}T00:00:00Z"
    if end and when.hour == when.minute == 0 and when > datetime.min:
        return day_out(when.date() - timedelta(days=1))
    return f"{when.isoformat(timespec='seconds')}Z"
