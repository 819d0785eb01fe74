"""The words of the method: what offices may offer, who may hold what, and what the method adds to items."""

from __future__ import annotations

from ipmo.plugin import DecisionRight, Extension, Role, Stage
from ipmo_p3o.fields import P3OFields

__all__ = ["ASSURANCE", "CATALOGUE", "FIELDS", "GUIDE", "RIGHTS", "ROLES", "ROLE_PROFILES", "STAGES", "named_role", "named_service"]

GUIDE = "P3O, office models, services and reporting lines; our own words, after public summaries of the 2013 and 2020 guides"

CATALOGUE = {
    "portfolio-build": ("Portfolio build, prioritisation, analysis and reporting", "portfolio"),
    "set-up": ("Programme and project set-up and closure", "portfolio"),
    "engagement": ("Stakeholder engagement and communications", "portfolio"),
    "portfolio-planning": ("Planning and estimating across the portfolio", "portfolio"),
    "capacity": ("Capacity planning and resource management", "portfolio"),
    "performance": ("Performance monitoring", "portfolio"),
    "benefits": ("Benefits realisation management", "portfolio"),
    "planning": ("Planning and estimating", "project"),
    "monitoring": ("Monitor and review", "project"),
    "reporting": ("Reporting", "project"),
    "risk": ("Risk management", "project"),
    "issue": ("Issue management", "project"),
    "change": ("Change control", "project"),
    "finance": ("Finance", "project"),
    "commercial": ("Commercial, with supplier management", "project"),
    "quality": ("Quality assurance", "project"),
    "information": ("Information, configuration and asset management", "project"),
    "transition": ("Transition management", "project"),
    "secretariat": ("Secretariat", "project"),
    "standards": ("Standards and methods: processes and tools", "portfolio"),
    "consultancy": ("Internal consultancy", "portfolio"),
    "learning": ("Organisational learning and knowledge management", "portfolio"),
    "skills": ("People and skills", "portfolio"),
}
"""Name of a service to (title, level that it serves): the default catalogue."""
ASSURANCE = ("assurance", "independent-assurance", "gate-review", "quality")
"""Services whose provider judges what others deliver."""


def named_service(name: str) -> str:
    """A service by the name of the catalogue, whichever way it was written.

    >>> named_service("Risk management"), named_service("carbon advice")
    ('risk', 'carbon advice')
    """
    key = name.strip().casefold()
    if key in CATALOGUE:
        return key
    return next((short for short, (title, _) in CATALOGUE.items() if title.casefold() == key), name.strip())


ROLES = (
    Role(name="sponsor", title="Sponsor of the office model", source=GUIDE, mandatory=True),
    Role(name="head", title="Head of the permanent office", source=GUIDE, mandatory=True),
    Role(name="head-temporary", title="Head of a programme or project office", source=GUIDE),
    *(
        Role(name=name, title=title, source=GUIDE)
        for name, title in (
            ("analyst", "Portfolio analyst"),
            ("specialist", "Programme or project specialist"),
            ("officer", "Programme or project officer"),
            ("benefits", "Benefits"),
            ("commercial", "Commercial"),
            ("engagement", "Communications and stakeholder engagement"),
            ("information", "Information management"),
            ("consultancy", "Consultancy and performance management"),
            ("finance", "Finance"),
            ("issue", "Issue management"),
            ("change", "Change control"),
            ("planning", "Planning and estimating"),
            ("quality", "Quality assurance"),
            ("resource", "Resource management"),
            ("risk", "Risk management"),
            ("reporting", "Reporting"),
            ("secretariat", "Secretariat"),
            ("tools", "Tools expert"),
        )
    ),
)
ROLE_PROFILES = {
    "govs-002": (
        "GovS 002, Project delivery, version 2.1: roles; our own words",
        {
            "portfolio-director": "Portfolio director",
            "portfolio-manager": "Portfolio manager",
            "programme-manager": "Programme manager",
            "project-manager": "Project manager",
        },
    ),
}
"""Further roles that a portfolio may ask for, by the name of a public standard: (source, name to title)."""


def named_role(name: str) -> str:
    """A role by its short name, whichever way it was written.

    >>> named_role("Portfolio analyst"), named_role("project director")
    ('analyst', 'project director')
    """
    key = " ".join(name.split()).casefold()
    every = {role.name: role.title for role in ROLES} | {n: t for _, roles in ROLE_PROFILES.values() for n, t in roles.items()}
    if key in every:
        return key
    return next((short for short, title in every.items() if title.casefold() == key), key)


RIGHTS = (
    DecisionRight(name="office-model", title="Change the office model or close an office", held_by="P3O sponsor", source=GUIDE),
    DecisionRight(name="standards", title="Issue a standard or waive one", held_by="Centre of excellence", source=GUIDE),
    DecisionRight(name="services", title="Agree what an office offers and to whom", held_by="Head of the permanent office", source=GUIDE),
)
STAGES = (
    Stage(name="identify", title="Identify", phase="concept"),
    Stage(name="define", title="Define", phase="definition"),
    Stage(name="deliver", title="Deliver", phase="delivery"),
    Stage(name="close", title="Close", phase="transition"),
)


FIELDS = Extension(
    name="p3o",
    title="Office model and blueprint, value of offices, tiers; standards followed, lessons cited",
    source=GUIDE,
    parse=P3OFields,
)
