"""What leads to people, recognised in any text, and what stands in its place afterwards."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from orchestration.landing.suppression import AGENT, CUSTOMER, FORGOTTEN_TEXT
from orchestration.system.sql import text

# Between the digits of a telephone number, as people write it.
_GAP = "[ .()/\u00a0\u202f-]{0,3}"
_AT = r"(?:@|%40|&#64;|\\u0040)"
# Between the words of a name.
_SPACE = "(?:[ \t\r\n,+\u00a0\u202f]|%20|&nbsp;){1,3}"
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
NAME = "name"
# What may follow an address in the name of a file, and is no more of the address.
_FILES = r"(?:csv|eml|gz|html|jsonl?|log|ndjson|parquet|pdf|txt|xlsx?|zip)(?![A-Za-z0-9])"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# A shorter number of a customer, or one of few digits, would be found in half of all numbers.
_SHORTEST, _SHORTEST_NUMBER = 5, 7
# A number in JSON counts where its key says that it names somebody, and is an amount elsewhere. One
# of few digits must be called an account's or a customer's.
_NAMING_KEY = re.compile(
    r"(?:^|[^A-Za-z])(?i:ids?|refs?|phone|mobile|msisdn|account|customer|agent|assignee|user|person|handle)$"
    r"|(?i:phone|mobile|account|customer)_?(?i:number|no)$|[a-z]Ids?$"
)
_ACCOUNT_KEY = re.compile(r"account|customer|(?:^|_)ref(?:$|_)", re.IGNORECASE)
# Before a number: its own sign, and other numbers of the same list.
_WITHIN_LIST = " \t\r\n0123456789.,+-eE[]"
# A key of JSON and its colon, its quotes escaped within other JSON, doubled within CSV.
_KEY = re.compile(r'(\\*"{1,2})([^"\\]*)\\*"{1,2}\s*:$')
# How far around a number is looked for its key, in characters: after one, and after a long list.
_NEAR, _FAR = 400, 1 << 20
# A longer text is first asked by the engine.
_WORTH_ASKING = 400
# Alternatives of one regular expression, for the engine.
_AT_ONCE = 200
# How far before and after a match its meaning is looked for, in characters.
BEFORE, AFTER = _FAR, 4096


@dataclass(frozen=True)
class Traces:
    """Traces of the people of one forgetting.

    `plain` has (kind, value) of identifiers in their one form, `renamed` what takes the place of
    each pseudonym and each number of a customer, `agents` that of each number of an agent. `links`
    are the numbers of their tickets and the like, by column, whose texts they wrote. `shared` are
    numbers that name something else, too: they are looked for in columns about people alone.
    """

    plain: Sequence[tuple[str, str]] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    agents: Mapping[str, str] = field(default_factory=dict)
    shared: Sequence[str] = ()

    @classmethod
    def stored(cls, content: Mapping[str, Any]) -> "Traces":
        return cls(
            [(kind, value) for kind, value in content["plain"]],
            content["renamed"],
            content["links"],
            content.get("agents", {}),
            content.get("shared", []),
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def people(self) -> list[str]:
        """The texts that stand for them in columns about people, before and after."""
        return sorted({*self.renamed, *self.renamed.values()})

    def own(self, kind: str) -> Mapping[str, str]:
        """What takes the place of a whole cell in a column about customers, or about agents."""
        return {CUSTOMER: self.renamed, AGENT: self.agents}.get(kind, {})

    def replaced(self, written: str, kind: str = "") -> str:
        """Return a text without them; a cell of a column about people may be a short number."""
        if (new := self.own(kind).get(written)) is not None:
            return new
        return self._pattern.sub(self._instead, written) if self.may_mention(written) else written

    def mentions(self, written: str) -> bool:
        return self.may_mention(written) and any(
            _is_name(one) for one in self._pattern.finditer(written)
        )

    def may_mention(self, written: str) -> bool:
        """Says yes of every text that mentions them and of a few more, at the engine's speed."""
        if len(written) < _WORTH_ASKING:
            return True
        from pyarrow import compute, scalar

        asked = scalar(written.encode("utf-8", "replace").decode())
        return any(
            compute.match_substring_regex(asked, one, ignore_case=True).as_py()
            for one in self._alternatives
        )

    def rewritten(self, blocks: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Yield a text of any size without them, piece by piece, with how often each had them.

        A piece is kept until what follows it is known, and as much as a number may be explained by.
        """
        kept, done, ended = "", 0, False
        waiting = iter(blocks)
        while not ended:
            block = next(waiting, None)
            ended = block is None
            kept += block or ""
            limit = len(kept) if ended else max(len(kept) - AFTER, done)
            out, found = [], 0
            if self.may_mention(kept[done:]):
                for one in self._pattern.finditer(kept, done):
                    if one.start() >= limit:
                        break
                    new = self._instead(one)
                    found += new != one[0]
                    out += [kept[done : one.start()], new]
                    done = one.end()
            if done < limit:
                out.append(kept[done:limit])
                done = limit
            yield "".join(out), found
            if done > BEFORE:
                kept, done = kept[done - BEFORE :], BEFORE

    def count_raw(self, data: Any) -> int:
        """Return how often the bytes of a database mention them: the usual forms, found at once."""
        found = 0
        for literal in self._literals:
            at = data.find(literal)
            while at >= 0:
                around = bytes(data[max(at - _NEAR, 0) : at + len(literal) + _NEAR])
                found += self.mentions(around.decode("latin-1"))
                at = data.find(literal, at + len(literal))
        return found

    def condition(self, column: str, kind: str = "") -> str:
        """SQL that holds of every text that may mention them, and of a few more."""
        parts = [f"regexp_matches({column}, {text('(?i)' + one)})" for one in self._alternatives]
        if short := sorted(old for old in self.own(kind) if not self._is_told(old)):
            parts.append(f"{column} in ({', '.join(text(one) for one in short)})")
        return f"coalesce({' or '.join(parts) or 'false'}, false)"

    def _is_told(self, number: str) -> bool:
        """Can a number be told from others wherever it stands?"""
        return _is_distinct(number) and number not in self.shared

    @cached_property
    def _told(self) -> dict[str, str]:
        both = {**self.agents, **self.renamed}
        return {old: new for old, new in both.items() if self._is_told(old)}

    @cached_property
    def _alternatives(self) -> list[str]:
        return [
            "|".join(self._sources[at : at + _AT_ONCE])
            for at in range(0, len(self._sources), _AT_ONCE)
        ]

    @cached_property
    def _sources(self) -> list[str]:
        """Regular expressions without borders, which the engine's kind does not know."""
        plain = [_source(kind, value) for kind, value in self.plain]
        return [source for source in plain if source] + [re.escape(old) for old in self._told]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = [_bordered(kind, value) for kind, value in self.plain]
        parts += [
            rf"(?<![0-9A-Za-z]){re.escape(old)}(?![0-9A-Za-z])"
            for old in sorted(self._told, key=len, reverse=True)
        ]
        # nothing matches where there is nothing to look for
        return re.compile("|".join(part for part in parts if part) or r"(?!)", re.IGNORECASE)

    @cached_property
    def _literals(self) -> list[bytes]:
        found = set(self._told)
        for kind, value in self.plain:
            if _source(kind, value):
                found |= {value, value.upper(), value.lower(), value.capitalize()}
                if kind == "phone" and (national := _national(value)[1]):
                    found |= {f"0{national}", " ".join(re.findall("..", f"0{national}"))}
        return [one.encode() for one in sorted(found)]

    @cached_property
    def _lower(self) -> dict[str, str]:
        return {old.lower(): new for old, new in self._told.items()}

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        names = [_bordered(kind, value) for kind, value in self.plain if kind == NAME]
        return re.compile("|".join(names), re.IGNORECASE) if names else None

    def _instead(self, found: re.Match[str]) -> str:
        if not _is_name(found):
            return found[0]
        if self._names and self._names.fullmatch(found[0]):
            # word by word: a first and a last name may stand in two cells
            between = re.findall(_SPACE, found[0])
            return "".join([FORGOTTEN_TEXT, *(f"{one}{FORGOTTEN_TEXT}" for one in between)])
        new = self._lower.get(found[0].lower(), FORGOTTEN_TEXT)
        number = bare_number(found)
        # where a number of JSON stood, a text of JSON does
        return f"{number.quote}{new}{number.quote}" if number else new


class BareNumber(NamedTuple):
    """A number of JSON: the key that it stands under, empty for none, and how keys are quoted."""

    key: str
    quote: str


def bare_number(found: re.Match[str]) -> BareNumber | None:
    """Return what was found as a number of JSON, also of a fragment; None where it is text."""
    number, written, at = found[0], found.string, found.start()
    after = written[found.end() : found.end() + _NEAR].lstrip()[:1]
    if not number.isdigit() or number.startswith("0") or after not in ("", ",", "}", "]"):
        return None
    start = max(at - _FAR, 0)
    before = written[start:at].removesuffix("-")
    if before and before[-1] not in " \t\r\n:,[":
        return None
    named = before.rstrip(_WITHIN_LIST)
    within = before[len(named) :]
    if not named:
        return BareNumber("", '"') if not start and within.lstrip()[:1] == "[" else None
    if not named.endswith(":") or ("," in within and "[" not in within):
        return None
    key = _KEY.search(named[-_NEAR:])
    return BareNumber(key[2], key[1]) if key else None


def _is_name(found: re.Match[str]) -> bool:
    """Is what was found meant by a text, rather than an amount, a size or a time?"""
    number = bare_number(found)
    if number is None:
        return True
    naming = _NAMING_KEY if len(found[0]) >= _SHORTEST_NUMBER else _ACCOUNT_KEY
    return naming.search(number.key) is not None


def names_somebody(column: str) -> bool:
    """May a number in a column, or under a key, of this name be somebody's?"""
    return bool(_NAMING_KEY.search(column) or _ACCOUNT_KEY.search(column))


def decoded(data: str | bytes) -> str:
    if isinstance(data, str):
        return data
    if data.startswith(UTF_16):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "surrogateescape")


def _is_distinct(token: str) -> bool:
    """Can the token be told from other numbers and words wherever it stands?"""
    if token.isdigit():
        return len(token) >= _SHORTEST_NUMBER
    return len(token) >= _SHORTEST and any(letter.isdigit() for letter in token)


def _national(value: str) -> tuple[str, str]:
    """Return country code and national number of a number in its one form (E.164)."""
    import phonenumbers

    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return "", value.removeprefix("+")
    return str(number.country_code), phonenumbers.national_significant_number(number)


def _source(kind: str, value: str) -> str:
    """A regular expression for an identifier in all forms; empty for one too short to be told."""
    if kind == "email":
        local, _, domain = value.partition("@")
        return re.escape(local) + _AT + re.escape(domain)
    if kind == "phone":
        code, national = _national(value)
        digits = _GAP.join(national)
        prefix = rf"(?:(?:\+|00){_GAP}{_GAP.join(code)}{_GAP}(?:\(0\))?{_GAP}|\(?0\)?{_GAP})?"
        return prefix + digits
    if kind == NAME:
        return _spelt(value, is_for_engine=True)
    if kind in (CUSTOMER, AGENT):
        return ""
    return re.escape(value) if len(value) >= _SHORTEST else ""


def words_of(name: str) -> list[str]:
    """Return the words of a person's name."""
    return _WORD.findall(unicodedata.normalize("NFC", name))


def _spelt(name: str, is_for_engine: bool = False) -> str:
    """A regular expression for a name, its last word at the end or first."""
    words = ["".join(_letter(one, is_for_engine) for one in word) for word in words_of(name)]
    orders = words, [words[-1], *words[:-1]]
    return "|".join(_SPACE.join(one) for one in orders)


def _letter(letter: str, is_for_engine: bool) -> str:
    """A letter with its sign, without it, apart from it, as JSON escapes it, as one byte has it."""
    if letter.isascii():
        return re.escape(letter)
    if is_for_engine:
        return ".{1,6}"
    bare = unicodedata.normalize("NFD", letter)[0]
    forms = [letter, rf"{bare}[\u0300-\u036f]*"]
    # no rule for capitals knows what an escape or a byte is the capital of
    for one in sorted({*letter.lower(), *letter.upper()}):
        forms.append(rf"\\u{ord(one):04x}")
        forms.append(one.encode("cp1252", "ignore").decode("ascii", "surrogateescape"))
    return f"(?:{'|'.join(one for one in forms if one)})"


def _bordered(kind: str, value: str) -> str:
    source = _source(kind, value)
    if not source:
        return ""
    if kind == NAME:
        return rf"(?<!\w)(?:{_spelt(value)})(?!\w)"
    if kind == "email":
        return rf"(?<![A-Za-z0-9._%+\-]){source}(?![A-Za-z0-9\-]|\.(?!{_FILES})[A-Za-z0-9])"
    if kind == "phone":
        return rf"(?<![0-9A-Za-z])(?<![0-9][.,]){source}(?![0-9A-Za-z])"
    return rf"(?<![0-9A-Za-z_.]){source}(?![0-9A-Za-z_])"
