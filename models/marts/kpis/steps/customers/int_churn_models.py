"""The learned model of each monthly scoring: a logistic regression, kept as its coefficients.

Each version learns from the scorings whose 90 days were over on the day that it is for, and from
nothing later: the split is one of calendar time. Scored customers with the same signs are one row
with a weight, so that the work does not grow with the customers. The newest of the scorings that
it may learn from is set aside to calibrate the probabilities (Platt), the others give the
coefficients. What is returned is text and numbers: nothing is ever unpickled.

Incremental by version: one whose scorings are what they were when it learned is left as it stands.
"""

import hashlib

import numpy
import pyarrow

# of numbers that are published and hashed: beyond, the order of summing would show
DECIMALS = 6
INTERCEPT = "(intercept)"
SLOPE, SHIFT = "(calibration slope)", "(calibration intercept)"
COLUMNS = pyarrow.schema(
    [
        ("model_version", pyarrow.string()),
        ("scored_from", pyarrow.date32()),
        ("state", pyarrow.string()),
        ("trained_from", pyarrow.date32()),
        ("trained_until", pyarrow.date32()),
        ("training_customers", pyarrow.int64()),
        ("training_churners", pyarrow.int64()),
        ("term", pyarrow.string()),
        ("coefficient", pyarrow.float64()),
        ("mean", pyarrow.float64()),
        ("scale", pyarrow.float64()),
        ("fingerprint", pyarrow.string()),
        ("training_fingerprint", pyarrow.string()),
    ]
)


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="model_version",
        on_schema_change="fail",
    )
    triggers = dbt.ref("churn_triggers")
    signs = [name for (name,) in triggers.project("trigger").order("trigger").fetchall()]
    cells = (
        dbt.ref("int_churn_features")
        .query(
            "features",
            f"""
            select scored_date, label_date, {", ".join(signs)},
                count(has_churned) as customers,
                coalesce(sum(cast(has_churned as integer)), 0) as churners
            from features
            where is_monthly
            group by all
            order by all
            """,
        )
        .fetchnumpy()
    )
    parameters = dbt.ref("parameters").filter("parameter = 'minimum_sample'")
    [(fewest,)] = parameters.project("cast(value as integer)").fetchall()
    standing = set()
    if dbt.is_incremental:
        learned = session.table(str(dbt.this))
        standing = set(learned.project("model_version, training_fingerprint").fetchall())
    return pyarrow.Table.from_pylist(versions(cells, signs, fewest, standing), schema=COLUMNS)


def versions(cells, signs, fewest, standing=frozenset()):
    """Return one row per version and term, as dictionaries by the names of COLUMNS.

    `cells` has arrays with an item per scoring and combination of signs: `scored_date`,
    `label_date` (when its departures are known), each sign, `customers` whose departure is known,
    and how many of them were `churners`. With fewer than `fewest` of these to learn from, or to
    calibrate on, nothing is learned. A version that is in `standing` (name and fingerprint of what
    it learned from) is left out.
    """
    found = []
    for day in numpy.unique(cells["scored_date"]):
        known = (cells["label_date"] <= day) & (cells["customers"] > 0)
        its_cells = {name: column[known] for name, column in cells.items()}
        training_fingerprint = digest(its_cells, signs, fewest)
        if (name_of(day), training_fingerprint) not in standing:
            rows = version(day, its_cells, signs, fewest)
            found += [row | {"training_fingerprint": training_fingerprint} for row in rows]
    return found


def version(day, cells, signs, fewest):
    """Return the rows of the version that scores from `day` on; one row where it cannot learn."""
    days = numpy.unique(cells["scored_date"])
    is_last = cells["scored_date"] == (days[-1] if len(days) else day)
    learned_of = int(cells["churners"][~is_last].sum())
    calibrated_on = int(cells["churners"][is_last].sum())
    rows = {
        "model_version": name_of(day),
        "scored_from": as_date(day),
        "trained_from": as_date(days[0]) if len(days) else None,
        "trained_until": as_date(days[-1]) if len(days) else None,
        "training_customers": int(cells["customers"].sum()),
        "training_churners": learned_of + calibrated_on,
    }
    if min(learned_of, calibrated_on) < fewest:
        nothing = {"term": INTERCEPT, "coefficient": None, "mean": None, "scale": None}
        return [rows | nothing | {"state": "not_enough_data", "fingerprint": None}]
    terms = fitted(cells, is_last, signs)
    fingerprint = hashlib.sha256(repr((rows, terms)).encode()).hexdigest()
    return [
        rows
        | {"term": term, "coefficient": coefficient, "mean": mean, "scale": scale}
        | {"state": "trained", "fingerprint": fingerprint}
        for term, (coefficient, mean, scale) in terms.items()
    ]


def fitted(cells, is_last, signs):
    """Return coefficient, mean and scale by term, rounded; the signs are standardised."""
    values = numpy.column_stack([cells[sign].astype(float) for sign in signs])
    mean = numpy.average(values[~is_last], axis=0, weights=cells["customers"][~is_last])
    spread = (values[~is_last] - mean) ** 2
    scale = numpy.sqrt(numpy.average(spread, axis=0, weights=cells["customers"][~is_last]))
    mean, scale = mean.round(DECIMALS), scale.round(DECIMALS)
    # a sign that nobody has, or everybody, weighs nothing
    scale[scale == 0] = 1.0
    standard = (values - mean) / scale
    weights, intercept = regression(standard[~is_last], of_part(cells, ~is_last))
    logit = standard[is_last] @ weights + intercept
    [slope], shift = regression(logit[:, None], of_part(cells, is_last))
    terms = {INTERCEPT: (intercept, None, None), SLOPE: (slope, None, None)}
    terms |= {SHIFT: (shift, None, None)}
    terms |= {
        sign: (float(weight), float(its_mean), float(its_scale))
        for sign, weight, its_mean, its_scale in zip(signs, weights, mean, scale, strict=True)
    }
    return terms


def regression(values, counts):
    """Return weights and intercept of a logistic regression on rows with counts, rounded.

    `counts` are the customers of each row who left and who stayed.
    """
    # imported here: the only step that needs it
    from sklearn.linear_model import LogisticRegression

    churned, stayed = counts
    learner = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-10, max_iter=200)
    learner.fit(
        numpy.concatenate([values, values]),
        numpy.repeat([1, 0], len(values)),
        sample_weight=numpy.concatenate([churned, stayed]),
    )
    return learner.coef_[0].round(DECIMALS), round(float(learner.intercept_[0]), DECIMALS)


def of_part(cells, part):
    churners = cells["churners"][part].astype(float)
    return churners, cells["customers"][part].astype(float) - churners


def as_date(day):
    return day.astype("datetime64[D]").item()


def name_of(day):
    return f"logistic-{as_date(day).isoformat()}"


def digest(cells, signs, fewest):
    """Return the SHA-256 of what a version learns from, whatever the order of the cells."""
    columns = numpy.column_stack([column.astype("int64") for column in cells.values()])
    ordered = columns[numpy.lexsort(columns.T)]
    return hashlib.sha256(repr((signs, fewest)).encode() + ordered.tobytes()).hexdigest()
