"""The file formats that come with ipmo, declared as a plugin declares its own, and which of all formats a file is of."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from ipmo.declared import Declared
from ipmo.errors import FileError, UnknownItemError, close_matches
from ipmo.files import mpxj, mspdi, mspdi_out, pmxml, pmxml_out, portfolios, xer, xer_out
from ipmo.files.parquet import holds_tables
from ipmo.methods.contract import Format, Notice

__all__ = ["built_in_formats", "format_named", "format_to_read", "format_to_write", "is_project_package"]

HEAD = 4096
"""Bytes of a file that a format looks at."""

NOTICES = (
    Notice(code="ipmo/loop", heading="Loops"),
    Notice(code="ipmo/baseline-missing", heading="Baselines whose file is missing"),
    Notice(code="ipmo/unlisted-file", heading="Project files that the portfolio does not list"),
    Notice(code="ipmo/unknown-estimate", heading="Estimates of a kind that no plugin declares"),
    Notice(code="ipmo/seconds", heading="Times of day rounded to the minute"),
    Notice(code="ipmo/unknown-extension", heading="Extensions that no plugin declares"),
)
"""What reading ipmo's own files may find."""


def built_in_formats(declared: Callable[[], Declared]) -> tuple[Format, ...]:
    """A folder, JSON, Microsoft Project, Primavera P6, YAML, and what MPXJ reads.

    Args:
        declared: what plugins add to the file format; asked when a file is read.
    """
    return (
        Format(
            name="folder",
            title="folder with portfolio.yaml and projects/*.yaml",
            sniff=lambda path, head: path.is_dir() and not holds_tables(path),
            read=lambda path, name: portfolios.read_folder(path, name, declared()),
            write=portfolios.write_folder,
        ),
        Format(
            name="json",
            title="JSON",
            suffixes=(".json",),
            sniff=lambda path, head: head.lstrip()[:1] == b"{" and not is_project_package(head),
            read=lambda path, name: portfolios.read_file(path, name, declared()),
            write=portfolios.write_json,
        ),
        Format(
            name="mpxj",
            title="MPP, MPX and others (through MPXJ, extra mpp)",
            suffixes=mpxj.SUFFIXES,
            sniff=mpxj.sniff_mpxj,
            read=mpxj.read_mpxj,
        ),
        Format(
            name="mspdi",
            title="Microsoft Project (XML)",
            suffixes=(".mspdi", ".xml"),
            sniff=mspdi.sniff_mspdi,
            read=mspdi.read_mspdi,
            write=mspdi_out.write_mspdi,
        ),
        Format(
            name="pmxml",
            title="Primavera P6 (PMXML)",
            suffixes=(".pmxml", ".xml"),
            sniff=pmxml.sniff_pmxml,
            read=pmxml.read_pmxml,
            write=pmxml_out.write_pmxml,
        ),
        Format(
            name="xer",
            title="Primavera P6 (XER)",
            suffixes=(".xer",),
            sniff=xer.sniff_xer,
            read=xer.read_xer,
            write=xer_out.write_xer,
            encodings=True,
        ),
        Format(
            name="yaml",
            title="YAML",
            suffixes=(".yaml", ".yml"),
            sniff=lambda path, head: True,
            read=lambda path, name: portfolios.read_file(path, name, declared()),
            write=portfolios.write_yaml,
            notices=NOTICES,
        ),
    )


def is_project_package(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an OC4IDS project package, which is JSON as a portfolio may be."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] != b"{" or b'"ipmo"' in text:
        return False
    return b'"projects"' in text and (b'"publisher"' in text or b'"publishedDate"' in text or b'"oc4ids-' in text)


def format_named(name: str, formats: Sequence[Format]) -> Format:
    """The format of that name.

    Raises:
        UnknownItemError: there is none; those known are named.
    """
    names = {one.name: one for one in formats}
    if name not in names:
        raise UnknownItemError(name, close_matches(name, names), f"the formats {', '.join(sorted(names))}")
    return names[name]


def format_to_write(path: Path, formats: Sequence[Format]) -> Format:
    """The format that the ending of a path names.

    Raises:
        FileError: it names none.
    """
    if os.path.isdir(path):  # also where no name can be so long
        return format_named("folder", formats)
    fitting = [one for one in formats if path.suffix.lower() in one.suffixes]
    if fitting:  # a format that is only read must not stand in the way of one that is written
        return next((one for one in fitting if one.write is not None), fitting[0])
    raise FileError(str(path), f"its ending {path.suffix!r} names no format; use .yaml or .json, or say format=")


def format_to_read(path: Path, formats: Sequence[Format], sniffs: Callable[[Format, Path, bytes], bool]) -> Format:
    """The format of a file: what its ending names and its first bytes bear out, else what the bytes say, else what the ending says.

    Args:
        path: the file.
        formats: those that there are.
        sniffs: asks one of them whether the file is of it, by the file's first bytes.
    """
    head = b""
    if path.is_file():
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    readable = [one for one in formats if one.read is not None]
    named = [one for one in readable if path.is_file() and path.suffix.lower() in one.suffixes]
    knowing = [one for one in readable if one.name != "yaml" and sniffs(one, path, head)]  # yaml takes what nobody else does
    both = [one for one in named if one in knowing or (one.name == "yaml" and sniffs(one, path, head))]
    return (*both, *knowing, *named, *(one for one in readable if sniffs(one, path, head)))[0]
