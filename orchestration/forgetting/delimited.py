"""Delimited text without the people's rows. What stays is byte for byte what it was.

A quote opens where a cell begins and closes where one ends; anywhere else it is a sign like others,
as for the landing's reader. One that closes nowhere ends with its line.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain

from orchestration.forgetting.judging import Field, Judge, Known
from orchestration.landing.connectors.files import FOREIGN, LARGEST_RECORD
from orchestration.landing.files import FileRefused
from orchestration.landing.mappings.declared import DELIMITERS
from orchestration.landing.prepass import LONGEST_HEADER, split_header

# The line by which some programs tell others what separates the cells.
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.?)\r?\n", re.IGNORECASE)
_QUOTED = r' *+"(?:[^"]++|"")*+" *+'


@dataclass(frozen=True)
class Form:
    """How rows are written: by what sign their cells are separated."""

    delimiter: str = ","

    def whole(self, text: str) -> int:
        """Return where the last row ends that is there as a whole, whatever follows."""
        if '"' not in text:
            return text.rfind("\n") + 1
        found = self._whole.match(text)
        return found.end() if found else 0

    def rows(self, text: str) -> Iterator[str]:
        return (found[0] for found in self._row.finditer(text) if found[0])

    def cells(self, row: str) -> list[tuple[int, int]]:
        """Return where each cell of a row begins and ends."""
        at, end, found = 0, len(row.rstrip("\r\n")), []
        while cell := self._cell.match(row, at, end):
            found.append(cell.span())
            at = cell.end() + 1
            if at > end:
                break
        return found

    def fields(self, row: str, names: Sequence[str]) -> list[Field]:
        spans = self.cells(row)
        return [
            Field(name, unquoted(row[start:end]).strip(), start, end)
            for name, (start, end) in zip(names, spans, strict=False)
        ]

    def row(self, cells: Iterable[str]) -> str:
        """Write a row; `cells` and `unquoted` read the same from it."""
        return self.delimiter.join(map(self._quoted, cells)) + "\n"

    def _quoted(self, cell: str) -> str:
        is_plain = cell == cell.strip() and not any(
            one in cell for one in (self.delimiter, *'"\r\n')
        )
        return cell if is_plain else '"' + cell.replace('"', '""') + '"'

    @property
    def _sign(self) -> str:
        return re.escape(self.delimiter)

    @cached_property
    def _cell(self) -> re.Pattern[str]:
        sign = self._sign
        return re.compile(rf"(?>{_QUOTED}(?=[{sign}\r\n]|\Z)|[^{sign}\n]*+)")

    @cached_property
    def _row(self) -> re.Pattern[str]:
        cell = self._cell.pattern
        return re.compile(rf"{cell}(?:{self._sign}{cell})*+\r?\n?")

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        sign = self._sign
        # nobody knows yet whether this quote closes
        is_open = r' *+"(?:[^"]++|"")*+(?:" *+)?\Z'
        cell = rf"(?>{_QUOTED}(?=[{sign}\r\n])|(?!{is_open})[^{sign}\n]*+)"
        return re.compile(rf"(?>{cell}(?:{sign}{cell})*+(?:\n|\r(?!\Z)\n?))*+")


def unquoted(cell: str) -> str:
    """Return what a cell says."""
    inner = cell.strip(" ")
    if len(inner) > 1 and inner[0] == inner[-1] == '"':
        return inner[1:-1].replace('""', '"')
    return cell


def csv_without(texts: Iterator[str], judge: Judge) -> Iterator[str]:
    """Yield a delimited text without the people's rows.

    Its first line, which may be a header, is a text: only what names them is taken out of it.
    """
    head = ""
    for block in texts:
        head += block
        if head.count("\n") > 1 or len(head) > LARGEST_RECORD:
            break
    end, form, names = _header_of(head, judge.known)
    yield judge.as_text(head[:end])
    for piece in _wholes(chain([head[end:]], texts), form):
        if not judge.may_concern(piece):
            yield piece
            continue
        for row in form.rows(piece):
            yield judge.kept(row, partial(form.fields, row, names)) or ""


def _wholes(texts: Iterable[str], form: Form) -> Iterator[str]:
    """Yield the text by pieces of whole rows."""
    rest = ""
    for block in texts:
        rest += block
        end = form.whole(rest)
        if not end and len(rest) > LARGEST_RECORD:
            # a quote that never closes: nothing but the ends of lines is left to go by
            end = rest.rfind("\n") + 1 or len(rest)
        yield rest[:end]
        rest = rest[end:]
    yield rest


def _header_of(head: str, known: Known) -> tuple[int, Form, list[str]]:
    """Return where the header ends, how rows are written, and what its columns are called.

    Rows are separated as was said, else by the sign that finds the most columns.
    """
    said = _SEPARATOR_LINE.match(head)
    at = said.end() if said else 0
    line = head[at:].partition("\n")[0]
    sign = known.delimiter or (said[1] if said else "")
    split = {one: _names(line, one) for one in ([sign] if sign else DELIMITERS)}
    best = max(split, key=lambda one: (known.knows(split[one]), len(split[one]), line.count(one)))
    return min(at + len(line) + 1, len(head)), Form(best), split[best]


def _names(line: str, delimiter: str) -> list[str]:
    """Return the names of a header's columns, as the landing splits it; none of what is none."""
    if len(line) > LONGEST_HEADER:
        return []
    data = line.encode("utf-8", "surrogateescape")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        data = data.decode(FOREIGN, "replace").encode()
    try:
        return split_header(data, delimiter)
    except (FileRefused, csv.Error):
        return []
