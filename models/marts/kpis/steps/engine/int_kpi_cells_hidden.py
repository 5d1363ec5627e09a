"""Which cells are hidden because a cell of few people would follow from them.

Of every sum in which one cell alone is hidden, a second is: the smallest. That may leave another
sum with one, and sums say together what none says alone, so all hidden cells of a KPI are then
solved for: they are the unknowns of a system of equations. What is the same in all its solutions
follows from what is shown, and more is hidden around it until nothing follows any more.
"""

import numpy
from scipy.sparse import csc_array, csr_array, identity
from scipy.sparse.linalg import splu

COLUMNS = "kpi_id, period_grain, period_start, slice_type, slice_value"


def model(dbt, session):
    sums = dbt.ref("int_kpi_sums_known")
    members = (
        sums.project(
            "sum_number, turn, kind, is_equation, is_whole, cell, can_be_hidden, is_of_few_people,"
            " dense_rank() over (order by kpi_id) as kpi"
        )
        .order("kpi, sum_number, turn")
        .fetchnumpy()
    )
    starts = numpy.flatnonzero(numpy.diff(members["kpi"])) + 1
    found = [
        hidden_beside({name: column[one] for name, column in members.items()})
        for one in numpy.split(numpy.arange(len(members["kpi"])), starts)
    ]
    hidden_cells = {"cell": numpy.concatenate(found)}  # noqa: F841 - read by name below
    return sums.query(
        "sums", f"select distinct {COLUMNS} from sums semi join hidden_cells using (cell)"
    )


def hidden_beside(members):
    """Return the cells of one KPI that are to be hidden beside those of few people.

    `members` has arrays with an item per sum and cell in it, in the order of the sums and, in each,
    in the order in which its cells may be hidden.
    """
    cells, first, cell = numpy.unique(members["cell"], return_index=True, return_inverse=True)
    _, number = numpy.unique(members["sum_number"], return_inverse=True)
    is_hidden = members["is_of_few_people"][first]
    may_be_hidden = members["can_be_hidden"][first]
    equation, is_whole = members["is_equation"], members["is_whole"]
    rows_of_kinds = [
        numpy.flatnonzero(members["kind"] == kind) for kind in numpy.unique(members["kind"])
    ]

    def hide_one_more(needs_one, parts_only=False):
        """Hide the next cell of every such sum, one kind after the other; say whether any was."""
        before = is_hidden.sum()
        for rows in rows_of_kinds:
            of_sum, its_cell = number[rows], cell[rows]
            open_to = needs_one(of_sum, its_cell) & ~is_hidden[its_cell] & may_be_hidden[its_cell]
            if parts_only:
                open_to &= ~is_whole[rows]
            candidates = numpy.flatnonzero(open_to)
            _, next_ones = numpy.unique(of_sum[candidates], return_index=True)
            is_hidden[its_cell[candidates[next_ones]]] = True
        return is_hidden.sum() > before

    def has_one_hidden(of_sum, its_cell):
        return numpy.bincount(of_sum, weights=is_hidden[its_cell])[of_sum] == 1

    def has_one_around(of_sum, its_cell):
        return numpy.bincount(of_sum, weights=around[its_cell])[of_sum] > 0

    of_few_people = is_hidden.copy()
    while True:
        while hide_one_more(has_one_hidden):
            pass
        around = that_follow(number[equation], cell[equation], is_hidden)
        if not around.any():
            return cells[is_hidden & ~of_few_people]
        while not (hide_one_more(has_one_around, parts_only=True) or hide_one_more(has_one_around)):
            wider = numpy.isin(number, number[around[cell]])
            if around[cell[wider]].all():
                return cells[is_hidden & ~of_few_people]
            around[cell[wider]] = True


def that_follow(number, cell, is_hidden):
    """Return which hidden cells have one value only that fits all sums, as an array of truths.

    A cell has more than one where something can be added to the hidden cells that changes no sum.
    Of a random change, that is what is left when its share in the sums is taken away.
    """
    follows = numpy.zeros(len(is_hidden), dtype=bool)
    unknown = is_hidden[cell]
    if not unknown.any():
        return follows
    columns = numpy.cumsum(is_hidden) - 1
    _, rows = numpy.unique(number[unknown], return_inverse=True)
    shape = (rows.max() + 1, is_hidden.sum())
    system = csr_array((numpy.ones(len(rows)), (rows, columns[cell[unknown]])), shape=shape)
    # some sums follow from others: a grain of salt makes the system one that can be solved
    squared = csc_array(system @ system.T + 1e-8 * identity(shape[0], format="csr"))
    solver = splu(squared, "MMD_AT_PLUS_A", 0.0, options={"SymmetricMode": True, "Equil": False})
    change = numpy.random.default_rng(0).standard_normal(shape[1])
    for _ in range(3):
        change = change - system.T @ solver.solve(system @ change)
    follows[is_hidden] = numpy.abs(change) < 1e-6
    return follows
