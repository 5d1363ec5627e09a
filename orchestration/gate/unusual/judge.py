"""What is strange about rows that came, by the counts of the days before: robust statistics only.

A day is compared with what its weekday usually is; how far days lie from that is learned, too, as a
median and the median of distances from it (MAD). One corrupt day among many moves neither. Nothing
here reads a row: see `past`.
"""

from collections.abc import Sequence

from orchestration.gate.past import Facts, Past
from orchestration.gate.unusual.finding import Strange
from orchestration.gate.unusual.frame import Frame
from orchestration.gate.unusual.shares import KINDS, compare
from orchestration.gate.unusual.volume import volume


def judge(
    now: Facts,
    past: Past,
    holidays: frozenset[str],
    is_first: bool,
    ripening: frozenset[str] = frozenset(),
) -> list[Strange]:
    """Return what is strange about the counts `now` of a batch, the gravest of each column once.

    `is_first`: nothing came before, so that the batch is its own past. Features of `ripening` are
    filled in as time goes on.
    """
    if not now.get("rows"):
        return []
    frame = Frame.of(now, past, holidays, is_first, ripening)
    found = [*volume(frame)]
    for feature in sorted(now):
        kind = KINDS.get(feature.partition(":")[0])
        if kind:
            found += compare(frame, feature, kind)
    return _once(found)


def _once(found: Sequence[Strange]) -> list[Strange]:
    """Keep one finding a check and column: the one that concerns most rows."""
    best: dict[tuple[str, str], Strange] = {}
    for one in found:
        known = best.get((one.check, one.column))
        if known is None or one.rows > known.rows:
            best[one.check, one.column] = one
    # a unit that changed explains that values did
    units = {one.column for one in best.values() if one.check == "units"}
    shifted = {one.column for one in best.values() if one.check == "shift"}
    return [
        one
        for one in best.values()
        if not (one.check == "values" and one.column in units)
        and not (one.check == "hours" and one.column in shifted)
    ]
