"""Ctrl-C and SIGTERM: whatever a command is doing, it ends within seconds.

Both raise KeyboardInterrupt in the main thread. That alone is not enough: Python raises it only
when the main thread comes back from the library that it is in, and dbt waits for the queries of
its threads. So a thread of its own hears of the signal at once. It asks every running query that
it knows of to end, again and again, because an interrupted thread may begin the next one; and it
ends the process if that has not helped in time.

Such a hard end loses nothing, because every step is written to survive the loss of power at any
moment: a batch, a candidate and an edition appear by one rename, DuckDB undoes what was not
committed, and a build counts only once `built.json` says so. The operating system lets go of the
lock.
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE_SECONDS = 3.5
AGAIN_SECONDS = 0.1
SHOW_CURSOR = b"\x1b[?25h"

_interrupters: list[Callable[[], None]] = []
_received: int | None = None


def received() -> int | None:
    """Return the number of the signal that asks the command to stop, or None."""
    return _received


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt when a signal came; for whoever catches what a query raises.

    DuckDB answers a signal during a query of the main thread by an ordinary error, so that a
    library may take it for a failed query and go on.
    """
    if _received is not None:
        raise KeyboardInterrupt


@contextmanager
def interruptible(interrupt: Callable[[], None]) -> Iterator[None]:
    """Call `interrupt`, from another thread, again and again once a signal came."""
    _interrupters.append(interrupt)
    try:
        yield
    finally:
        _interrupters.remove(interrupt)


@contextmanager
def obeyed(last_words: str | None) -> Iterator[None]:
    """Obey SIGINT and SIGTERM as long as the block lasts, by KeyboardInterrupt.

    With `last_words` a block that has not ended in time ends the process, having written them to
    standard error; a second signal does so at once. Outside of the main thread nothing changes.
    """
    global _received
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _received = None
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    before = {number: signal.signal(number, _raise) for number in SIGNALS}
    woken_before = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(receiver, last_words), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        # what the watcher waits for ends here
        sender.close()
        watcher.join(AGAIN_SECONDS * 10)
        receiver.close()


def _raise(number: int, frame: object) -> None:
    global _received
    _received = _received or number
    raise KeyboardInterrupt


def _watch(receiver: socket.socket, last_words: str | None) -> None:
    """Wait for the first signal, then see to it that the process ends."""
    number = _next_signal(receiver)
    if number is None:
        return
    deadline = time.monotonic() + GRACE_SECONDS
    receiver.settimeout(AGAIN_SECONDS)
    while time.monotonic() < deadline:
        for interrupt in list(_interrupters):
            # a connection may be closed meanwhile
            with suppress(Exception):
                interrupt()
        try:
            if _next_signal(receiver) is None:
                return
            break
        except TimeoutError:
            continue
    if last_words is not None:
        _end_now(number, last_words)


def _next_signal(receiver: socket.socket) -> int | None:
    """Return the number of the next signal that asks to stop, None when the block has ended."""
    while received := receiver.recv(1):
        if received[0] in SIGNALS:
            return received[0]
    return None


def _end_now(number: int, last_words: str) -> None:
    words = f"{last_words}\n".encode()
    os.write(2, SHOW_CURSOR + words if sys.stdout.isatty() else words)
    os._exit(128 + number)
