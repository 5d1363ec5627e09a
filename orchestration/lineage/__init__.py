"""Column lineage, both ways: which raw columns a KPI is made from, and what a column becomes."""

from orchestration.lineage.graph import Column, Graph, Table, Use, Uses
from orchestration.lineage.kept import lineage_of, load_lineage
from orchestration.lineage.kpis import Kpi, KpiUse, Lineage, RawColumn
from orchestration.lineage.picture import Arrow, Box, Picture, picture
from orchestration.lineage.svg import as_svg

__all__ = [
    "Arrow",
    "Box",
    "Column",
    "Graph",
    "Kpi",
    "KpiUse",
    "Lineage",
    "Picture",
    "RawColumn",
    "Table",
    "Use",
    "Uses",
    "as_svg",
    "lineage_of",
    "load_lineage",
    "picture",
]
