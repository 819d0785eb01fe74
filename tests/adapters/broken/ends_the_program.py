"""Loads well; whatever it is asked it ends the program as if all were well, or gives something of another kind."""

import sys

import attrs

import ipmo


def _end(*_):
    sys.exit(0)


@attrs.frozen
class Note:
    """What an item would carry."""

    text: str = ""


@ipmo.plugin.hookimpl
def ipmo_methodologies():
    return [
        ipmo.plugin.Methodology(
            name="ending",
            title="Ending",
            source="nowhere",
            checks=[ipmo.plugin.Check(code="ending/check", title="Ends", source="nowhere", run=_end)],
            measures=[ipmo.plugin.Measure(name="ending-measure", title="Ends", unit="number", combine="sum", value=_end)],
            sections=[
                ipmo.plugin.Section(name="ending-section", title="Ends", source="nowhere", show=_end),
                ipmo.plugin.Section(name="number", title="Number", source="nowhere", show=lambda context: 5),
                ipmo.plugin.Section(name="numbers", title="Numbers", source="nowhere", show=lambda context: [5]),
            ],
            extensions=[
                ipmo.plugin.Extension(name="ending", title="Ends", source="nowhere", parse=_end),
                ipmo.plugin.Extension(name="keyless", title="Ends", source="nowhere", parse=lambda data: {}[data["no"]]),
                ipmo.plugin.Extension(name="numeric", title="Ends", source="nowhere", parse=lambda data: 5),
            ],
        )
    ]


@ipmo.plugin.hookimpl
def ipmo_formats():
    return [
        ipmo.plugin.Format(name="ending-format", title="Ends", suffixes=[".end"], read=_end, write=_end),
        ipmo.plugin.Format(name="empty-format", title="Empty", suffixes=[".none"], read=lambda path, name: None),
        ipmo.plugin.Format(name="ending-sniffer", title="Sniffs", suffixes=[".any"], sniff=_end, read=_end),
        ipmo.plugin.Format(name="calling-nothing", title="Sniffs", suffixes=[".any2"], sniff=5, read=_end),
    ]
