"""The order of the test files, which decides how two workers share them.

A file stays with one worker, so that each world in it is built once; the next free worker takes the
next file. Those that build the most go first, so that both workers end at about the same time.
"""

from collections import Counter

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    builds = Counter(
        {item.path: mark.args[0] for item in items if (mark := item.get_closest_marker("builds"))}
    )
    items.sort(key=lambda item: -builds[item.path])
