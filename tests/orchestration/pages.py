"""The pages about tables, whose queries must run."""

import re
from pathlib import Path

TABLE_PAGES = Path("docs/tables")
_QUERY = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)


def queries(page: Path) -> list[str]:
    """Return the SQL of a page, in its order."""
    return _QUERY.findall(page.read_text(encoding="utf-8"))
