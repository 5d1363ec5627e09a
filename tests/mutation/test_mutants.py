"""The wrongs of a mutation run: one change at one place, Jinja whole, the same every time."""

import pytest

from tests.mutation.mutants import OPERATORS, chosen, mutants_of

SQL = """\
{{ config(post_hook = "{{ forget('a < b', 1) }}") }}
-- of those who waited < 20 seconds
{% set limit = 20 %}
with waits as (
    select
        coalesce(calls.team, 'none') as team,
        wait_seconds - pause_seconds as net_seconds,
        row_number() over (partition by team order by called_at) as number_in_team,
        cast(2 as decimal(18, 4)) as doubled
    from {{ ref("calls") }} as calls
    left join {{ ref("teams") }} as teams
        on calls.team = teams.team
    where
        wait_seconds < {{ limit }}
        and is_answered
    {% if is_incremental() %}
        and batch > 7
    {% endif %}
)

select
    team,
    max({{ add_days("called_on", 3) }}) as late_on,
    count(case when net_seconds >= 5 then 1 end) as slow
from waits
group by 1
"""

EXPECTED = {
    "comparison bound": {("<", "<="), (">=", ">")},
    "join type": {("left", "inner")},
    "aggregate changed": {("max", "min")},
    "window bound or order": {("", " desc")},
    "sign flipped": {("-", "+")},
    "default changed": {("'none'", "'something else'")},
    "constant off by one": {("2", "3"), ("3", "4"), ("5", "6")},
}


@pytest.mark.parametrize("operator", EXPECTED)
def test_an_operator_changes_what_it_should_and_nothing_else(operator: str) -> None:
    found = [one for one in mutants_of("calls", SQL) if one.operator == operator]
    assert {(one.before, one.after) for one in found} == EXPECTED[operator]
    assert len(found) == len(EXPECTED[operator])


def test_a_condition_is_removed_or_negated_whole() -> None:
    text = "select a from b where c between 1 and 2 and (d or e) and not f"
    found = [one for one in mutants_of("m", text) if one.operator == "filter removed or negated"]
    assert {one.apply(text).partition("where ")[2] for one in found} == {
        "true and (d or e) and not f",
        "not (c between 1 and 2) and (d or e) and not f",
        "c between 1 and 2 and true and not f",
        "c between 1 and 2 and not ((d or e)) and not f",
        "c between 1 and 2 and (d or e) and true",
        "c between 1 and 2 and (d or e) and not (not f)",
    }


def test_and_becomes_or_but_not_within_between() -> None:
    text = "select a between 1 and 2 and b or c"
    found = [one for one in mutants_of("m", text) if one.operator == "and, or"]
    assert {one.apply(text) for one in found} == {
        "select a between 1 and 2 or b or c",
        "select a between 1 and 2 and b and c",
    }


def test_nothing_is_changed_where_a_full_build_reads_everything() -> None:
    text = """
    select a, count(*) from b
    where
        c > 1
        and {{ of_changed("c") }}
        and (
            {{ of_changed("d") }}
            or d < {{ limit() }}
        )
    group by a
    {%- if not all_changed() %}
    having count(*) > 3
    {%- endif %}
    """
    found = mutants_of("m", text, of_batches=["of_changed", "all_changed"])
    assert {(one.before, one.line) for one in found} == {
        ("c > 1", "c > 1"),
        (">", "c > 1"),
        ("1", "c > 1"),
        ("and", 'and {{ of_changed("c") }}'),
        ("and", "and ("),
    }


def test_every_operator_is_shown_above() -> None:
    assert set(OPERATORS) == set(EXPECTED) | {"filter removed or negated", "and, or"}


def test_the_same_seed_draws_the_same_mutants() -> None:
    everything = mutants_of("calls", SQL)
    drawn = chosen(everything, seed=1, count=8)
    assert drawn == chosen(list(reversed(everything)), seed=1, count=8)
    assert drawn != chosen(everything, seed=2, count=8)
    # one of each operator comes before a second of any
    assert len({one.operator for one in drawn}) == 8


def test_a_mutant_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="no longer the text"):
        mutants_of("calls", SQL)[0].apply("select 1")


def test_an_escaped_quote_ends_no_text_of_jinja() -> None:
    text = r"""select {{ cut(a, "[^\"}}]+") }} as b, {{ cut(c, "\"") }} as d from e where f < 1"""
    found = [one for one in mutants_of("m", text) if one.operator == "comparison bound"]
    assert [one.apply(text) for one in found] == [text.replace("<", "<=")]
