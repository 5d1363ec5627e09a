"""The days of a batch, those they are compared with, and which of them are judged together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from orchestration.gate.past import Facts, Past

# Later rows of a day that is known: below this share of it they are corrections, not the day.
CORRECTIONS = 0.5
# A batch of more days than this is judged by week, too, and against its own days.
LONGEST_BLOCK = 10


@dataclass(frozen=True)
class Block:
    """Days of the batch that are judged together, as positions in the frame's own days."""

    days: tuple[int, ...]
    is_late: bool
    ends_early: bool = False


@dataclass(frozen=True)
class Frame:
    """The days of the batch and those they are compared with."""

    now: Facts
    past: Past
    own: tuple[str, ...]
    reference: tuple[str, ...]
    weekdays: np.ndarray
    own_weekdays: np.ndarray
    own_in_reference: np.ndarray
    blocks: tuple[Block, ...]
    members: np.ndarray
    """The own days of all blocks, one block after the other."""
    starts: np.ndarray
    ends_early: bool
    is_first: bool
    ripening: frozenset[str] = frozenset()
    holidays: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        now: Facts,
        past: Past,
        holidays: frozenset[str],
        is_first: bool,
        ripening: frozenset[str],
    ) -> "Frame":
        own = tuple(sorted(now["rows"]))
        known = past.facts.get("rows", {})
        # the batch is its own past as far as it is long enough to be
        takes_part = len(own) > LONGEST_BLOCK
        reference = tuple(sorted({*known, *own} if takes_part else known))
        position = {day: index for index, day in enumerate(reference)}
        inside = np.array([position.get(day, -1) if takes_part else -1 for day in own])
        late = [
            day in known and sum(now["rows"][day].values()) < CORRECTIONS * known[day].get("all", 0)
            for day in own
        ]
        ends_early = is_first or past.ends_within_the_day(now)
        blocks = tuple(_blocks(own, late, holidays, ends_early))
        members = np.array([index for block in blocks for index in block.days], dtype=int)
        lengths = [len(block.days) for block in blocks]
        return cls(
            now,
            past,
            own,
            reference,
            _weekdays(reference),
            _weekdays(own),
            inside,
            blocks,
            members,
            np.cumsum([0, *lengths[:-1]], dtype=int),
            ends_early,
            is_first,
            ripening,
            holidays,
        )

    def is_before_a_holiday(self, block: Block) -> bool:
        """Is it one day, with a holiday before the next working day?"""
        days = holidays_beside(self.own[block.days[-1]], self.holidays, 1)
        return len(block.days) == 1 and next(days, None) is not None


def holidays_beside(day: str, holidays: frozenset[str], step: int) -> Iterator[str]:
    """The holidays before the last working day (`step` -1), or the next one (1)."""
    near = date.fromisoformat(day) + timedelta(days=step)
    while near.isoformat() in holidays or near.weekday() > 4:
        if near.isoformat() in holidays:
            yield near.isoformat()
        near += timedelta(days=step)


def _weekdays(days: Sequence[str]) -> np.ndarray:
    return np.array([date.fromisoformat(day).weekday() for day in days], dtype=int)


def _blocks(
    own: Sequence[str], late: Sequence[bool], holidays: frozenset[str], ends_early: bool
) -> Iterator[Block]:
    corrected = tuple(index for index, is_late in enumerate(late) if is_late)
    fresh = [
        index for index, is_late in enumerate(late) if not is_late and own[index] not in holidays
    ]
    if corrected:
        yield Block(corrected, is_late=True)
    if not fresh:
        return
    last = fresh[-1]
    for index in fresh:
        yield Block((index,), is_late=False, ends_early=ends_early and index == last)
    if 1 < len(fresh) <= LONGEST_BLOCK:
        yield Block(tuple(fresh), is_late=False, ends_early=ends_early)
    elif len(fresh) > LONGEST_BLOCK:
        end = date.fromisoformat(own[last])
        weeks: dict[int, list[int]] = {}
        for index in fresh:
            weeks.setdefault((end - date.fromisoformat(own[index])).days // 7, []).append(index)
        for days in weeks.values():
            if len(days) > 1:
                yield Block(tuple(days), is_late=False)
