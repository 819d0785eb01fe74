"""Pictures as dots, by vl-convert or a Chromium, and pages on paper, by a Chromium: what is installed."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

from ipmo.errors import IpmoError

__all__ = ["chromium", "drawn_dots", "first_rows", "pdf_of", "png_of"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
SECONDS = 60
FRAME = 200
"""Height beyond the page: Chromium takes some of it for its own frame, and the rest is cut off again."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chromium() -> str | None:
    """The path of a Chromium: what `IPMO_CHROMIUM` says, else the first that is found; None where there is none."""
    return os.environ.get("IPMO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def drawn_dots(svg: str, scale: float) -> bytes | None:
    """A picture as dots without a browser, by vl-convert; None where that is not installed.

    Args:
        svg: the picture, with colours that are none by name.
        scale: dots in a unit of it.
    """
    try:
        import vl_convert
    except ImportError:
        return None
    drawn: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return drawn


def png_of(page: str, width: int, height: int, scale: float) -> bytes:
    """A page as a picture of width times scale and height times scale dots.

    Args:
        page: the page, as HTML.
        width, height: of what is shown of it.
        scale: dots in a unit of both.

    Raises:
        IpmoError: there is no Chromium, or it made no picture.
    """
    found = chromium()
    if found is None:
        raise IpmoError(
            "a PNG is drawn by vl-convert or Chromium, and neither is installed; "
            "try: pip install 'ipmo[charts]', or save .svg or .html, or name a Chromium in IPMO_CHROMIUM"
        )
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "picture.html", Path(folder) / "picture.png"
        source.write_text(page, encoding="utf-8")
        options = [
            "--headless=new",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--force-device-scale-factor={scale}",
            f"--window-size={width},{height + FRAME}",
        ]
        if getattr(os, "geteuid", lambda: 1)() == 0:
            options.append("--no-sandbox")  # Chromium does not start otherwise for the user root
        command = [found, *options, f"--user-data-dir={folder}/profile", f"--screenshot={target}", source.as_uri()]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise IpmoError(f"{found} made no picture: {error}") from None
        if not target.exists():
            raise IpmoError(f"{found} made no picture; save .svg or .html")
        return first_rows(target.read_bytes(), round(height * scale))


def pdf_of(page: str) -> bytes:
    """A page as it prints.

    Args:
        page: the page, as HTML.

    Raises:
        IpmoError: there is no Chromium, or it made no document.
    """
    found = chromium()
    if found is None:
        raise IpmoError("a PDF is printed by Chromium, and none is installed; save .html and print that, or name one in IPMO_CHROMIUM")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(page, encoding="utf-8")
        options = ["--headless=new", "--disable-gpu", "--no-pdf-header-footer"]
        if getattr(os, "geteuid", lambda: 1)() == 0:
            options.append("--no-sandbox")  # Chromium does not start otherwise for the user root
        command = [found, *options, f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri()]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise IpmoError(f"{found} made no document: {error}") from None
        if not target.exists():
            raise IpmoError(f"{found} made no document; save .html and print that")
        return target.read_bytes()


def first_rows(png: bytes, count: int) -> bytes:
    """The upper rows of a PNG that is not interlaced: each says how it differs from the one above, so that those below can go.

    Args:
        png: the picture.
        count: how many rows stay; all where it has no more.
    """
    parts, at = [], len(SIGNATURE)
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        parts.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + size]))
        at += 12 + size
    head = dict(parts)[b"IHDR"]
    width, height, depth, colour = struct.unpack(">IIBB", head[:10])
    row = 1 + (width * depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] + 7) // 8
    kept = min(count, height)
    data = zlib.decompress(b"".join(inside for name, inside in parts if name == b"IDAT"))[: row * kept]
    made = [(b"IHDR", head[:4] + kept.to_bytes(4, "big") + head[8:])]
    made += [(name, inside) for name, inside in parts if name not in (b"IHDR", b"IDAT", b"IEND")]
    made += [(b"IDAT", zlib.compress(data, 9)), (b"IEND", b"")]
    chunks = [len(inside).to_bytes(4, "big") + name + inside + zlib.crc32(name + inside).to_bytes(4, "big") for name, inside in made]
    return SIGNATURE + b"".join(chunks)
