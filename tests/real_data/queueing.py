"""Erlang C: how many agents keep the probability of waiting under a limit."""


def waiting_probability(agents: int, load: float) -> float:
    """Return the Erlang C probability that a call waits; 1 when the load cannot be carried.

    `load` is arrivals per hour over the calls that one agent serves per hour (in erlangs).
    Erlang B is built up agent by agent, then turned into Erlang C.
    """
    if load >= agents:
        return 1.0
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = load * blocked / (count + load * blocked)
    return agents * blocked / (agents - load * (1 - blocked))


def agents_needed(arrivals_per_hour: float, calls_per_agent: float, limit: float) -> int:
    """Return the fewest agents that keep the waiting probability within the limit."""
    if arrivals_per_hour == 0:
        return 0
    agents = 1
    while waiting_probability(agents, arrivals_per_hour / calls_per_agent) > limit:
        agents += 1
    return agents
