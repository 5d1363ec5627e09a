"""The order of the test files, which decides how two workers share them.

A file stays with one worker, so that each world in it is built once; the next free worker takes the
next file. Those that build the most go first, so that both workers end at about the same time.
"""

from collections import Counter

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asks_examples = "worked_examples" in getattr(item, "fixturenames", ())
        if asks_examples and not item.get_closest_marker("builds"):
            # by whom the examples were built first
            item.add_marker(pytest.mark.builds(0))
    builds = Counter(
        {item.path: mark.args[0] for item in items if (mark := item.get_closest_marker("builds"))}
    )
    items.sort(key=lambda item: -builds[item.path])
