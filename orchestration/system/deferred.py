"""Modules that a library imports and this program hardly ever needs, loaded when they are asked."""

import contextlib
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from orchestration.system.collector import collector_paused


class Deferred(ModuleType):
    """Stands for a module until somebody asks for one of its names."""

    def __getattr__(self, name: str) -> Any:
        # who merely looks through all modules asks for names like these
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextlib.contextmanager
def imported_later(*names: str) -> Iterator[None]:
    """Let what is imported in the block do without these modules until it uses them.

    Spares Python's collector what is imported, too: it all stays. A submodule is named with its
    package (`scipy.stats`), which is imported.
    """
    placed = {name: Deferred(name) for name in names if name not in sys.modules}
    for name, module in placed.items():
        package, _, leaf = name.rpartition(".")
        sys.modules[name] = module
        if package:
            setattr(importlib.import_module(package), leaf, module)
    try:
        with collector_paused():
            yield
    finally:
        for name, module in placed.items():
            # who imports it from now on gets the module itself
            if sys.modules.get(name) is module:
                del sys.modules[name]
                package, _, leaf = name.rpartition(".")
                if package:
                    delattr(sys.modules[package], leaf)
