"""From an edition to its folder of pages."""

import os
import shutil
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.bi.contracts import contract_files
from orchestration.gate.asked import Results
from orchestration.lineage import Lineage
from orchestration.site.edition import Content, Row, read
from orchestration.site.material import Material
from orchestration.site.portal import portal_pages
from orchestration.site.project import project_of
from orchestration.site.reference import ADDRESS
from orchestration.site.roles import agent_pages, role_pages
from orchestration.system.files import copy_file
from orchestration.system.language import language
from orchestration.warehouse.run_context import BUSINESS_ZONE

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def write_site(
    database: Path,
    record: Row,
    manifest: "Manifest",
    lineage: Lineage,
    results: Results | None,
    site: Path,
    agents: Path,
    reference: Path | None = None,
) -> int:
    """Write the pages of the edition in `database` to `site`, those of agents to `agents`.

    `record` is what edition.json says of it, `results` what became of its tests.
    Pages begin in the language of whoever writes them; a reader's own choice is kept. Returns how
    many pages there are. `reference` is what dbt wrote of the project, where somebody had it made.
    """
    # nothing of an attempt that was interrupted
    for folder in (site, agents):
        shutil.rmtree(folder, ignore_errors=True)
    content = read(database)
    frame = _frame(content, record) | {"reference": ADDRESS if reference else None}
    material = Material(content, project_of(manifest), lineage, results)
    portal = portal_pages(material, record, frame)
    pages = chain(role_pages(content, frame), portal)
    count = _write(site, pages) + _write(agents, agent_pages(content, frame))
    if reference:
        copy_file(reference, site / ADDRESS)
    _write(site, contract_files(manifest, _types(content)))
    # hundreds of small files: asked for together, before the edition's record says that it is whole
    os.sync()
    return count


def _types(content: Content) -> dict[tuple[str, str], dict[str, str]]:
    """Return the type of each column of the edition, by table."""
    return {
        table: {column["name"]: column["data_type"] for column in columns}
        for table, columns in content.columns.items()
    }


def _frame(content: Content, record: Row) -> Row:
    """Return what every page says of its edition."""
    published_at = datetime.fromisoformat(record["published_at"])
    return {
        "edition": record["edition"],
        "published_at": published_at.astimezone(BUSINESS_ZONE),
        "as_of": content.rows["as_of"][0]["as_of"],
        "language": language(),
        "labels": content.labels,
    }


def _write(folder: Path, pages: Iterable[tuple[str, str]]) -> int:
    count = 0
    for address, page in pages:
        path = folder / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
        count += 1
    return count
