"""What a check of arrivals finds, and the numbers of rows and days below which none is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# A weekday is known from three of them, a feed from five days with rows.
FEWEST_OF_WEEKDAY = 3
FEWEST_DAYS = 5
# Fewer rows than this show no habit and break none.
FEWEST_ROWS = 20
FEWEST_SIZES = 8
# A habit is known from two times that lie further apart than this, one time may have been a fault.
FEWEST_DAYS_BETWEEN = 14
# Fewer rows than this that are otherwise than usual are chance.
FEWEST_CONCERNED = 8
# MAD to standard deviation, of a normal distribution.
SIGMA = 1.4826


@dataclass(frozen=True)
class Strange:
    """One thing that is strange: which `check`, of which `column` (empty: the rows themselves).

    `rows` are concerned, of the days `since` to `until`. `values` fill the words; no personal one.
    """

    check: str
    column: str
    rows: int
    since: str
    until: str
    values: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    feature: str = "rows"

    @property
    def key(self) -> str:
        """Name of its text: the check, and its kind where it has several."""
        return self.words or self.check


def second_largest(scores: np.ndarray) -> float:
    """The second largest of past scores: one strange day is no habit, two are."""
    known = np.sort(scores[~np.isnan(scores)])
    return float(known[-2]) if len(known) > 1 else 0.0
