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
NEAR_CONTRACT = "a contract that is a usual one but for capitals or spaces"
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
    NEAR_CONTRACT,
    LONG_DECIMALS,
    FLOATS,
    OWN_INDEX,
    OPEN_END,
)
# Customers: only where a test asks for it, because it leaves little room for the others, or
# because not every kata says what is to be done with it.
NO_ROWS = "no rows"
ONE_ROW = "one row"
MANY_ROWS = "more than 1000 rows"
ALL_ALIKE = "one value for all rows"
TWICE = "rows that occur twice"
TWICE_UNLIKE = "customers who occur twice, in rows that differ"
SAME_LABELS = "an index with each label twice"
ZEROS = "zeros, also beside a blank"
BLANK_LINES = "blank lines in the file"
LINE_ENDS = "text with the line breaks of Windows"
BACKSLASHES = "backslashes in text"
PADDED = "white space at the end of text"
MAC_ENDS = "text with a carriage return alone"
RARE_ENDS = "text with signs that end a line for Unicode only"
ZERO_IDS = "ids with zeros in front"
LAST_SCORE = "a column called probability"
BLANK_WORDS = "contracts named as others write a blank"
MANY_CONTRACTS = "three hundred contracts"
SIGNS_IN_CONTRACTS = "signs in contracts that part, quote or match elsewhere"
LIKE_COLUMNS = "more columns, named nearly as those that are asked for"
NEAR_NUMBERS = "great numbers that are nearly alike"
FIELD_TOO_MANY = "a row with a field too many"
FIELD_TOO_FEW = "a row with a field too few"
SHAPES = (
    NO_ROWS,
    ONE_ROW,
    MANY_ROWS,
    ALL_ALIKE,
    TWICE,
    TWICE_UNLIKE,
    SAME_LABELS,
    ZEROS,
    BLANK_LINES,
    LINE_ENDS,
    BACKSLASHES,
    PADDED,
    MAC_ENDS,
    RARE_ENDS,
    ZERO_IDS,
    LAST_SCORE,
    BLANK_WORDS,
    MANY_CONTRACTS,
    SIGNS_IN_CONTRACTS,
    LIKE_COLUMNS,
    NEAR_NUMBERS,
    FIELD_TOO_MANY,
    FIELD_TOO_FEW,
)

# Answers of the API that are no customers, each of one kind.
ODD_STATUS = "a status that is neither 500 nor 503"
OTHER_WORDS = "an error in other words"
LIST_BODY = "an error body that is a list"
EMPTY_BODY = "an empty body"
HTML_BODY = "an HTML page"
CUT_BODY = "JSON that is cut off"
CUSTOMERS_BODY = "an error body that looks like customers"
NULL_BODY = "a body that is null"
NO_DICTS = "a list of what is no row"
RETRY_AFTER = "a Retry-After"
COOKIE = "a cookie"
STATUS_IN_URL = "a status in the URL"
REPEATED = "a parameter twice in the URL"
ANSWERS = (
    ODD_STATUS,
    OTHER_WORDS,
    LIST_BODY,
    EMPTY_BODY,
    HTML_BODY,
    CUT_BODY,
    CUSTOMERS_BODY,
    NULL_BODY,
    NO_DICTS,
    RETRY_AFTER,
    COOKIE,
    STATUS_IN_URL,
    REPEATED,
)

# Settings: how another one differs from the first.
NESTED = "a change deep inside"
LONG_TAIL = "a change at the end of a long value"
LIST_ORDER = "the same values in another order"
BOOLEANS = "True where 1 was"
FLOAT_ONE = "1.0 where 1 was"
TINY = "a change of a number in its last digit"
AS_TEXT = "a number as text"
NULL_GONE = "without a key whose value was null"
EMPTY_GONE = "without a key whose value was an empty dict"
DOTTED = "a key with a dot where a dict in a dict was"
LIST_AS_DICT = "a dict by place where a list was"
SETTINGS = (
    *(NESTED, LONG_TAIL, LIST_ORDER, BOOLEANS, FLOAT_ONE, TINY, AS_TEXT, NULL_GONE),
    *(EMPTY_GONE, DOTTED, LIST_AS_DICT),
)

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
LATE_CHANGE = "200 characters, the last one another"
OTHER_DIGIT = "a digit of another script"
BETWEEN_CASES = "a sign between Z and a"
OTHER_CASE = "a letter that is one of a-z only in another case"
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
    LATE_CHANGE,
    OTHER_DIGIT,
    BETWEEN_CASES,
    OTHER_CASE,
)

# Texts, such as those of errors; the last seven at a limit of characters.
TEXT_QUOTES = "quotes in the text"
TEXT_BACKSLASHES = "backslashes"
LINE_BREAKS = "line breaks and tabs"
TEXT_ACCENTS = "letters beyond ASCII"
BRACES = "braces and percent signs"
COLOURS = "control characters"
WIDE_SIGNS = "signs of four bytes"
JUST_FITS = "as long as may be"
ONE_TOO_LONG = "one character too long"
FAR_TOO_LONG = "far too long"
ACCENTS_AT_THE_CUT = "letters of two bytes at the cut"
ACCENTS_AT_THE_CUT_TOO = "letters of two bytes at the cut, one place on"
WIDE_AT_THE_CUT = "signs of four bytes at the cut"
WIDE_AT_THE_CUT_TOO = "signs of four bytes at the cut, one place on"
TEXTS = (
    TEXT_QUOTES,
    TEXT_BACKSLASHES,
    LINE_BREAKS,
    TEXT_ACCENTS,
    BRACES,
    COLOURS,
    WIDE_SIGNS,
    JUST_FITS,
    ONE_TOO_LONG,
    FAR_TOO_LONG,
    ACCENTS_AT_THE_CUT,
    ACCENTS_AT_THE_CUT_TOO,
    WIDE_AT_THE_CUT,
    WIDE_AT_THE_CUT_TOO,
)

# Moments, in UTC.
BEFORE_MIDNIGHT = "already tomorrow in Paris"
AFTER_MIDNIGHT = "just after midnight in UTC"
SPRING = "the night of 29 March, when 02:30 does not exist in Paris"
AUTUMN = "the night of 25 October, when 02:30 is twice in Paris"
LEAP_DAY = "29 February"
NEW_YEAR = "the last hour of the year"
TIMES = (BEFORE_MIDNIGHT, AFTER_MIDNIGHT, SPRING, AUTUMN, LEAP_DAY, NEW_YEAR)

ALL = (*CUSTOMERS, *SHAPES, *ANSWERS, *SETTINGS, *NAMES, *TEXTS, *TIMES)


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
