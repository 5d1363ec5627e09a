"""All that the portal's pages are made of: the edition's rows, the project, and its lineage."""

from dataclasses import dataclass

from orchestration.lineage import Lineage
from orchestration.site.edition import Content
from orchestration.site.project import Project


@dataclass(frozen=True)
class Material:
    content: Content
    project: Project
    lineage: Lineage
