"""Loads well; its check, its measure, its section and its format crash when they are asked."""

import ipmo


def _crash(*_):
    raise ZeroDivisionError("oops")


@ipmo.plugin.hookimpl
def ipmo_methodologies():
    return [
        ipmo.plugin.Methodology(
            name="crashing",
            title="Crashing",
            source="nowhere",
            checks=[
                ipmo.plugin.Check(code="crashing/check", title="Crashes", source="nowhere", run=_crash),
                ipmo.plugin.Check(code="crashing/words", title="Yields words", source="nowhere", run=lambda context: ["no finding"]),
                ipmo.plugin.Check(code="crashing/nothing", title="Returns nothing", source="nowhere", run=lambda context: None),
            ],
            measures=[ipmo.plugin.Measure(name="crashing-measure", title="Crashes", unit="number", combine="sum", value=_crash)],
            sections=[ipmo.plugin.Section(name="crashing-section", title="Crashes", source="nowhere", show=_crash)],
        )
    ]


@ipmo.plugin.hookimpl
def ipmo_formats():
    return [ipmo.plugin.Format(name="crashing-format", title="Crashes", suffixes=[".crash"], read=_crash)]
