"""What a file says, in pieces: of any size, packed or not, in a few megabytes of memory.

A workbook is the exception: it is opened as a whole, as it is when it lands.
"""

import codecs
import gzip
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from orchestration.forgetting.traces import UTF_16, Traces
from orchestration.landing.workbooks import written

BLOCK = 1 << 20
ROWS = 1 << 16
GZIP, PARQUET = b"\x1f\x8b", b"PAR1"
# An archive, one without anything in it, one of several parts.
ZIP = b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"
# The member that a workbook has: Excel's, Excel's binary one, LibreOffice's.
_BOOKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
# The workbook that Excel wrote before it wrote archives.
OLD_BOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How files begin that may have no NUL and are no text all the same: documents, pictures, archives.
_NO_TEXT = (
    *(GZIP, *ZIP, PARQUET, OLD_BOOK, b"%PDF", b"%!PS", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff"),
    *(b"BZh91AY&SY", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!\x1a", b"\x28\xb5\x2f\xfd"),
)
# (a batch of rows) -> how often it mentions them
CountRows = Callable[[Any], int]


def peeked(file: IO[bytes]) -> tuple[IO[bytes], bytes]:
    """Return a stream that is still whole, and its beginning."""
    stream: Any = file if hasattr(file, "peek") else io.BufferedReader(file)  # type: ignore[type-var]
    return stream, stream.peek(64)[:64]


def blocks_of(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def begins_as_text(head: bytes) -> bool:
    """May this be the beginning of a text?"""
    return head.startswith(UTF_16) or not (b"\x00" in head or head.lstrip().startswith(_NO_TEXT))


def is_text(file: IO[bytes]) -> bool:
    """Is a stream a text to its end?"""
    stream, head = peeked(file)
    if head.startswith(UTF_16) or not begins_as_text(head):
        return head.startswith(UTF_16)
    return not any(b"\x00" in block for block in blocks_of(stream))


def encoding_of(head: bytes) -> str:
    return "utf-16" if head.startswith(UTF_16) else "utf-8"


def texts_of(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Yield a text by the block; bytes that are none stay as they are when it is written again."""
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for block in blocks_of(file):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


@contextmanager
def spooled(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Lay a stream down where it can be read from any place: a file without a name."""
    with tempfile.TemporaryFile() as laid:
        shutil.copyfileobj(file, laid, BLOCK)
        laid.seek(0)
        yield laid


def count_stream(file: IO[bytes], traces: Traces, count_rows: CountRows) -> int:
    """Return how often a stream mentions the people, also within what is packed in it."""
    stream, head = peeked(file)
    if head.startswith(GZIP):
        with gzip.open(stream) as plain:
            return count_stream(plain, traces, count_rows)  # type: ignore[arg-type]
    if head.startswith((*ZIP, PARQUET, OLD_BOOK)):
        with spooled(stream) as laid:
            if head.startswith(PARQUET):
                return sum(count_rows(one) for one in batches_of(laid))
            if head.startswith(OLD_BOOK):
                return _count_cells(laid, traces) + traces.count_raw(laid.read())
            return _count_packed(laid, traces, count_rows)
    texts = texts_of(stream, encoding_of(head))
    return sum(found for _, found in traces.rewritten(texts))


def _count_packed(laid: IO[bytes], traces: Traces, count_rows: CountRows) -> int:
    found = 0
    with zipfile.ZipFile(laid) as archive:
        for one in archive.infolist():
            found += traces.mentions(one.filename)
            if not one.is_dir():
                with archive.open(one) as member:
                    found += count_stream(member, traces, count_rows)
        is_book = any(one in archive.namelist() for one in _BOOKS)
    return found + (_count_cells(laid, traces) if is_book else 0)


def _count_cells(laid: IO[bytes], traces: Traces) -> int:
    """Count in the cells of a workbook as they are read: one may be written in several parts."""
    from python_calamine import CalamineWorkbook

    laid.seek(0)
    found = 0
    with CalamineWorkbook.from_filelike(laid) as book:
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).iter_rows()
            lines = ("\t".join(map(written, row)) + "\n" for row in rows)
            found += sum(mentioned for _, mentioned in traces.rewritten(_joined(lines)))
    laid.seek(0)
    return found


def _joined(lines: Iterator[str]) -> Iterator[str]:
    """Yield many short texts as a few longer ones."""
    several: list[str] = []
    size = 0
    for line in lines:
        several.append(line)
        size += len(line)
        if size > BLOCK:
            yield "".join(several)
            several, size = [], 0
    yield "".join(several)


def batches_of(laid: IO[bytes]) -> Iterator[Any]:
    """Yield a Parquet file some thousand rows at a time."""
    from pyarrow import parquet

    with parquet.ParquetFile(laid) as file:
        yield from file.iter_batches(batch_size=ROWS)
