"""The learned model of polarity of each month: a regression on words, kept as its coefficients.

Each version learns from the texts whose writers scored, too, and whose text and score are both from
before the month that it is for; it labels the texts of that month that have no score. Texts with
the same words are one row with a weight. A word is learned where enough people wrote it: of one
person alone it would name somebody rather than a reason. Quality is cross-validated: the same words
never stand on both sides. What is returned is text and numbers: nothing is ever unpickled.
"""

import hashlib

import numpy
import pyarrow

# of numbers that are published and hashed: beyond, the order of summing would show
DECIMALS = 6
POLARITIES = ("negative", "neutral", "positive")
FOLDS = 3
# more words are hardly better, and more to keep
MOST_TERMS = 2000
# inverse strength of the regularisation, as it did best on texts that it had not seen
# (tests/orchestration/verbatims/results.md)
INVERSE_STRENGTH = 3.0
STRONGEST = 12
LIST, NUMBERS = pyarrow.list_(pyarrow.string()), pyarrow.list_(pyarrow.float64())
COLUMNS = pyarrow.schema(
    [
        ("model_version", pyarrow.string()),
        ("labels_from", pyarrow.date32()),
        ("state", pyarrow.string()),
        ("learned_from", pyarrow.date32()),
        ("learned_until", pyarrow.date32()),
        *((f"{name}_texts", pyarrow.int64()) for name in ("training", *POLARITIES)),
        ("distinct_texts", pyarrow.int64()),
        *(
            (f"{who}_{measure}", pyarrow.float64())
            for who in ("learned", "lexicon", "majority")
            for measure in ("accuracy", "macro_f1")
        ),
        ("labelled_share", pyarrow.float64()),
        ("labelled_accuracy", pyarrow.float64()),
        *((f"strongest_{name}", LIST) for name in POLARITIES),
        ("terms", LIST),
        ("rarity", NUMBERS),
        *((f"{name}_weights", NUMBERS) for name in POLARITIES),
        *((f"{name}_intercept", pyarrow.float64()) for name in POLARITIES),
        ("input_digest", pyarrow.string()),
        ("fingerprint", pyarrow.string()),
    ]
)
CELLS = """
    with scored_texts as (
        select
            cast(date_trunc('month', greatest(written_date, scored_date)) as date) as month,
            array_to_string(terms, chr(10)) as words,
            terms,
            score_polarity,
            lexicon_balance,
            -- somebody unknown is somebody else each time
            coalesce(customer_id, 'text ' || verbatim_id) as writer
        from texts
        where is_in_scope and score_polarity is not null and len(terms) > 0
    ),
    scored as (
        select
            month,
            words,
            terms,
            score_polarity,
            count(*) as texts,
            min(lexicon_balance) as lexicon_balance,
            md5(string_agg(distinct writer, chr(10) order by writer)) as writers
        from scored_texts
        group by month, words, terms, score_polarity
    ),
    cells as (
        select *, row_number() over (order by month, words, score_polarity) - 1 as cell from scored
    )
"""


def cells_query():
    """Return the query of the cells that the versions learn from, of the view `texts`."""
    return f"""
        {CELLS}
        select month, words, score_polarity, texts, lexicon_balance, writers
        from cells
        order by cell
    """


def pairs_query():
    """Return the query of the words of each cell, by their places in the vocabulary."""
    return f"""
        {CELLS},
        pairs as (select cell, unnest(terms) as term from cells)
        select pairs.cell, vocabulary.place
        from pairs inner join vocabulary using (term)
        order by cell, place
    """


def vocabulary_query(fewest):
    """Return the query of the words that `fewest` people wrote at all, in alphabetical order."""
    return f"""
        {CELLS},
        pairs as (select writer, unnest(terms) as term from scored_texts)
        select term, row_number() over (order by term) - 1 as place
        from pairs
        group by term
        having count(distinct writer) >= {fewest}
        order by place
    """


def writers_query():
    """Return the query of who wrote each word of the vocabulary in which month, by numbers."""
    return f"""
        {CELLS},
        people as (
            select writer, row_number() over (order by writer) - 1 as number
            from (select distinct writer from scored_texts)
        ),
        pairs as (select distinct month, writer, unnest(terms) as term from scored_texts)
        select pairs.month, vocabulary.place, people.number as writer
        from pairs inner join vocabulary using (term) inner join people using (writer)
    """


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="model_version",
        on_schema_change="fail",
    )
    texts = dbt.ref("int_verbatims_redacted")
    names = ("text_minimum_scored", "text_minimum_documents", "text_training_limit")
    parameters = dict(
        dbt.ref("parameters")
        .filter(f"parameter in {(*names, 'polarity_confidence')}")
        .project("parameter, cast(value as double)")
        .fetchall()
    )
    known = {}
    if dbt.is_incremental:
        before = session.sql(f"select model_version, input_digest from {dbt.this}")
        known = dict(before.fetchall())
    months = texts.query(
        "texts", "select distinct cast(date_trunc('month', written_date) as date) from texts"
    )
    cells = texts.query("texts", cells_query()).fetchnumpy()
    due = to_learn(sorted(month for (month,) in months.fetchall()), cells, parameters, known)
    if not due:
        return pyarrow.Table.from_pylist([], schema=COLUMNS)
    fewest = parameters["text_minimum_documents"]
    vocabulary = texts.query("texts", vocabulary_query(fewest)).to_arrow_table()
    session.register("vocabulary", vocabulary)
    words = Words(
        vocabulary["term"].to_numpy(zero_copy_only=False),
        texts.query("texts", pairs_query()).fetchnumpy(),
        texts.query("texts", writers_query()).fetchnumpy(),
    )
    session.unregister("vocabulary")
    return pyarrow.Table.from_pylist(versions(due, cells, words, parameters), schema=COLUMNS)


def to_learn(months, cells, parameters, known):
    """Return (month, numbers of the cells, what is said of it) of each version to be learned.

    Those of `months` whose digest of what they learn from is not the `known` one of that version.
    `cells` has arrays with an item per month, words (apart by line ends) and polarity of the score:
    how many `texts`, and the `lexicon_balance` of their words.
    """
    found = []
    digests = digests_by_month(cells)
    for month in months:
        rows = window(cells, month, parameters["text_training_limit"])
        learned = numpy.unique(cells["month"][rows])
        digest = hashlib.sha256("".join(digests[when] for when in learned).encode()).hexdigest()
        about = {
            "model_version": f"words-{as_date(month).isoformat()[:7]}",
            "labels_from": as_date(month),
            "learned_from": as_date(learned[0]) if len(learned) else None,
            "learned_until": as_date(learned[-1]) if len(learned) else None,
            "input_digest": digest,
        }
        if known.get(about["model_version"]) != digest:
            found.append((month, rows, about))
    return found


def versions(due, cells, words, parameters):
    """Return the row of each version that is `due`, as dictionaries by the names of COLUMNS."""
    return [about | version(Texts(cells, words, rows), parameters) for _, rows, about in due]


def digests_by_month(cells):
    """Return, by month, a digest of its cells."""
    found = {}
    for month in numpy.unique(cells["month"]):
        its = cells["month"] == month
        names = ("words", "score_polarity", "texts", "writers")
        columns = (cells[name][its].tolist() for name in names)
        listed = list(zip(*columns, strict=True))
        found[month] = hashlib.sha256(repr(listed).encode()).hexdigest()
    return found


def window(cells, month, limit):
    """Return the numbers of the cells of whole months before `month`, the newest, `limit` texts."""
    months, which = numpy.unique(cells["month"], return_inverse=True)
    if not len(months):
        return numpy.array([], dtype=int)
    is_before = months < numpy.datetime64(month)
    texts = numpy.bincount(which, weights=cells["texts"], minlength=len(months)) * is_before
    newer = texts[::-1].cumsum()[::-1] - texts
    return numpy.flatnonzero((is_before & (newer < limit))[which])


class Words:
    """The vocabulary (`terms`), in which cells its words stand, and who wrote them.

    `pairs` has an item per cell and word: the `cell`'s number, and the word's `place` in `terms`;
    `writers` one per `month`, word and person: `place` and the `writer`'s number.
    """

    def __init__(self, terms, pairs, writers):
        self.terms, self.pairs, self.writers = terms, pairs, writers

    def people(self, months):
        """Return how many people wrote each word in these months, each counted once."""
        its = numpy.isin(self.writers["month"], months)
        number = self.writers["writer"].max(initial=0) + 1
        both = numpy.unique(self.writers["place"][its] * number + self.writers["writer"][its])
        return numpy.bincount(both // number, minlength=len(self.terms))


class Texts:
    """The texts that a version learns from: a row per distinct words and polarity, with a weight.

    `matrix` says which term stands in which row, `polarity` is the place in POLARITIES, `fold` the
    part of the cross-validation: the same words are always in one, and `people` how many wrote each
    term in all of them.
    """

    def __init__(self, cells, words, rows):
        # imported here: the only step that needs it
        from scipy.sparse import csr_array

        self.people = words.people(numpy.unique(cells["month"][rows]))
        listed = cells["words"][rows].astype(str)
        polarity = numpy.searchsorted(POLARITIES, cells["score_polarity"][rows].astype(str))
        # the same words come again from month to month
        unique, which = numpy.unique(listed, return_inverse=True)
        _, first, place = numpy.unique(
            which * len(POLARITIES) + polarity, return_index=True, return_inverse=True
        )
        texts = cells["texts"][rows]
        rows, self.polarity = rows[first], polarity[first]
        self.weight = numpy.bincount(place, weights=texts, minlength=len(first)).astype(float)
        self.balance = cells["lexicon_balance"][rows]
        self.distinct = len(unique)
        self.fold = numpy.array([fold_of(text) for text in unique], dtype=int)[which[first]]
        row_of_cell = numpy.full(len(cells["texts"]), -1)
        row_of_cell[rows] = numpy.arange(len(rows))
        its_rows = row_of_cell[words.pairs["cell"]]
        is_ours = its_rows >= 0
        self.terms = words.terms
        self.matrix = csr_array(
            (numpy.ones(is_ours.sum()), (its_rows[is_ours], words.pairs["place"][is_ours])),
            shape=(len(rows), len(self.terms)),
        )

    def documents(self, rows, fewest):
        """Return in how many texts of `rows` each term stands; none where few people wrote it."""
        return (self.matrix[rows].T @ self.weight[rows]) * (self.people >= fewest)


def fold_of(words):
    return int(hashlib.sha256(words.encode()).hexdigest(), 16) % FOLDS


def version(texts, parameters):
    """Return the columns of one version that follow from its texts."""
    of_polarity = numpy.bincount(texts.polarity, weights=texts.weight, minlength=len(POLARITIES))
    total = int(texts.weight.sum())
    about = {
        "state": "not_enough_data",
        "training_texts": total,
        "distinct_texts": texts.distinct,
        **{f"{name}_texts": int(of_polarity[at]) for at, name in enumerate(POLARITIES)},
    }
    folds = [len(numpy.unique(texts.fold[texts.polarity == at])) for at in range(len(POLARITIES))]
    fewest = parameters["text_minimum_documents"]
    if (
        total < parameters["text_minimum_scored"]
        or of_polarity.min() < fewest
        or min(folds) < FOLDS
    ):
        return about
    # a language without spaces has no word that comes again
    learned_of = [texts.fold != fold for fold in range(FOLDS)]
    most = min(texts.documents(rows, fewest).max(initial=0) for rows in learned_of)
    if most < fewest:
        return about
    about |= quality(texts, parameters)
    learned = fitted(texts, numpy.ones(len(texts.weight), dtype=bool), fewest)
    about |= as_columns(texts.terms, learned)
    beaten = max(about["lexicon_macro_f1"], about["majority_macro_f1"])
    about["state"] = "in_force" if about["learned_macro_f1"] > beaten else "no_better"
    about["fingerprint"] = hashlib.sha256(repr(sorted(about.items())).encode()).hexdigest()
    return about


def fitted(texts, rows, fewest):
    """Return places of the terms, how rare each is, weights and intercepts, learned from `rows`.

    A term that stands in fewer than `fewest` texts, or that fewer people wrote, is left out: it
    would name a person rather than a reason.
    """
    from sklearn.linear_model import LogisticRegression

    matrix, weight = texts.matrix[rows], texts.weight[rows]
    documents = texts.documents(rows, fewest)
    # the most frequent, in the alphabet's order where they are alike
    frequent = numpy.argsort(-documents, kind="stable")[:MOST_TERMS]
    places = numpy.sort(frequent[documents[frequent] >= fewest])
    rarity = (numpy.log((1 + weight.sum()) / (1 + documents[places])) + 1).round(DECIMALS)
    learner = LogisticRegression(C=INVERSE_STRENGTH, solver="newton-cg", tol=1e-4, max_iter=100)
    learner.fit(weighed(matrix, places, rarity), texts.polarity[rows], sample_weight=weight)
    return (
        places,
        rarity,
        learner.coef_.round(DECIMALS),
        learner.intercept_.round(DECIMALS),
    )


def weighed(matrix, places, rarity):
    """Return the terms of each row times their rarity, every row of length 1."""
    from scipy.sparse import diags_array

    values = matrix[:, places] @ diags_array(rarity)
    length = numpy.sqrt((values * values).sum(axis=1))
    return (diags_array(1 / numpy.where(length > 0, length, 1)) @ values).tocsr()


def probabilities(matrix, learned):
    """Return the probability of each polarity, a row per row of `matrix`."""
    places, rarity, weights, intercepts = learned
    odds = weighed(matrix, places, rarity) @ weights.T + intercepts
    odds = numpy.exp(odds - odds.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def quality(texts, parameters):
    """Return how well texts are labelled by what was learned from the other folds."""
    chance = numpy.zeros((len(texts.weight), len(POLARITIES)))
    majority = numpy.zeros(len(texts.weight), dtype=int)
    for fold in range(FOLDS):
        held = texts.fold == fold
        learned = fitted(texts, ~held, parameters["text_minimum_documents"])
        chance[held] = probabilities(texts.matrix[held], learned)
        counts = numpy.bincount(texts.polarity[~held], weights=texts.weight[~held])
        majority[held] = counts.argmax()
    found = {}
    for who, labels in (
        ("learned", chance.argmax(axis=1)),
        ("lexicon", numpy.sign(texts.balance) + 1),
        ("majority", majority),
    ):
        accuracy, macro_f1 = accuracy_and_f1(texts.polarity, labels, texts.weight)
        found |= {f"{who}_accuracy": accuracy, f"{who}_macro_f1": macro_f1}
    sure = chance.max(axis=1) >= parameters["polarity_confidence"]
    right = chance.argmax(axis=1) == texts.polarity
    labelled = texts.weight[sure].sum()
    found["labelled_share"] = rounded(labelled / texts.weight.sum())
    found["labelled_accuracy"] = (
        rounded(texts.weight[sure & right].sum() / labelled) if labelled else None
    )
    return found


def accuracy_and_f1(truth, labels, weight):
    """Return the share of right labels, and the mean of F1 over the polarities."""
    right = truth == labels
    scores = []
    for at in range(len(POLARITIES)):
        both = weight[right & (truth == at)].sum()
        either = weight[truth == at].sum() + weight[labels == at].sum()
        scores.append(2 * both / either if either else 0.0)
    return rounded(weight[right].sum() / weight.sum()), rounded(numpy.mean(scores))


def as_columns(terms, learned):
    places, rarity, weights, intercepts = learned
    names = terms[places].astype(str)
    found = {"terms": names.tolist(), "rarity": rarity.tolist()}
    for at, polarity in enumerate(POLARITIES):
        found[f"{polarity}_weights"] = weights[at].tolist()
        found[f"{polarity}_intercept"] = float(intercepts[at])
        strongest = numpy.argsort(-weights[at], kind="stable")[:STRONGEST]
        found[f"strongest_{polarity}"] = names[strongest].tolist()
    return found


def rounded(number):
    return round(float(number), DECIMALS)


def as_date(month):
    return numpy.datetime64(month, "D").item()
