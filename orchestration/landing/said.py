"""What is said in YAML, read as the texts that were written, and checked part by part."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from orchestration.system.errors import UsageError

# every scalar stays a text: 01, oui and 12,5 mean nothing to YAML
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_said(path: Path) -> Any:
    """Return the content of a file; `UsageError` when it is not YAML, or cannot be read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), LOADER)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"{path}: not readable as YAML: {reason}") from error


def parts(value: Any, known: tuple[str, ...], where: Any) -> dict[str, Any]:
    """Return a mapping of which every part is known; `UsageError` says where another stands."""
    if not isinstance(value, Mapping):
        raise UsageError(f"{where}: expected lines such as `{known[0]}: …`.")
    unknown = sorted(str(key) for key in set(value) - set(known))
    if unknown:
        raise UsageError(f"{where}: unknown {', '.join(unknown)}; known are {', '.join(known)}.")
    return dict(value)
