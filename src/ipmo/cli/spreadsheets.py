"""The verb on what the columns of a spreadsheet mean: `ipmo map`, which writes a mapping that a person edits."""

from __future__ import annotations

import os

import click

import ipmo
from ipmo.cli.shell import Verb, emit, json_option, main, say
from ipmo.errors import FileError
from ipmo.registers.mapping import ATTRIBUTE, IGNORE, to_text
from ipmo.words import counted

__all__: list[str] = []


@main.command(name="map", cls=Verb)
@click.argument("path", metavar="FILE", type=click.Path())
@click.option("-o", "--out", metavar="MAPPING", type=click.Path(), help="The YAML file to write; shown when left out.")
@click.option("--force", is_flag=True, help="Write over a mapping that is there.")
@json_option
def map_(path: str, out: str | None, force: bool, as_json: bool) -> None:
    """Propose what the columns of a spreadsheet mean, with its doubts, as YAML that a person edits."""
    if out is not None and os.path.exists(out):
        if os.path.exists(path) and os.path.samefile(out, path):
            raise FileError(out, "is the spreadsheet itself; name another file for the mapping")
        if not force:
            raise FileError(out, "is there already; it may have been edited: name another file, or say --force")
    mapping = ipmo.propose_mapping(path)
    about = f"What the columns of {path} mean, as proposed; `# ?` says what is doubted. Then: ipmo read {path} --mapping {out or 'MAPPING'}"
    if out is not None:
        ipmo.write_mapping(mapping, out, about)
    columns = [column for sheet in mapping.sheets for column in sheet.columns]
    doubted = sum(bool(column.doubt) for column in columns)
    if as_json:
        rows = [
            {"sheet": sheet.sheet, "register": sheet.register, "column": column.header, "field": column.field, "doubt": column.doubt}
            for sheet in mapping.sheets
            for column in sheet.columns
        ]
        emit(rows, doubts=list(mapping.doubts), written=out)
        return
    if out is None:
        say(to_text(mapping, about).rstrip())
        return
    stated = sum(column.field not in (ATTRIBUTE, IGNORE) for column in columns)
    say(f"wrote {out}: {stated} of {counted(len(columns), 'column')} state a field, the others are attributes; {doubted} doubted")
    for doubt in mapping.doubts:
        say(f"  ? {doubt}")
