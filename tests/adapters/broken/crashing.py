"""Loads well; its check, its measure, its section and its format crash when they are asked."""

import ipmo


def _crash(*_):
    raise ZeroDivisionError("oops")


@ipmo.hookimpl
def ipmo_methodologies():
    return [
        ipmo.Methodology(
            name="crashing",
            title="Crashing",
            source="nowhere",
            checks=[
                ipmo.Check(code="crashing/check", title="Crashes", source="nowhere", run=_crash),
                ipmo.Check(code="crashing/words", title="Yields words", source="nowhere", run=lambda context: ["no finding"]),
                ipmo.Check(code="crashing/nothing", title="Returns nothing", source="nowhere", run=lambda context: None),
            ],
            measures=[ipmo.Measure(name="crashing-measure", title="Crashes", unit="number", combine="sum", value=_crash)],
            sections=[ipmo.Section(name="crashing-section", title="Crashes", source="nowhere", show=_crash)],
        )
    ]


@ipmo.hookimpl
def ipmo_formats():
    return [ipmo.Format(name="crashing-format", title="Crashes", suffixes=[".crash"], read=_crash)]
