"""A program that is killed: nothing that it would do afterwards is done."""

from collections.abc import Callable


class Killed(BaseException):
    """The process dies here: no handler for errors may run on."""


def at_step(number: int) -> Callable[[str], None]:
    """A hook that kills the program at the step of this number, the first being 0."""
    left = number

    def kill(step: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed(step)

    return kill
