"""Name what makes data untamed; each quality can be left out, to see if it is what matters."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# Customers: always, unless they are tamed.
GAPS = "ids with gaps"
UNSORTED = "ids out of order"
HUGE_IDS = "ids beyond 2**53"
COLUMN_ORDER = "columns in another order"
EXTRA_COLUMN = "an extra column"
BLANKS = "blanks"
ACCENTS = "accents in text"
PUNCTUATION = "quotes, commas and line breaks in text"
MARGINS = "spaces at the ends of text, and a # in it"
LOOK_ALIKES = "text that looks like a number or a blank"
NEW_CONTRACT = "a contract that is none of the usual three"
LONG_DECIMALS = "numbers with more than ten decimals"
FLOATS = "whole numbers that came as floats"
OWN_INDEX = "an index that is not 0, 1, 2, ..."
OPEN_END = "a last line without its line break"
CUSTOMERS = (
    GAPS,
    UNSORTED,
    HUGE_IDS,
    COLUMN_ORDER,
    EXTRA_COLUMN,
    BLANKS,
    ACCENTS,
    PUNCTUATION,
    MARGINS,
    LOOK_ALIKES,
    NEW_CONTRACT,
    LONG_DECIMALS,
    FLOATS,
    OWN_INDEX,
    OPEN_END,
)
# Customers: only where a test asks for it, because it leaves little room for the others.
NO_ROWS = "no rows"
ONE_ROW = "one row"
MANY_ROWS = "more than 1000 rows"
ALL_ALIKE = "one value for all rows"
TWICE = "rows that occur twice"
SHAPES = (NO_ROWS, ONE_ROW, MANY_ROWS, ALL_ALIKE, TWICE)

# Answers of the API that are no customers, each of one kind.
ODD_STATUS = "a status that is neither 500 nor 503"
OTHER_WORDS = "an error in other words"
LIST_BODY = "an error body that is a list"
EMPTY_BODY = "an empty body"
HTML_BODY = "an HTML page"
CUT_BODY = "JSON that is cut off"
CUSTOMERS_BODY = "an error body that looks like customers"
NULL_BODY = "a body that is null"
RETRY_AFTER = "a Retry-After"
STATUS_IN_URL = "a status in the URL"
ANSWERS = (
    ODD_STATUS,
    OTHER_WORDS,
    LIST_BODY,
    EMPTY_BODY,
    HTML_BODY,
    CUT_BODY,
    CUSTOMERS_BODY,
    NULL_BODY,
    RETRY_AFTER,
    STATUS_IN_URL,
)

# Settings: how another one differs from the first.
NESTED = "a change deep inside"
LONG_TAIL = "a change at the end of a long value"
LIST_ORDER = "the same values in another order"
BOOLEANS = "True where 1 was"
FLOAT_ONE = "1.0 where 1 was"
TINY = "a change of a number in its last digit"
SETTINGS = (NESTED, LONG_TAIL, LIST_ORDER, BOOLEANS, FLOAT_ONE, TINY)

# Names of runs, files, models.
DOTS = "dots only"
PLUS = "a plus sign"
CAPITALS = "the same in capitals"
SPACES = "spaces"
QUOTES = "quotes"
NAME_ACCENTS = "accents"
LINE_BREAK = "a line break"
SLASH = "a slash"
DASH_FIRST = "a dash first"
VERY_LONG = "200 characters"
NAMES = (
    DOTS,
    PLUS,
    CAPITALS,
    SPACES,
    QUOTES,
    NAME_ACCENTS,
    LINE_BREAK,
    SLASH,
    DASH_FIRST,
    VERY_LONG,
)

# Moments, in UTC.
BEFORE_MIDNIGHT = "already tomorrow in Paris"
AFTER_MIDNIGHT = "just after midnight in UTC"
SPRING = "the night of 29 March, when 02:30 does not exist in Paris"
AUTUMN = "the night of 25 October, when 02:30 is twice in Paris"
LEAP_DAY = "29 February"
NEW_YEAR = "the last hour of the year"
TIMES = (BEFORE_MIDNIGHT, AFTER_MIDNIGHT, SPRING, AUTUMN, LEAP_DAY, NEW_YEAR)

ALL = (*CUSTOMERS, *SHAPES, *ANSWERS, *SETTINGS, *NAMES, *TIMES)


def known(names: Iterable[str], among: Iterable[str] = ALL) -> frozenset[str]:
    """Return the names as a set; refuse one that is no quality.

    Raises:
        ValueError: There is no such quality here; the text names the nearest one.
    """
    found, allowed = frozenset(names), list(among)
    for name in sorted(found - set(allowed)):
        near = get_close_matches(name, allowed, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(allowed)}"
        raise ValueError(f"{name!r} is no quality of this draw; {hint}")
    return found
