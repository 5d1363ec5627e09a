"""JSON without the people's records. What stays is byte for byte what it was."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

from orchestration.forgetting.judging import Field, Judge
from orchestration.landing.connectors.files import LARGEST_RECORD

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
# As much of a value may be missing where its text ends: a word, an escape.
_CUT = 12
# A list that is longer is the whole file, rather than a line of it.
_LONGEST_LIST = 1 << 20


@dataclass
class _Feed:
    """A text of which a part is there: `text`, read up to `at`, and more to come until `ended`.

    `is_quiet` says that nothing in the part concerns anybody.
    """

    texts: Iterator[str]
    judge: Judge
    text: str = ""
    at: int = 0
    ended: bool = False
    is_quiet: bool = False

    def more(self) -> None:
        """Read at least as much as is waiting, so that a long value is not begun too often."""
        parts, size = [self.text[self.at :]], 0
        waiting = len(parts[0])
        while not self.ended and size <= waiting:
            block = next(self.texts, None)
            self.ended = block is None
            parts.append(block or "")
            size += len(parts[-1])
        self.text, self.at = "".join(parts), 0
        self.is_quiet = not self.judge.may_concern(self.text)

    def space(self) -> str:
        """Read over white space; what follows it is there, if anything does."""
        found = ""
        while True:
            end = _past(self.text, self.at)
            found += self.text[self.at : end]
            self.at = end
            if end < len(self.text) or self.ended:
                return found
            self.more()

    def next_is(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def value(self) -> str:
        """Read over a JSON value and return it as it is written; `ValueError` for what is none."""
        while True:
            try:
                end = _DECODER.raw_decode(self.text, self.at)[1]
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated") or (
                    error.pos >= len(self.text) - _CUT
                )
                if self.ended or not is_cut:
                    raise
            else:
                if end < len(self.text) or self.ended:
                    value, self.at = self.text[self.at : end], end
                    return value
            self.more()

    def kept_value(self) -> str | None:
        """Read over a value and return what stays of it; None when nothing does."""
        value = self.value()
        return value if self.is_quiet else _record_without(value, self.judge)

    def rest(self) -> Iterator[str]:
        yield self.text[self.at :]
        yield from self.texts


def json_without(texts: Iterator[str], judge: Judge) -> Iterator[str]:
    """Yield JSON without the people's records: one a line, one after the other, or in a list.

    What is no JSON, and mentions them, goes, by the line.
    """
    feed = _Feed(texts, judge)
    feed.more()
    if feed.next_is("\ufeff"):
        feed.at = 1
        yield "\ufeff"
    yield feed.space()
    if _has_lines(feed):
        yield from _lines_without(feed.rest(), judge)
        return
    try:
        yield from _values_without(feed, judge)
    except ValueError:
        yield from _lines_without(feed.rest(), judge, is_within=True)


def _has_lines(feed: _Feed) -> bool:
    """Is the first line a value of its own?"""
    longest = _LONGEST_LIST if feed.next_is("[") else LARGEST_RECORD
    while (end := feed.text.find("\n", feed.at, feed.at + longest)) < 0:
        if feed.ended or len(feed.text) - feed.at > longest:
            return False
        feed.more()
    try:
        json.loads(feed.text[feed.at : end])
    except ValueError:
        return False
    return True


def _lines_without(texts: Iterator[str], judge: Judge, is_within: bool = False) -> Iterator[str]:
    """Yield what stays, line by line; `is_within` a line, its end stays whatever becomes of it."""
    rest, is_last = "", False
    while not is_last:
        block = next(texts, None)
        is_last = block is None
        rest += block or ""
        end = len(rest) if is_last else rest.rfind("\n") + 1
        whole, rest = rest[:end], rest[end:]
        if whole and is_within:
            first, sign, whole = whole.partition("\n")
            yield (judge.kept(first) or "") + sign
            is_within = False
        if not judge.may_concern(whole):
            yield whole
            continue
        for line in _LINE.findall(whole):
            yield _line_without(line, judge)


def _line_without(line: str, judge: Judge) -> str:
    """Return what stays of a line: of its values, or of the whole where it is no JSON."""
    alone = Judge(judge.traces, judge.known)
    try:
        new = "".join(_values_without(_Feed(iter([line]), alone), alone))
    except ValueError:
        return judge.kept(line) or ""
    return line if new == line else judge.tell(new) or ""


def _values_without(feed: _Feed, judge: Judge) -> Iterator[str]:
    """Yield what stays of values one after the other; a list is taken by the item."""
    while True:
        yield feed.space()
        if feed.at == len(feed.text):
            return
        if feed.next_is("["):
            yield from _list_without(feed)
            continue
        kept = feed.kept_value()
        if kept is not None:
            yield kept
        else:
            if feed.at == len(feed.text):
                feed.more()
            feed.at += feed.next_is("\n")


def _list_without(feed: _Feed) -> Iterator[str]:
    """Yield a list without the items that go; torn, whatever is not yielded is still in `feed`."""
    yield "["
    feed.at += 1
    first = between = after = feed.space()
    sign = ""
    while not feed.next_is("]"):
        # what stands before the first that is kept stood before the first
        before = sign + between if sign else first
        try:
            kept = feed.kept_value()
        except ValueError:
            yield before
            raise
        if kept is not None:
            yield before + kept
        after = feed.space()
        if feed.next_is("]"):
            break
        if not feed.next_is(","):
            yield after if kept is not None else before + after
            raise ValueError("a list that goes on without a comma")
        feed.at += 1
        sign = (after + ",") if kept is not None else sign
        between = feed.space()
    yield f"{after}]"
    feed.at += 1


def _record_without(record: str, judge: Judge) -> str | None:
    """Return what stays of a value: a record, or a page of records; None when nothing does."""
    lists = _lists(record, judge.known.pages)
    if not lists:
        return judge.kept(record, partial(_fields, record), '"')
    at, parts = 0, []
    for first, last in lists:
        items = [record[one:other] for one, other in _items(record, first)]
        left = [judge.kept(one, partial(_fields, one), '"') for one in items]
        if left == items:
            parts.append(record[at:last])
        else:
            listed = ",".join(one for one in left if one is not None)
            parts += [record[at:first], f"[{listed}]"]
        at = last
    # a page may name somebody beside its records
    return judge.kept("".join([*parts, record[at:]]))


def _fields(record: str) -> list[Field]:
    """Return the texts and numbers of an object; a number as it is written."""
    return [
        Field(key, value if isinstance(value, str) else record[start:end], start, end)
        for key, value, start, end in _members(record)
        if isinstance(value, (str, int, float))
    ]


def _members(record: str) -> Iterator[tuple[str, object, int, int]]:
    """Yield an object's members: key, value, and where the value begins and ends."""
    if not record.startswith("{"):
        return
    at = _past(record, 1)
    while record[at] != "}":
        key, at = _DECODER.raw_decode(record, at)
        start = _past(record, _past(record, at) + 1)
        value, end = _DECODER.raw_decode(record, start)
        yield key, value, start, end
        at = _past(record, end)
        at = _past(record, at + 1) if record[at] == "," else at


def _lists(record: str, pages: Collection[str]) -> list[tuple[int, int]]:
    """Return where the lists of records of a page are."""
    if not pages:
        return []
    return [
        (start, end)
        for key, _, start, end in _members(record)
        if key in pages and record[start] == "["
    ]


def _items(record: str, at: int) -> Iterator[tuple[int, int]]:
    at = _past(record, at + 1)
    while record[at] != "]":
        end = _DECODER.raw_decode(record, at)[1]
        yield at, end
        at = _past(record, end)
        at = _past(record, at + 1) if record[at] == "," else at


def _past(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
