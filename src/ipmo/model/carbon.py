"""Carbon of an item: what it is planned to emit, what it is expected to, and what it has."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs.converters import optional

from ipmo.emissions import Emissions, as_emissions
from ipmo.model.fields import Noun, doc
from ipmo.model.reading import named

__all__ = ["Carbon"]


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Carbon(Noun):
    """Carbon dioxide equivalent that work emits, the whole of it; a lone text is what is planned."""

    alone: ClassVar[str] = "planned"

    planned: Emissions | None = attrs.field(
        default=None, converter=optional(as_emissions), metadata=doc("in the approved plan", unit="carbon")
    )
    forecast: Emissions | None = attrs.field(
        default=None, converter=optional(as_emissions), metadata=doc("expected at completion", unit="carbon")
    )
    actual: Emissions | None = attrs.field(default=None, converter=optional(as_emissions), metadata=doc("so far", unit="carbon"))
