"""How many agents the contacts of each coming half-hour need (Erlang C).

Contacts come at random, wait as long as it takes, and find the agents who are there. Nobody gives
up in the model, so it asks for a little more than it takes. The probability of waiting is that of
`staffing_half_hours`; here the agents are looked for, for all half-hours at once.
"""

import numpy
import pyarrow

SECONDS = 1800
DECIMALS = 6
ENDS = ("expected", "low", "high")
# without a half-hour, too
COLUMNS = pyarrow.schema(
    [
        ("slice_type", pyarrow.string()),
        ("slice_value", pyarrow.string()),
        ("half_hour", pyarrow.int64()),
        ("offered_load_erlangs", pyarrow.float64()),
        *((f"agents_{end}", pyarrow.int64()) for end in ENDS),
        *((f"service_level_{end}", pyarrow.float64()) for end in ENDS),
        *((f"occupancy_{end}", pyarrow.float64()) for end in ENDS),
    ]
)


def model(dbt, session):
    # a half-hour without a known handle time has no known load
    forecasts = (
        dbt.ref("int_volume_forecasts")
        .filter("period_grain = 'half_hour' and agent_seconds_per_contact > 0")
        .project(
            "slice_type, slice_value, half_hour, agent_seconds_per_contact, "
            "contacts_expected, contacts_low, contacts_high"
        )
        .fetchnumpy()
    )
    limits = dbt.ref("queues").project("queue, cast(service_level_seconds as double)").fetchall()
    parameters = dbt.ref("parameters").filter(
        "parameter in ('service_level_seconds', 'interval_target_rate', 'staffing_occupancy_cap')"
    )
    settings = dict(parameters.project("parameter, cast(value as double)").fetchall())
    found = required(forecasts, dict(limits), settings)
    # of what is required nothing is masked
    columns = {name: numpy.ma.getdata(values) for name, values in found.items()}
    return pyarrow.table(columns, schema=COLUMNS)


def required(forecasts, limits, settings):
    """Return agents, service level and occupancy by half-hour, and at both ends of the volume.

    `forecasts` has a column per name that `model` reads, `limits` the longest wait in seconds by
    queue; another slice has that of the settings. The agents are those for the expected contacts:
    with them the service level is low where the most contacts come.
    """
    seconds = forecasts["agent_seconds_per_contact"]
    limit = numpy.full(len(seconds), settings["service_level_seconds"])
    for queue, its_limit in limits.items():
        is_queue = (forecasts["slice_type"] == "queue") & (forecasts["slice_value"] == queue)
        limit[is_queue] = its_limit
    patience = limit / seconds
    target, cap = settings["interval_target_rate"], settings["staffing_occupancy_cap"]
    mean = forecasts["contacts_expected"]
    # of hardly anybody the interval is no contact at all, and the mean a little more
    contacts = {
        "expected": mean,
        "low": numpy.minimum(forecasts["contacts_low"], mean),
        "high": numpy.maximum(forecasts["contacts_high"], mean),
    }
    load = {end: contacts[end] * seconds / SECONDS for end in ENDS}
    agents = {end: agents_needed(load[end], patience, target, cap) for end in ENDS}
    planned = agents["expected"]
    level = {end: service_level(load[end], planned, patience).round(DECIMALS) for end in ENDS}
    found = {name: forecasts[name] for name in ("slice_type", "slice_value", "half_hour")}
    found["offered_load_erlangs"] = load["expected"].round(DECIMALS)
    found |= {f"agents_{end}": agents[end] for end in ENDS}
    found["service_level_expected"] = level["expected"]
    found["service_level_low"], found["service_level_high"] = level["high"], level["low"]
    for end in ENDS:
        busy = numpy.minimum(load[end] / numpy.maximum(planned, 1), 1)
        found[f"occupancy_{end}"] = busy.round(DECIMALS)
    return found


def agents_needed(load, patience, target, cap):
    """Return the fewest agents with whom `target` of the contacts wait no longer than `patience`.

    `load` is in erlangs, `patience` in mean handle times; no agent is busy for more than `cap` of
    the time. No load needs nobody. Arrays of one shape.
    """
    agents = numpy.zeros(load.shape, dtype=int)
    blocked, count = numpy.ones(load.shape), 0
    is_open = load > 0
    while is_open.any():
        count += 1
        blocked = load * blocked / (count + load * blocked)
        level = answered_in_time(blocked, load, count, patience)
        enough = is_open & (load <= cap * count) & (level >= target)
        agents[enough] = count
        is_open &= ~enough
    return agents


def service_level(load, agents, patience):
    """Return the share that waits no longer than `patience`; 0 where the load is too much.

    Arrays of one shape, in the units of `agents_needed`.
    """
    blocked, found = numpy.ones(load.shape), numpy.ones(load.shape)
    for count in range(1, int(agents.max(initial=0)) + 1):
        blocked = load * blocked / (count + load * blocked)
        found[agents == count] = blocked[agents == count]
    level = answered_in_time(found, load, agents, patience)
    return numpy.where(load > 0, level, 1.0)


def answered_in_time(blocked, load, agents, patience):
    """Return the share that waits no longer than `patience`, from that which finds all agents busy.

    `blocked` is of a service where nobody waits (Erlang B), built up agent by agent: it stays
    between 0 and 1, where load^n / n! would overflow.
    """
    spare = numpy.maximum(agents - load, 0)
    waiting = agents * blocked / numpy.where(spare > 0, agents - load * (1 - blocked), 1)
    return numpy.where(spare > 0, 1 - waiting * numpy.exp(-spare * patience), 0.0)
