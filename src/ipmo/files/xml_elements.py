"""XML of other tools: elements with their lines, read without entities and not too deep, and written with what XML forbids left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat
from xml.sax.saxutils import escape

from ipmo.errors import FileError, Problem
from ipmo.files.no_room import NoRoom

__all__ = ["Element", "document", "names", "tag", "written"]

MAX_DEPTH = 100
_BARRED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Element:
    """An XML element with its line; children by name."""

    __slots__ = ("kids", "line", "tag", "text")

    def __init__(self, tag: str, line: int) -> None:
        self.tag, self.line = tag, line
        self.text = ""
        self.kids: list[Element] = []

    def get(self, name: str) -> str | None:
        """The text of the first child of that name; None when it is missing or empty."""
        for kid in self.kids:
            if kid.tag == name:
                return kid.text or None
        return None

    def one(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((kid for kid in self.kids if kid.tag == name), None)

    def all(self, *path: str) -> Iterator[Element]:
        """Descendants along a path of names."""
        if not path:
            yield self
            return
        for kid in self.kids:
            if kid.tag == path[0]:
                yield from kid.all(*path[1:])

    def flag(self, name: str) -> bool:
        """A child that says 1 or true."""
        return (self.get(name) or "").strip().lower() in ("1", "true")


def document(raw: bytes, name: str) -> Element:
    """A document of any kind: an element without a name that holds its root.

    Raises:
        FileError: this is no well-formed XML, or has a DOCTYPE.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 2**16
    root = Element("", 0)
    stack = [root]
    parts: list[str] = []

    def refuse(message: str, hint: str = "") -> FileError:
        problem = Problem(message=message, hint=hint, file=name, line=parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1)
        return FileError(name, [problem])

    def start(tag: str, _: object) -> None:
        parts.clear()
        if len(stack) > MAX_DEPTH:
            raise refuse(f"elements lie more than {MAX_DEPTH} deep")
        node = Element(tag.rpartition(" ")[2], parser.CurrentLineNumber)
        stack[-1].kids.append(node)
        stack.append(node)

    def end(_: str) -> None:
        node = stack.pop()
        if not node.kids:
            node.text = "".join(parts).strip()
        parts.clear()

    def doctype(*_: object) -> None:
        raise refuse("a DOCTYPE is not allowed in a project file", "take it out")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, parts.append
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        text = expat.ErrorString(error.code)
        raise FileError(
            name, [Problem(message=f"this is no well-formed XML: {text}", file=name, line=error.lineno, column=error.offset + 1)]
        ) from None
    except FileError:
        raise
    except (LookupError, ValueError) as error:
        raise FileError(name, f"the encoding that it names cannot be read: {error}") from None
    return root


def names(head: bytes, what: str) -> bool:
    """Whether the beginning of a file holds a name, in UTF-8 or UTF-16."""
    return what.encode() in head or (head.startswith((b"\xff\xfe", b"\xfe\xff")) and what in head.decode("utf-16", "replace"))


def tag(name: str, value: object) -> str:
    """An element that holds a text; `written` makes characters that XML has no place for spaces.

    >>> tag("Name", "cut & fill")
    '<Name>cut &amp; fill</Name>'
    """
    text = escape(str(value)).replace("\r", "&#13;")  # a reader of XML makes line feeds of bare ones
    return f"<{name}>{text}</{name}>"


def written(lines: Iterable[str], lost: NoRoom) -> str:
    """A document of elements; characters that XML has no place for are spaces in it, and counted.

    Args:
        lines: its elements.
        lost: counts what there is no room for.
    """
    text, count = _BARRED.subn(" ", "\n".join(lines))
    if count:
        lost.lose("characters that XML cannot hold, which are spaces there", count)
    return f"{text}\n"
