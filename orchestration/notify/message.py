"""A message: a title and sections of plain lines, and what may be said of an error."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SHOWN_LINES = 12
LONGEST_LINE = 300


@dataclass(frozen=True)
class Section:
    """Lines of plain text, under a heading or none."""

    lines: tuple[str, ...]
    heading: str | None = None


@dataclass(frozen=True)
class Message:
    """What a channel is told. `kind` is what it wants to hear of; `html` is for e-mail alone."""

    kind: str
    title: str
    sections: tuple[Section, ...] = ()
    html: str | None = None

    @property
    def text(self) -> str:
        """Return the message as plain text, its title left to whoever shows it."""
        return "\n\n".join("\n".join(_of_section(one)) for one in self.sections)


def _of_section(section: Section) -> Iterator[str]:
    if section.heading:
        yield section.heading
    yield from (f"- {line}" if section.heading else line for line in section.lines)


# What stands in quotes, an address, and digits in a row may be somebody's: a database quotes the
# value that it could not read.
_VALUES = re.compile(
    r"""'[^'\n]*' | "[^"\n]*" | «[^»\n]*» | \S+@\S+ | \+?\d(?:[\s.()-]?\d){5,}""", re.VERBOSE
)
# After these words stand those of a library, which may repeat a row.
_FOREIGN = re.compile(r"\b(failed|stopped): .*?(?= \(see |$)")


def sayable(text: str) -> Iterable[str]:
    """Return the lines of an error as they may leave the house: without any value of the data."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    said = [_VALUES.sub("…", _FOREIGN.sub(r"\1", line))[:LONGEST_LINE] for line in lines]
    more = len(said) - SHOWN_LINES
    return [*said[:SHOWN_LINES], *([f"(+ {more})"] if more > 0 else [])]
