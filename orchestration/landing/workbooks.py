"""The first sheet of a workbook, as the CSV that its owner would have saved.

Cells keep their type: dates and times are written as ISO 8601 has them, whole numbers without a
point, true and false as these words. Formulas count by the value that was saved with them.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from orchestration.system.errors import PilotageError

SUFFIX = ".xlsx"
ROWS = 5_000


class NotReadable(PilotageError):
    """The bytes are no workbook that can be opened."""


def as_csv(content: bytes) -> Iterator[bytes]:
    """Yield the first sheet that has rows as CSV (UTF-8, commas), some thousand rows at a time.

    Empty rows are left out. Raises `NotReadable` for what is no workbook, or asks for a password.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
        sheet = next((one for one in sheets if one.height), None)
        if sheet is None:
            return
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = [written(cell) for cell in row]
            if any(cells):
                writer.writerow(cells)
            if number % ROWS == 0:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
        yield out.getvalue().encode()
    except (CalamineError, OSError, ValueError) as error:
        raise NotReadable(
            "is not a readable workbook, or asks for a password; save it again"
        ) from error


def written(cell: object) -> str:
    """Return a cell as the text that a CSV would have."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return "" if cell is None else str(cell)
