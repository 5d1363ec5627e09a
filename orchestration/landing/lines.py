"""A text file seen as bytes, in chunks: blank lines, line ends, white space around values."""

import gzip
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.landing.workbooks import SUFFIX, as_csv

if TYPE_CHECKING:
    import numpy

CHUNK = 1 << 20
# What may stand around a value, as SQL.
WHITE_SPACE = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8239)"
# What a value can begin or end at, in a CSV.
_EDGES = b',;"\n\r'


class Spaces(IntEnum):
    """White space that may surround values: none at all, plain spaces, or tabs and the like."""

    NONE = 0
    PLAIN = 1
    ODD = 2


def surrounding_spaces(chunk: bytes) -> Spaces:
    """Say whether values of a piece of CSV may have white space around them, so need trimming."""
    import numpy

    if not chunk.isascii() and (b"\xc2\xa0" in chunk or b"\xe2\x80\xaf" in chunk):
        return Spaces.ODD
    codes = numpy.frombuffer(chunk, dtype=numpy.uint8)
    is_edge = numpy.zeros(256, dtype=bool)
    is_edge[list(_EDGES)] = True
    for code, found in ((0x09, Spaces.ODD), (0x20, Spaces.PLAIN)):
        places = numpy.flatnonzero(codes == code)
        before, after = numpy.maximum(places - 1, 0), numpy.minimum(places + 1, len(codes) - 1)
        if (is_edge[codes[before]] | is_edge[codes[after]] | (codes[after] == 0x09)).any():
            return found
    return Spaces.NONE


def blank_records(path: Path, is_gzipped: bool) -> "numpy.ndarray":
    """Return the places (1-based, the header is 1) of the blank lines outside of quotes."""
    import numpy

    found = [numpy.empty(0, dtype=numpy.int64)]
    records, offset, start, quotes = 0, 0, 0, 0
    last = b""
    for chunk in chunks(path, is_gzipped):
        codes = numpy.frombuffer(last[-1:] + chunk, dtype=numpy.uint8)
        shift = offset - len(last[-1:])
        quoted = numpy.flatnonzero(codes[len(last[-1:]) :] == 0x22) + offset
        ends = numpy.flatnonzero(codes[len(last[-1:]) :] == 0x0A) + offset
        ends = ends[(numpy.searchsorted(quoted, ends) + quotes) % 2 == 0]
        if len(ends):
            starts = numpy.concatenate(([start], ends[:-1] + 1))
            has_return = (ends > starts) & (codes[numpy.maximum(ends - 1 - shift, 0)] == 0x0D)
            blank = (ends - starts - has_return) == 0
            found.append(numpy.flatnonzero(blank) + records + 1)
            records += len(ends)
            start = int(ends[-1]) + 1
        quotes += len(quoted)
        offset += len(chunk)
        last = chunk
    return numpy.concatenate(found)


def with_one_line_end(path: Path, is_gzipped: bool, copy: Path) -> Path:
    """Write `copy` (decompressed) with LF for every CRLF, and return it."""
    pending = b""
    with copy.open("wb") as out:
        for chunk in chunks(path, is_gzipped):
            chunk = pending + chunk
            pending = b"\r" if chunk.endswith(b"\r") else b""
            out.write(chunk.removesuffix(b"\r").replace(b"\r\n", b"\n"))
        out.write(pending)
    return copy


def chunks(path: Path, is_gzipped: bool) -> Iterator[bytes]:
    """Yield the text of a file, decompressed, in pieces of at most a megabyte.

    Of a workbook it is its first sheet as CSV.
    """
    if path.name.lower().endswith(SUFFIX):
        yield from as_csv(path.read_bytes())
        return
    with gzip.open(path, "rb") if is_gzipped else path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            yield chunk
