"""Workbooks without the people's rows: the values of all sheets, and nothing else of them."""

import io
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from orchestration.forgetting.delimited import Form, unquoted
from orchestration.forgetting.judging import Judge, NotWritable
from orchestration.forgetting.streams import count_stream
from orchestration.landing.workbooks import written

# How cells of a time are shown: a duration goes on after 24 hours.
_FORMATS = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}
# A row as one text, whose cells can be told from each other.
_ROW = Form("\t")
# What no name of a sheet may have, and how long one may be.
_NOT_IN_A_NAME, _LONGEST_NAME = frozenset("[]:*?/\\"), 31


def is_workbook(content: bytes) -> bool:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        CalamineWorkbook.from_filelike(io.BytesIO(content)).close()
    except CalamineError:
        return False
    return True


def workbook_without(content: bytes, out: Any, judge: Judge) -> None:
    """Write the values of every sheet anew: formulas, styles, notes and pictures do not stay.

    It changes wherever it mentions somebody: a note and the name of its author go, too.
    """
    from python_calamine import CalamineWorkbook, SheetVisibleEnum
    from xlsxwriter import Workbook

    if not is_workbook(content):
        raise NotWritable
    if count_stream(io.BytesIO(content), judge.traces, lambda rows: 0):
        judge.tell("")
    made = io.BytesIO()
    with (
        CalamineWorkbook.from_filelike(io.BytesIO(content)) as book,
        Workbook(made, {"in_memory": True}) as new,
    ):
        formats = {kind: new.add_format({"num_format": one}) for kind, one in _FORMATS.items()}
        names = _names_of_sheets(book.sheet_names, judge)
        for one, name in zip(book.sheets_metadata, names, strict=True):
            sheet = new.add_worksheet(name)
            if one.visible != SheetVisibleEnum.Visible:
                sheet.hide()
            rows = book.get_sheet_by_name(one.name).iter_rows()
            _write_rows(rows, sheet, formats, judge)
    out.write(made.getvalue())


def _names_of_sheets(names: list[str], judge: Judge) -> list[str]:
    """Return the sheets' names; one that names somebody, or that Excel refuses, is a number."""
    kept = [judge.as_text(name) == name and _is_name(name) for name in names]
    taken = {name.lower() for name, is_kept in zip(names, kept, strict=True) if is_kept}
    found = []
    for at, (name, is_kept) in enumerate(zip(names, kept, strict=True), start=1):
        number = at
        while not is_kept and f"sheet {number}" in taken:
            number += 1
        found.append(name if is_kept else f"Sheet {number}")
        taken.add(found[-1].lower())
    return found


def _is_name(name: str) -> bool:
    is_quoted = name.startswith("'") or name.endswith("'")
    return 0 < len(name) <= _LONGEST_NAME and not (is_quoted or _NOT_IN_A_NAME.intersection(name))


def _write_rows(rows: Iterable[list[Any]], sheet: Any, formats: Any, judge: Judge) -> None:
    names: list[str] = []
    at = 0
    for cells in rows:
        shown = [written(cell) for cell in cells]
        if not names and any(shown):
            names = [one.strip() for one in shown]
        kept = _kept(cells, shown, names, judge)
        if kept is not None:
            for place, cell in enumerate(kept):
                _write_cell(sheet, at, place, cell, formats)
            at += 1


def _kept(cells: list[Any], shown: list[str], names: list[str], judge: Judge) -> list[Any] | None:
    """Return a row as it stays, None when it goes; cells that name an agent are others."""
    row = _ROW.row(shown)
    if not judge.may_concern(row):
        return cells
    kept = judge.kept(row, partial(_ROW.fields, row, names))
    if kept is None:
        return None
    new = [unquoted(kept[start:end]) for start, end in _ROW.cells(kept)]
    if len(new) != len(cells):
        raise NotWritable
    return [
        cell if before == after else after
        for cell, before, after in zip(cells, shown, new, strict=True)
    ]


def _write_cell(sheet: Any, row: int, place: int, cell: Any, formats: Any) -> None:
    if isinstance(cell, str):
        failed = sheet.write_string(row, place, cell) if cell else 0
    elif isinstance(cell, bool):
        failed = sheet.write_boolean(row, place, cell)
    elif isinstance(cell, (int, float)):
        failed = sheet.write_number(row, place, cell)
    else:
        failed = sheet.write_datetime(row, place, cell, formats[type(cell)])
    if failed:
        # longer, or further down, than a workbook may be
        raise NotWritable
