"""Errors that a user sees: one or two lines saying what, where and what to do next."""


class PilotageError(Exception):
    """Something failed; the message is the whole story. Exit status 1."""

    exit_status = 1


FULL = "No space left"


def full_disk(said: str) -> PilotageError | None:
    """Return what a full disk is to a user, when that is what a library's error says."""
    if FULL not in said:
        return None
    return PilotageError(
        f"The disk is full ({said.strip().splitlines()[0]}).\n"
        "Free space, then run the same command again: readers keep the last edition."
    )


class UsageError(PilotageError):
    """The command or its configuration is wrong. Exit status 2."""

    exit_status = 2


class GateRefused(PilotageError):
    """The candidate was refused; the last good edition stays published. Exit status 3."""

    exit_status = 3


class Stopped(PilotageError):
    """Somebody pressed Ctrl-C, or asked the process to end. Exit status 128 and the signal."""

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.exit_status = 128 + signal_number
