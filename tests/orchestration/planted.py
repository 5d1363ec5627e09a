"""What a demonstration world's truth file counts of the decision that worked."""

from typing import Any


def returns_avoided(planted: dict[str, Any]) -> float:
    """Return by how much fewer of the contacts that its team handled came back, beyond its control.

    `planted` is the part of that name of the truth file. A share of contacts, as the world counts
    them; the KPI is of issues, and near it.
    """
    share = {
        (row["team"], row["is_after"]): row["came_back"] / row["handled"]
        for row in planted["decision"]["counts"]
    }
    effective = planted["decision"]["effective"]
    team, control = effective["team"], effective["control_team"]
    return (share[team, False] - share[team, True]) - (share[control, False] - share[control, True])
