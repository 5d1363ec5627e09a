"""How many live contacts each half-hour of the next two weeks brings, and how well that is known.

A forecast is a product: the contacts of a usual week, times the share of the week that falls into
the half-hour, times what a holiday leaves of a day. Four methods find these three; two of them are
the seasonal naive ones, which the others must beat. Each is tried on past fortnights, from what
came before them alone, and what was wrong with it then gives the intervals. All slices are worked
on at once, in arrays by slice, day and half-hour of the local day. What is returned is numbers.
"""

import hashlib

import numpy
import pyarrow
from scipy.special import betainc, gammaincc, ndtri

HALF_HOURS, WEEK, FORTNIGHT, YEAR = 48, 7, 14, 364
# fortnights begin on every second Monday from this one: in every run the same
A_MONDAY = numpy.datetime64("1970-01-05")
# seasonal naive: the mean of so many weeks, as they were
NAIVE = {"last_week": 1, "mean_of_weeks": 4}
# usual week: days after which a day weighs half in its level
USUAL = {"usual_week": 28.0, "usual_week_fast": 7.0}
METHODS = (*NAIVE, *USUAL)
# days without news of contacts, after which nothing is said of the days to come
OUT_OF_DATE = 7
# days without a contact, after which a queue or channel has none
QUIET = 28
# a half-hour is open with at least this part of what the busiest of the week expects
OPEN = 0.01
# what is left of a holiday counts as seen this often: as usual in total, as in total in a slice
HOLIDAY_PRIOR, SLICE_PRIOR = 5.0, 20.0
# of so many contacts expected none comes by chance one time in twenty
SURELY_SOME = 3.0
# of numbers that are published and hashed: beyond, the order of summing would show
DECIMALS = 6
PARAMETERS = ("forecast_trials", "forecast_training_weeks", "forecast_minimum_weeks")
PARAMETERS += ("forecast_interval", "handle_time_weeks", "minimum_sample")
COLUMNS = pyarrow.schema(
    [
        ("slice_type", pyarrow.string()),
        ("slice_value", pyarrow.string()),
        ("period_grain", pyarrow.string()),
        ("starts_on", pyarrow.date32()),
        ("half_hour", pyarrow.int64()),
        ("state", pyarrow.string()),
        ("method", pyarrow.string()),
        ("is_in_force", pyarrow.bool_()),
        ("trained_from", pyarrow.date32()),
        ("trained_until", pyarrow.date32()),
        ("weekly_contacts", pyarrow.float64()),
        ("week_share", pyarrow.float64()),
        ("day_factor", pyarrow.float64()),
        ("dispersion", pyarrow.float64()),
        ("contacts_expected", pyarrow.float64()),
        ("contacts_low", pyarrow.int64()),
        ("contacts_high", pyarrow.int64()),
        ("agent_seconds_per_contact", pyarrow.float64()),
        ("agent_seconds_low", pyarrow.float64()),
        ("agent_seconds_high", pyarrow.float64()),
        ("fingerprint", pyarrow.string()),
        ("fortnights", pyarrow.int64()),
        ("fortnights_won", pyarrow.int64()),
        ("half_hours", pyarrow.int64()),
        ("contacts", pyarrow.int64()),
        ("half_hour_wape", pyarrow.float64()),
        ("half_hour_rmse", pyarrow.float64()),
        ("day_wape", pyarrow.float64()),
        ("bias", pyarrow.float64()),
        ("half_hour_coverage", pyarrow.float64()),
        ("half_hour_calibration", pyarrow.float64()),
        ("day_coverage", pyarrow.float64()),
        ("day_calibration", pyarrow.float64()),
    ]
)


def model(dbt, session):
    return forecasts(*read(dbt))


def read(dbt):
    """Return what `forecasts` takes, from the models and seeds before it."""
    # a slice is its number in the list: the total, then the others by name
    order = "slice_type <> 'total', slice_type, slice_value"
    offered = dbt.ref("int_offered_half_hours")
    slices = offered.query(
        "offered", f"select distinct slice_type, slice_value from offered order by {order}"
    ).fetchall()
    half_hours = offered.query(
        "offered",
        "select * exclude (slice_type, slice_value), "
        f"dense_rank() over (order by {order}) - 1 as slice from offered",
    ).fetchnumpy()
    named = ", ".join(f"'{name}'" for name in PARAMETERS)
    parameters = dbt.ref("parameters").filter(f"parameter in ({named})")
    settings = dict(parameters.project("parameter, cast(value as double)").fetchall())
    return half_hours, slices, settings


def forecasts(half_hours, slices, settings):
    """Return a table of COLUMNS: trials by fortnight and method, then half-hours and days to come.

    `half_hours` has the columns of int_offered_half_hours as arrays, and in `slice` the position of
    its slice in `slices`, type and value, of which the total is the first; `settings` has the
    PARAMETERS.
    """
    if not slices:
        return COLUMNS.empty_table()
    known = gridded(half_hours, slices)
    trials = int(settings["forecast_trials"])
    starts = past_fortnights(known, 2 * trials)
    tried = {start: tried_on(known, start, settings) for start in starts}
    weeks = usual_weeks(known, known["first_unknown"], settings) if starts else {}
    age = int(settings["forecast_minimum_weeks"]) * WEEK
    rows, blocks = [], []
    for number in range(len(slices)):
        # of a slice that is too young for a trial nothing shows how well it would have gone
        its = [start for start in starts if known["first_day"][number] + age < start]
        # the older half only says what the newer was chosen by; its own choice lies further back
        oldest = trials if len(its) == 2 * trials else 0
        for position, start in enumerate(its[oldest:], start=oldest):
            before = its[max(position - trials, 0) : position]
            rows += scores(known, tried, number, start, before, settings)
        newest = its[-trials:]
        state = state_of(known, number, len(newest) >= trials)
        if state == "coming":
            method = in_force(tried, number, newest)
            model_of = learned(known, tried, number, newest, weeks[method], method, settings)
            rows += pooled(known, tried, number, newest, weeks, model_of)
            blocks += coming(known, number, weeks, model_of, settings)
        else:
            rows.append(named(known, number, known["coming"]) | {"state": state})
    tables = [pyarrow.Table.from_pylist(rows, schema=COLUMNS), *map(as_table, blocks)]
    return pyarrow.concat_tables(tables)


def state_of(known, number, is_tried):
    """Return whether the coming fortnight of a slice can be forecast, or why not."""
    recent = slice(max(known["first_unknown"] - QUIET, 0), known["first_unknown"])
    if not known["counts"][number].any():
        return "no_data"
    if known["coming"] - known["first_unknown"] > OUT_OF_DATE:
        return "out_of_date"
    if not known["counts"][number, recent].any():
        return "no_data"
    return "coming" if is_tried else "not_enough_data"


def gridded(half_hours, slices):
    """Return the half-hours as arrays by slice, day and half-hour of the local day.

    A day on which the clocks change has none or two of some half-hours: `there` counts them.
    """
    is_total = half_hours["slice"] == 0
    day = half_hours["business_date"].astype("datetime64[D]")
    first = day.min()
    count = int((day.max() - first).astype(int)) + 1
    cell = ((day - first).astype(int), half_hours["half_hour_of_day"].astype(int))

    def grid(values, shape, place):
        full = numpy.zeros(shape)
        numpy.add.at(full, place, values.astype(float))
        return full

    shape = (len(slices), count, HALF_HOURS)
    place = (half_hours["slice"], *cell)
    total = tuple(part[is_total] for part in cell)
    counts = grid(half_hours["first_attempts"], shape, place)
    there = grid(numpy.ones(is_total.sum()), shape[1:], total)
    timed = [
        grid(half_hours[name], shape, place).sum(axis=2)
        for name in ("contacts_timed", "agent_seconds", "agent_seconds_squared")
    ]
    is_known = grid(half_hours["is_known"][is_total], shape[1:], total).any(axis=1)
    by_day = counts.any(axis=2)
    instants = numpy.lexsort((half_hours["half_hour"][is_total], *total[::-1]))
    return {
        "slices": slices,
        "days": first + numpy.arange(count),
        "weekday": ((first - A_MONDAY).astype(int) + numpy.arange(count)) % WEEK,
        "is_holiday": grid(half_hours["is_holiday"][is_total], shape[1:], total).any(axis=1),
        "counts": counts,
        "there": there,
        "timed": numpy.array(timed),
        "first_unknown": int(is_known.sum()),
        "coming": count - FORTNIGHT,
        "first_day": numpy.where(by_day.any(axis=1), by_day.argmax(axis=1), count),
        # of each half-hour there is, in order: its number, its day and its place in the day
        "half_hour": half_hours["half_hour"][is_total][instants],
        "place": tuple(part[instants] for part in total),
    }


def past_fortnights(known, most):
    """Return the day numbers on which fortnights began that are over, at most so many, in order."""
    first, last = known["days"][0], known["days"][0] + known["first_unknown"]
    ends = (last - A_MONDAY).astype(int) // FORTNIGHT
    starts = (A_MONDAY - first).astype(int) + FORTNIGHT * numpy.arange(ends - most, ends)
    return [int(start) for start in starts if start > WEEK * max(NAIVE.values())]


def tried_on(known, start, settings):
    """Return what each method expected of the fortnight from day number `start` on, and what came.

    As in a real run the day before the fortnight is not yet over and not known.
    """
    days = numpy.arange(start, start + FORTNIGHT)
    came = known["counts"][:, days]
    weeks = usual_weeks(known, start - 1, settings)
    is_open = open_half_hours(weeks)[known["weekday"][days]] & (known["there"][days] > 0)
    is_open &= ~closed_days(known, weeks)[days, None]
    trained = {method: week["days"] for method, week in weeks.items()}
    return {"came": came, "is_open": is_open, "trained": trained} | {
        method: expected(week, known, days) for method, week in weeks.items()
    }


def usual_weeks(known, first_unknown, settings):
    """Return by method the week that it expects, by slice, weekday and half-hour, and its days.

    Days from number `first_unknown` on are not looked at.
    """
    found = {}
    slices = len(known["slices"])
    for method, weeks in NAIVE.items():
        days = numpy.arange(first_unknown - weeks * WEEK, first_unknown)
        summed, there = by_weekday(known, days, numpy.ones((slices, len(days))))
        rates = divided(summed, there)
        size = rates.sum(axis=(1, 2))
        found[method] = {"level": size, "shares": divided(rates, size[:, None, None])}
        found[method] |= {"left": numpy.ones(slices), "days": days}
    training = int(settings["forecast_training_weeks"]) * WEEK
    days = numpy.arange(max(first_unknown - training, 0), first_unknown)
    usual = usual_days(known, days)
    shares = week_shares(known, days, usual)
    left = left_on_holidays(known, first_unknown)
    for method, half_life in USUAL.items():
        level = weekly_contacts(known, days, usual, shares, half_life)
        found[method] = {"level": level, "shares": shares, "left": left, "days": days}
    return found


def divided(values, by):
    """Return the quotient, 0 where nothing is divided."""
    return numpy.divide(values, by, out=numpy.zeros(numpy.shape(values)), where=by > 0)


def by_weekday(known, days, weights):
    """Return contacts, and half-hours that there were, by slice, weekday and half-hour."""
    of_weekday = known["weekday"][days] == numpy.arange(WEEK)[:, None]
    counts, there = known["counts"][:, days], known["there"][days]
    summed, held = [], []
    for its in of_weekday:
        summed.append(numpy.einsum("sdh,sd->sh", counts[:, its], weights[:, its]))
        held.append(weights[:, its] @ there[its])
    return numpy.stack(summed, axis=1), numpy.stack(held, axis=1)


def usual_days(known, days):
    """Return 1 for the days of a slice to learn from, 0 for holidays, odd ones and before it began.

    A day is odd with less than a third, or more than three times, of what its weekday has in the
    median, where that is more than chance: a feed that failed, a service that was down.
    """
    totals = known["counts"][:, days].sum(axis=2)
    usual = (days >= known["first_day"][:, None]) & ~known["is_holiday"][days]
    for weekday in range(WEEK):
        its = known["weekday"][days] == weekday
        of_slices = numpy.where(usual[:, its], totals[:, its], numpy.nan)
        of_slices[~usual[:, its].any(axis=1)] = 0
        median = numpy.nanmedian(of_slices, axis=1, keepdims=True)
        is_far = abs(totals[:, its] - median) > 5 * numpy.sqrt(median + 1)
        is_odd = (totals[:, its] < median / 3) | (totals[:, its] > median * 3)
        usual[:, its] &= ~(is_far & is_odd)
    return usual.astype(float)


def week_shares(known, days, usual):
    """Return the share of a usual week that falls into each half-hour, by slice.

    A thin slice is drawn to the total, and the total to weekday times half-hour of the day,
    each as far as its distance from there is chance.
    """
    summed, there = by_weekday(known, days, usual)
    rates = divided(summed, there)
    size = summed.sum(axis=(1, 2))
    shares = divided(rates, rates.sum(axis=(1, 2))[:, None, None])
    apart = shares[:1].sum(axis=2, keepdims=True) * shares[:1].sum(axis=1, keepdims=True)
    # never where the service is closed
    apart = apart * (shares[:1] > 0)
    apart = divided(apart, apart.sum(axis=(1, 2))[:, None, None])
    total = drawn(shares[:1], apart, size[:1])
    return numpy.concatenate([total, drawn(shares[1:], total, size[1:])])


def drawn(shares, prior, size):
    """Return shares of `size` contacts, drawn to a prior as if that were as many contacts more.

    As many as a Dirichlet distribution around the prior has when it scatters as the shares do
    beyond the chance of counting (moment of chi squared).
    """
    prior = numpy.broadcast_to(prior, shares.shape)
    cells = (prior > 0).sum(axis=(1, 2))
    scatter = size * divided((shares - prior) ** 2, prior).sum(axis=(1, 2))
    excess = numpy.maximum(divided(scatter, cells - 1.0) - 1, 1e-6)
    weight = (numpy.maximum(size, 1) / excess)[:, None, None]
    return (size[:, None, None] * shares + weight * prior) / (size[:, None, None] + weight)


def weekly_contacts(known, days, usual, shares, half_life):
    """Return the contacts of a usual week by slice; a day weighs half after `half_life` days."""
    weight = usual * 0.5 ** ((days[-1] - days) / half_life)
    held = numpy.einsum("sdh,dh->sd", shares[:, known["weekday"][days]], known["there"][days])
    came = known["counts"][:, days].sum(axis=2)
    return divided((weight * came).sum(axis=1), (weight * held).sum(axis=1))


def left_on_holidays(known, first_unknown):
    """Return what a holiday of the last year left of its weekday one and two weeks beside it.

    Nothing, where nobody came on any although some would have by chance: the service is closed.
    """
    totals = known["counts"].sum(axis=2)
    came, usual = numpy.zeros(len(totals)), numpy.zeros(len(totals))
    holidays = numpy.flatnonzero(known["is_holiday"][:first_unknown])
    for day in holidays[holidays >= first_unknown - YEAR]:
        beside = day + numpy.array([-2, -1, 1, 2]) * WEEK
        beside = beside[(beside >= 0) & (beside < first_unknown)]
        beside = beside[~known["is_holiday"][beside]]
        if len(beside):
            came += totals[:, day]
            usual += totals[:, beside].mean(axis=1)
    if usual[0] >= SURELY_SOME and not came[0]:
        return numpy.zeros(len(totals))
    of_all = (came[0] + HOLIDAY_PRIOR) / (usual[0] + HOLIDAY_PRIOR)
    return (came + SLICE_PRIOR * of_all) / (usual + SLICE_PRIOR)


def open_half_hours(weeks):
    """Return by weekday and half-hour whether enough contacts come, of all slices together."""
    shares = weeks["usual_week"]["shares"][0]
    return (shares > 0) & (shares >= OPEN * shares.max())


def closed_days(known, weeks):
    """Return the days that are closed to everybody: holidays that leave nothing."""
    return known["is_holiday"] & (weeks["usual_week"]["left"][0] < OPEN)


def factors(week, known, days):
    """Return what is left of each day, by slice."""
    return numpy.where(known["is_holiday"][days], week["left"][:, None], 1.0)


def expected(week, known, days):
    """Return the contacts expected by slice, day and half-hour of the day."""
    rates = week["level"][:, None, None] * week["shares"][:, known["weekday"][days]]
    return rates * factors(week, known, days)[:, :, None] * known["there"][days]


def scores(known, tried, number, start, before, settings):
    """Return one row per method: how it did on the fortnight from day `start` on, for one slice.

    In force is the method that the fortnights `before` chose; with fewer of them than it takes
    nobody could choose, nor know how wide an interval had to be.
    """
    is_judged = len(before) == int(settings["forecast_trials"])
    chosen = in_force(tried, number, before) if is_judged else None
    found = []
    for method in METHODS:
        row = named(known, number, start) | {"state": "over", "method": method, "fortnights": 1}
        row |= window(known, tried[start]["trained"][method])
        row |= errors(tried, number, [start], method)
        if is_judged:
            row["is_in_force"] = method == chosen
            row |= coverage(tried, number, start, before, method, settings)
        found.append(row)
    return found


def pooled(known, tried, number, newest, weeks, model_of):
    """Return one row per method: how it did on the newest fortnights together, for one slice."""
    found = []
    for method in METHODS:
        row = named(known, number, known["coming"]) | {"state": "coming", "method": method}
        row |= window(known, weeks[method]["days"]) | errors(tried, number, newest, method)
        row |= {"is_in_force": False, "fortnights": len(newest)}
        row["fortnights_won"] = sum(is_better(tried, number, start, method) for start in newest)
        found.append(row | (model_of["row"] if method == model_of["row"]["method"] else {}))
    return found


def is_better(tried, number, start, method):
    """Return whether a method had less squared error than the naive ones, itself aside."""
    others = [squared(tried, number, [start], one) for one in NAIVE if one != method]
    return squared(tried, number, [start], method) < min(others)


def of_slice(tried, number, starts, method):
    """Return what came and what the method expected, by day of the fortnights and half-hour."""
    came = numpy.concatenate([tried[start]["came"][number] for start in starts])
    return came, numpy.concatenate([tried[start][method][number] for start in starts])


def errors(tried, number, starts, method):
    came, mean = of_slice(tried, number, starts, method)
    half_hours = sum(int(tried[start]["is_open"].sum()) for start in starts)
    contacts = int(came.sum())
    row = {"half_hours": half_hours, "contacts": contacts}
    row["half_hour_rmse"] = rounded((((came - mean) ** 2).sum() / max(half_hours, 1)) ** 0.5)
    if contacts:
        by_day = abs((came - mean).sum(axis=1)).sum()
        row["half_hour_wape"] = rounded(abs(came - mean).sum() / contacts)
        row["day_wape"] = rounded(by_day / contacts)
        row["bias"] = rounded((mean.sum() - contacts) / contacts)
    return row


def squared(tried, number, starts, method):
    came, mean = of_slice(tried, number, starts, method)
    return round(((came - mean) ** 2).sum(), DECIMALS)


def in_force(tried, number, starts):
    """Return the method that these fortnights put in force.

    The one with the smallest squared error of the half-hours, if it also misses the days by less
    than the better naive one; else that. Squares, because the absolute error of a thin half-hour is
    smallest for whoever expects nobody.
    """
    by_half_hour, by_day = {}, {}
    for method in METHODS:
        came, mean = of_slice(tried, number, starts, method)
        by_half_hour[method] = squared(tried, number, starts, method)
        by_day[method] = round(abs((came - mean).sum(axis=1)).sum(), DECIMALS)
    naive = min(NAIVE, key=by_half_hour.get)
    better = [
        method
        for method in USUAL
        if by_half_hour[method] < by_half_hour[naive] and by_day[method] < by_day[naive]
    ]
    return min(better, key=by_half_hour.get) if better else naive


def dispersions(tried, number, starts, method):
    """Return how much the contacts scatter beyond chance, of half-hours and days, by week ahead.

    As the variance is mean + dispersion * mean squared (negative binomial); what was wrong with
    the expectation is part of it.
    """
    came, mean = of_slice(tried, number, starts, method)
    found = []
    for came_in, mean_of in ((came, mean), (came.sum(axis=1), mean.sum(axis=1))):
        beyond = ((came_in - mean_of) ** 2 - mean_of).reshape(len(starts), 2, -1).sum(axis=(0, 2))
        size = (mean_of**2).reshape(len(starts), 2, -1).sum(axis=(0, 2))
        found.append(numpy.maximum(divided(beyond, size), 0).round(DECIMALS))
    return found


def at_most(count, mean, dispersion):
    """Return the probability of at most `count` contacts (negative binomial; Poisson at 0)."""
    count, mean = numpy.broadcast_arrays(count, numpy.maximum(mean, 1e-12))
    scattered = numpy.maximum(dispersion, 1e-9)
    some = numpy.maximum(count, 0)
    found = numpy.where(
        numpy.broadcast_to(dispersion, mean.shape) > 1e-6,
        betainc(1 / scattered, some + 1.0, 1 / (1 + scattered * mean)),
        gammaincc(some + 1.0, mean),
    )
    return numpy.where(count < 0, 0.0, found)


def bounds(mean, dispersion, level):
    """Return the fewest and the most contacts of the interval that holds `level` of the cases."""
    found = []
    for share in ((1 - level) / 2, (1 + level) / 2):
        low = numpy.full(mean.shape, -1)
        spread = numpy.sqrt(mean + dispersion * mean**2)
        high = numpy.ceil(mean + 20 * spread + 20).astype(int)
        while (high - low > 1).any():
            middle = (low + high) // 2
            reaches = at_most(middle, mean, dispersion) >= share
            high = numpy.where(reaches, middle, high)
            low = numpy.where(reaches, low, middle)
        found.append(high)
    return found


def coverage(tried, number, start, before, method, settings):
    """Return how often the intervals held what came, of half-hours and of days.

    Few contacts have few possible counts, so an interval holds more than it must. The calibration
    counts a bound only by the part of its count that the interval needs: where the distribution
    is right it is the level of the interval.
    """
    came, mean = of_slice(tried, number, [start], method)
    is_open, row = tried[start]["is_open"], {}
    weeks = numpy.repeat([0, 1], WEEK)
    of_half_hours, of_days = dispersions(tried, number, before, method)
    whole = numpy.broadcast_to(of_half_hours[weeks][:, None], came.shape)
    level = settings["forecast_interval"]
    lowest, highest = (1 - level) / 2, (1 + level) / 2
    for grain, came_in, mean_of, dispersion in (
        ("half_hour", came[is_open], mean[is_open], whole[is_open]),
        ("day", came.sum(axis=1), mean.sum(axis=1), of_days[weeks]),
    ):
        if not len(came_in):
            continue
        below, upto = (at_most(came_in - less, mean_of, dispersion) for less in (1, 0))
        row[f"{grain}_coverage"] = rounded(((upto >= lowest) & (below < highest)).mean())
        part = numpy.minimum(upto, highest) - numpy.maximum(below, lowest)
        part = divided(numpy.maximum(part, 0), upto - below)
        row[f"{grain}_calibration"] = rounded(part.mean())
    return row


def learned(known, tried, number, newest, week, method, settings):
    """Return the model of one slice: all that its forecasts are made from, and their hash."""
    half_hours, days = dispersions(tried, number, newest, method)
    shares, left = week["shares"][number].round(DECIMALS), rounded(week["left"][number])
    row = {"method": method, "is_in_force": True} | window(known, week["days"])
    row |= {"weekly_contacts": rounded(week["level"][number])}
    row |= handle_time(known, number, settings)
    content = (
        known["slices"][number],
        row,
        left,
        *(one.tolist() for one in (shares, half_hours, days)),
    )
    row["fingerprint"] = hashlib.sha256(repr(content).encode()).hexdigest()
    return {"row": row, "shares": shares, "left": left, "half_hour": half_hours, "day": days}


def coming(known, number, weeks, model_of, settings):
    """Return the open half-hours and days of the coming fortnight, as columns."""
    first, weekday = known["coming"], known["weekday"]
    day, at = known["place"]
    its = (day >= first) & open_half_hours(weeks)[weekday[day], at]
    its &= ~closed_days(known, weeks)[day]
    day, at = day[its], at[its]
    share = model_of["shares"][weekday[day], at]
    factor = numpy.where(known["is_holiday"], model_of["left"], 1.0)
    mean = (model_of["row"]["weekly_contacts"] * share * factor[day]).round(DECIMALS)
    days = numpy.unique(day)
    of_days = [numpy.bincount(day - first, part)[days - first] for part in (share, mean)]
    found = []
    for grain, its_days, its_share, its_mean in (
        ("half_hour", day, share, mean),
        ("day", days, *(part.round(DECIMALS) for part in of_days)),
    ):
        scatter = model_of[grain][(its_days - first) // WEEK]
        low, high = bounds(its_mean, scatter, settings["forecast_interval"])
        block = named(known, number, first) | {"state": "coming"} | model_of["row"]
        block |= {"period_grain": grain, "starts_on": known["days"][its_days]}
        block |= {"week_share": its_share, "day_factor": factor[its_days], "dispersion": scatter}
        block |= {"contacts_expected": its_mean, "contacts_low": low, "contacts_high": high}
        if grain == "half_hour":
            block["half_hour"] = known["half_hour"][its]
        found.append(block)
    return found


def as_table(block):
    """Return a table of COLUMNS from columns, and values that are the same in all rows."""
    size = len(block["starts_on"])
    values = [block.get(name) for name in COLUMNS.names]
    whole = [one if isinstance(one, numpy.ndarray) else [one] * size for one in values]
    arrays = [pyarrow.array(one, field.type) for one, field in zip(whole, COLUMNS, strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=COLUMNS)


def handle_time(known, number, settings):
    """Return the mean time of an agent that a contact takes, in seconds, with its interval.

    Of the newest weeks; a slice with too few timed contacts takes the mean of all.
    """
    days = int(settings["handle_time_weeks"]) * WEEK
    first = max(known["first_unknown"] - days, 0)
    timed = known["timed"][:, :, first : known["first_unknown"]].sum(axis=2)
    if timed[0, number] < settings["minimum_sample"]:
        number = 0
    count, total, squares = timed[:, number]
    if count < 2:
        return {"agent_seconds_per_contact": None}
    mean = total / count
    error = (max(squares / count - mean**2, 0) / (count - 1)) ** 0.5
    away = ndtri((1 + settings["forecast_interval"]) / 2) * error
    return {
        "agent_seconds_per_contact": rounded(mean),
        "agent_seconds_low": rounded(max(mean - away, 0)),
        "agent_seconds_high": rounded(mean + away),
    }


def named(known, number, day):
    slice_type, slice_value = known["slices"][number]
    return {
        "slice_type": str(slice_type),
        "slice_value": str(slice_value),
        "period_grain": "fortnight",
        "starts_on": as_date(known["days"][day]),
    }


def window(known, days):
    return {
        "trained_from": as_date(known["days"][days[0]]),
        "trained_until": as_date(known["days"][days[-1]]),
    }


def as_date(day):
    return day.astype("datetime64[D]").item()


def rounded(value):
    return round(float(value), DECIMALS)
