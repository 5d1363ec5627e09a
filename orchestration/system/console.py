"""What the terminal shows: one reporter for progress, one table for figures.

On a terminal a step has a spinner, a count and a clock; elsewhere it is a plain line. Steps report
to the current reporter, which is silent unless a command sets one.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

PLAIN_WIDTH = 110


def stdout() -> "Console":
    """Return a console for results; figures and paths are never coloured by guess."""
    return _console(stderr=False)


def stderr() -> "Console":
    """Return a console for warnings and errors."""
    return _console(stderr=True)


def _console(stderr: bool) -> "Console":
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=not stream.isatty())


class Reporter:
    """Silent: what a step reports is dropped."""

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a step while it lasts, and how long it took."""
        yield

    def count(self, done: int, total: int) -> None:
        """Show how far the current step is. May be called from any thread."""


class PlainReporter(Reporter):
    """One line when a step ends, and one for every tenth of a step that counts."""

    def __init__(self) -> None:
        self._tenths = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self._tenths = 0
        self._title = title
        started = time.monotonic()
        yield
        print(f"{title}: {time.monotonic() - started:.1f} s", flush=True)

    def count(self, done: int, total: int) -> None:
        tenths = 10 * done // max(total, 1)
        if tenths > self._tenths:
            self._tenths = tenths
            print(f"{self._title}: {done} of {total}", flush=True)


class LiveReporter(Reporter):
    """A line per step with spinner, count and clock; finished steps stay on the screen."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._task: TaskID | None = None

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        task = self._task = self._progress.add_task(title, total=None, counts="")
        yield
        done = self._progress.tasks[task].completed or 1
        self._progress.update(task, total=done, completed=done)

    def count(self, done: int, total: int) -> None:
        if self._task is not None:
            self._progress.update(
                self._task, completed=done, total=total, counts=f"{done} of {total}"
            )


_current = Reporter()


def reporter() -> Reporter:
    """Return the reporter of this process's command."""
    return _current


@contextmanager
def reporting() -> Iterator[None]:
    """Show progress on standard output for as long as the block runs."""
    global _current
    before = _current
    try:
        if not sys.stdout.isatty():
            _current = PlainReporter()
            yield
            return
        with _progress() as progress:
            _current = LiveReporter(progress)
            yield
    finally:
        _current = before


def _progress() -> "Progress":
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
        console=stdout(),
    )
