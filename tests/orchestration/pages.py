"""The pages about tables and about tools that read them, whose queries must run."""

import re
import textwrap
from pathlib import Path

TABLE_PAGES = Path("docs/tables")
BI_PAGES = Path("docs/bi")
# where a page stands whose queries an edition must answer
ASKED = (TABLE_PAGES, BI_PAGES)


def queries(page: Path) -> list[str]:
    """Return the SQL of a page, in its order."""
    return blocks(page, "sql")


def blocks(page: Path, language: str) -> list[str]:
    """Return the code of a page in a language, in its order, without what a list indents it by."""
    found = re.compile(rf"^( *)```{language}\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
    text = page.read_text(encoding="utf-8")
    return [textwrap.dedent(code) for _, code in found.findall(text)]
