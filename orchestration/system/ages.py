"""How long ago something was, in the largest unit that says it."""

DAY, YEAR = 24, 24 * 365.25


def spoken(hours: float) -> str:
    """Return a length of time in words: hours, from two days on days, from two years on years."""
    if hours >= 2 * YEAR:
        return f"{hours / YEAR:,.0f} years"
    if hours >= 2 * DAY:
        return f"{hours / DAY:,.0f} days"
    return "1 hour" if round(hours) == 1 else f"{hours:,.0f} hours"
