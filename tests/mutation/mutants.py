"""Small wrongs to do to a model: one textual change at one place of its SQL, Jinja kept whole.

`mutants_of` finds every change that an operator can make; `chosen` draws some of them. The same
texts and the same seed give the same mutants, and a change elsewhere leaves most of them as they
are.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

JOINS = {"left": "inner", "full": "left"}
BOUNDS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
AGGREGATES = {"sum": "max", "max": "min", "min": "max"}
NEIGHBOURS = {"lead": "lag", "lag": "lead"}
# What ends a condition that stands at the same depth.
CLAUSE_ENDS = frozenset(
    {"where", "group", "having", "qualify", "order", "window", "union", "except", "intersect"}
    | {"limit", "left", "inner", "full", "cross", "join", "from", "select", "rows", "range"}
    | {"when", "then", "else", "end"}
)
# What stands before a condition that may be in brackets.
CONDITIONS_BEGIN = frozenset({"where", "and", "or", "on", "qualify", "having", "not"})

TOKEN = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<comment>--[^\n]*)
    | (?P<string>'(?:[^']|'')*')
    | (?P<number>\d+(?:\.\d+)?(?![\w.]))
    | (?P<word>[A-Za-z_][\w.]*\*?)
    | (?P<sign><=|>=|<>|\|\||::|[-+*/<>=(),\[\]])
    | (?P<other>.)
    """,
    re.VERBOSE,
)
JINJA = {"{{": "}}", "{%": "%}", "{#": "#}"}


@dataclass(frozen=True)
class Mutant:
    """One change: `before` at `position` of the model's text becomes `after`."""

    model: str
    operator: str
    position: int
    before: str
    after: str
    line: str
    """The line where the change begins, as it stands in the model."""

    def apply(self, text: str) -> str:
        end = self.position + len(self.before)
        if text[self.position : end] != self.before:
            raise ValueError(f"{self.model} is no longer the text that this mutant was made from")
        return text[: self.position] + self.after + text[end:]

    def __str__(self) -> str:
        return f"{self.model}: {one_line(self.before)} → {one_line(self.after)} in {self.line}"


@dataclass(frozen=True)
class Token:
    """A piece of SQL, or a whole Jinja block (kind `{{`, `{%`); `depth` counts open brackets."""

    kind: str
    text: str
    start: int
    depth: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def says(self, *texts: str) -> bool:
        return self.text in texts


Edit = tuple[int, int, str]
Operator = Callable[[list[Token], str], Iterator[Edit]]


def mutants_of(model: str, text: str, of_batches: Iterable[str] = ()) -> list[Mutant]:
    """Return every mutant of a model, in the order of the text and without repetition.

    `of_batches` names the macros that choose what a build of new batches reads. Where they say so
    a full build reads everything, so that nothing can be seen there.
    """
    tokens = tokenise(text, of_batches)
    unread = list(_only_of_batches(tokens, of_batches))
    found = {}
    for name, operator in OPERATORS.items():
        for start, end, after in operator(tokens, text):
            before = text[start:end]
            is_read = not any(first <= start and end <= last for first, last in unread)
            if before != after and is_read:
                line = _line_at(text, start)
                found[start, before, after] = Mutant(model, name, start, before, after, line)
    return [found[key] for key in sorted(found)]


def chosen(mutants: Iterable[Mutant], seed: int, count: int) -> list[Mutant]:
    """Draw mutants, as many of each operator; of one operator first one of each model, then a
    second of each, and so on."""
    by_model: dict[tuple[str, str], list[tuple[str, Mutant]]] = defaultdict(list)
    repeated: dict[str, int] = defaultdict(int)
    for mutant in mutants:
        # the same change of the same words, a second time in one model
        repeated[str(mutant)] += 1
        key = f"{seed} {mutant} {repeated[str(mutant)]}"
        by_model[mutant.operator, mutant.model].append((_hash(key), mutant))
    by_operator: dict[str, list[tuple[int, str, Mutant]]] = defaultdict(list)
    for (operator, _), group in by_model.items():
        for rank, (draw, mutant) in enumerate(sorted(group, key=lambda drawn: drawn[0])):
            by_operator[operator].append((rank, draw, mutant))
    ranked = [
        (rank, draw, mutant)
        for group in by_operator.values()
        for rank, (_, draw, mutant) in enumerate(sorted(group, key=lambda drawn: drawn[:2]))
    ]
    ranked.sort(key=lambda drawn: drawn[:2])
    return [mutant for _, _, mutant in ranked[:count]]


def one_line(text: str) -> str:
    return " ".join(text.split()) or "nothing"


def tokenise(text: str, of_batches: Iterable[str] = ()) -> list[Token]:
    """Split a model into tokens, without space, comments, settings and what only an incremental
    build runs: those are proved by builds in batches."""
    only_then = {"if is_incremental()"} | {f"if not {macro}()" for macro in of_batches}
    tokens, position, depth, skipped_ifs = [], 0, 0, 0
    while position < len(text):
        opening = text[position : position + 2]
        if opening in JINJA:
            end = _jinja_end(text, position)
            kind, piece = opening, text[position:end]
            statement = piece.strip("{}%- \n")
            if kind == "{%" and skipped_ifs and statement.startswith("if "):
                skipped_ifs += 1
            elif kind == "{%" and statement == "endif" and skipped_ifs:
                skipped_ifs -= 1
            elif kind == "{%" and statement in only_then:
                skipped_ifs = 1
        else:
            match = TOKEN.match(text, position)
            assert match is not None
            kind, piece, end = str(match.lastgroup), match.group(), match.end()
        depth -= piece in (")", "]")
        if not skipped_ifs and kind not in ("space", "comment", "{#"):
            tokens.append(Token(kind, piece, position, depth))
        depth += piece in ("(", "[")
        position = end
    return tokens


def _jinja_end(text: str, start: int) -> int:
    """Return where a Jinja block ends: quotes inside it may hold closing braces."""
    closing = JINJA[text[start : start + 2]]
    quote, position = None, start + 2
    while True:
        if quote and text[position] == "\\":
            # what is escaped ends nothing
            position += 1
        elif quote:
            quote = None if text[position] == quote else quote
        elif text.startswith(closing, position):
            return position + 2
        elif text[position] in "'\"" and closing != "#}":
            quote = text[position]
        position += 1


def _only_of_batches(tokens: list[Token], macros: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield from where to where a condition stands that is true in a full build: a call of one of
    these macros, with all that `or` joins to it."""
    calls = re.compile(rf"{{{{-?\s*({'|'.join(macros)})\(")
    for index, token in enumerate(tokens):
        if token.kind == "{{" and calls.match(token.text):
            first, last = _joined_by_or(tokens, index, index)
            yield tokens[first].start, tokens[last].end


def _joined_by_or(tokens: list[Token], first: int, last: int) -> tuple[int, int]:
    """Return from which token to which a condition stands with what `or` joins to it, and with the
    brackets around all that."""
    depth = tokens[first].depth
    while not _ends_condition(tokens[first - 1], depth):
        first -= 1
    while last + 1 < len(tokens) and not _ends_condition(tokens[last + 1], depth):
        last += 1
    in_brackets = tokens[first - 1].says("(") and tokens[first - 2].text in CONDITIONS_BEGIN
    return _joined_by_or(tokens, first - 1, last + 1) if in_brackets else (first, last)


def _ends_condition(token: Token, depth: int) -> bool:
    ends = token.text in CLAUSE_ENDS or token.kind == "{%" or token.says("and", "on", ",")
    return token.depth < depth or (token.depth == depth and ends)


def _line_at(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    return text[start : (text + "\n").find("\n", position)].strip()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _bounds(tokens: list[Token], text: str) -> Iterator[Edit]:
    for token in tokens:
        if token.text in BOUNDS:
            yield token.start, token.end, BOUNDS[token.text]


def _joins(tokens: list[Token], text: str) -> Iterator[Edit]:
    for token, following in pairwise(tokens):
        if token.text in JOINS and following.says("join"):
            yield token.start, token.end, JOINS[token.text]


def _filters(tokens: list[Token], text: str) -> Iterator[Edit]:
    """Remove or negate one condition of a `where` or of a join beyond its key."""
    for index, token in enumerate(tokens):
        if not token.says("where", "on", "qualify", "having"):
            continue
        conditions = list(_conditions(tokens, index))
        for condition in conditions[1:] if token.says("on") else conditions:
            start, end = condition[0].start, condition[-1].end
            yield start, end, "true"
            yield start, end, f"not ({text[start:end]})"


def _conditions(tokens: list[Token], index: int) -> Iterator[list[Token]]:
    """Yield what `and` joins in the clause that begins at a keyword; an `or` makes it one."""
    depth, between, parts = tokens[index].depth, False, [[]]
    for token in tokens[index + 1 :]:
        if token.depth < depth or (token.depth == depth and token.text in CLAUSE_ENDS):
            break
        if token.kind == "{%" or (token.depth == depth and token.says(",", "or")):
            # a list, or SQL that Jinja writes in turns: no single condition can be found
            return
        if token.depth == depth and token.says("and") and not between:
            parts.append([])
            continue
        if token.depth == depth and token.says("between", "and"):
            between = token.says("between")
        parts[-1].append(token)
    yield from (part for part in parts if part)


def _aggregates(tokens: list[Token], text: str) -> Iterator[Edit]:
    for index, (token, following) in enumerate(pairwise(tokens)):
        if not following.says("("):
            continue
        if token.text in AGGREGATES:
            yield token.start, token.end, AGGREGATES[token.text]
        inside = list(_inside(tokens, index + 1))
        if token.says("count") and inside and inside[0].says("distinct"):
            yield inside[0].start, inside[1].start, ""
        elif token.says("count") and len(inside) == 1 and inside[0].kind == "word":
            yield inside[0].start, inside[0].end, "*"


def _inside(tokens: list[Token], index: int) -> Iterator[Token]:
    """Yield the tokens between a bracket and the one that closes it."""
    for token in tokens[index + 1 :]:
        if token.depth <= tokens[index].depth:
            return
        yield token


def _windows(tokens: list[Token], text: str) -> Iterator[Edit]:
    """Turn the order within a window, narrow or widen its frame, look the other way."""
    for index, (token, following) in enumerate(pairwise(tokens)):
        if token.text in NEIGHBOURS and following.says("("):
            yield token.start, token.end, NEIGHBOURS[token.text]
        if token.says("over") and following.says("("):
            yield from _window(list(_inside(tokens, index + 1)))
        if token.kind == "{{" and "first_row_per_key(" in token.text:
            # a macro that is handed its order says none to turn
            for order in list(re.finditer(r'\["([^"]+)"', token.text))[-1:]:
                turned = _turned(order.group(1))
                yield token.start + order.start(1), token.start + order.end(1), turned


def _window(inside: list[Token]) -> Iterator[Edit]:
    depth = inside[0].depth if inside else 0
    for index, token in enumerate(inside):
        if token.says("order") and token.depth == depth:
            key = []
            for part in inside[index + 2 :]:
                if part.depth == depth and part.says(",", "rows", "range"):
                    break
                key.append(part)
            last = key[-1]
            yield (
                (last.start, last.end, "asc")
                if last.says("desc")
                else (
                    last.end,
                    last.end,
                    " desc",
                )
            )
        if token.says("current"):
            yield token.start, inside[index + 1].end, "1 preceding"
        if token.kind == "number" and inside[index + 1].says("preceding"):
            yield token.start, inside[index + 1].end, "current row"


def _turned(order: str) -> str:
    return order.removesuffix(" desc") if order.endswith(" desc") else f"{order} desc"


def _signs(tokens: list[Token], text: str) -> Iterator[Edit]:
    for before, token in pairwise(tokens):
        binary = before.kind in ("number", "string", "{{") or before.says(")", "end")
        binary = binary or (before.kind == "word" and before.text not in CLAUSE_ENDS)
        if token.says("+", "-") and binary:
            yield token.start, token.end, "-" if token.says("+") else "+"


def _defaults(tokens: list[Token], text: str) -> Iterator[Edit]:
    """Change what `coalesce` falls back to."""
    for index, (token, following) in enumerate(pairwise(tokens)):
        if not (token.says("coalesce") and following.says("(")):
            continue
        inside = list(_inside(tokens, index + 1))
        commas = [
            number
            for number, part in enumerate(inside)
            if part.says(",") and part.depth == following.depth + 1
        ]
        default = inside[commas[-1] + 1 :]
        if len(default) == 1:
            yield default[0].start, default[0].end, _other(default[0])
        else:
            yield default[0].start, default[-1].end, "null"


def _other(literal: Token) -> str:
    if literal.kind == "number":
        return "1" if float(literal.text) == 0 else "0"
    if literal.kind == "string":
        return "'something else'"
    return {"true": "false", "false": "true"}.get(literal.text, "null")


def _booleans(tokens: list[Token], text: str) -> Iterator[Edit]:
    betweens: set[int] = set()
    for token in tokens:
        if token.says("between"):
            betweens.add(token.depth)
        elif token.says("and") and token.depth in betweens:
            betweens.discard(token.depth)
        elif token.says("and", "or"):
            yield token.start, token.end, "or" if token.says("and") else "and"


def _constants(tokens: list[Token], text: str) -> Iterator[Edit]:
    """Move a whole number by one, in SQL and in what Jinja passes to a macro for dates or hours."""
    in_ordinals = False
    for index, token in enumerate(tokens):
        before, after = tokens[index - 1], tokens[min(index + 1, len(tokens) - 1)]
        if token.kind == "{{":
            for number in _numbers_in_jinja(token.text):
                moved = str(int(number.group()) + 1)
                yield token.start + number.start(), token.start + number.end(), moved
        # `group by 1, 2`
        in_ordinals = token.says("by") or (
            in_ordinals and (token.kind == "number" or token.says(","))
        )
        # `count(case … then 1 end)` counts whatever stands there
        counted = before.says("then") and after.says("end")
        framed = after.says("preceding", "following")
        spared = in_ordinals or counted or framed or _is_in_type(tokens, index)
        if token.kind == "number" and token.text.isdecimal() and not spared:
            yield token.start, token.end, str(int(token.text) + 1)


def _is_in_type(tokens: list[Token], index: int) -> bool:
    """Tell whether a token stands in the brackets of `decimal(18, 4)`."""
    return any(
        tokens[number].says("decimal") and tokens[number].depth == tokens[index].depth - 1
        for number in range(max(0, index - 4), index)
    )


def _numbers_in_jinja(block: str) -> Iterator[re.Match]:
    if re.search(r"\b(add_days|add_hours|dateadd)\(", block):
        yield from re.finditer(r"(?<![\w.])\d+(?![\w.])", block)


OPERATORS: dict[str, Operator] = {
    "comparison bound": _bounds,
    "join type": _joins,
    "filter removed or negated": _filters,
    "aggregate changed": _aggregates,
    "window bound or order": _windows,
    "sign flipped": _signs,
    "default changed": _defaults,
    "and, or": _booleans,
    "constant off by one": _constants,
}
