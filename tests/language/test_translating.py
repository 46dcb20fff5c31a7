"""A message is said in another language: as made of its sentences, with what was put in."""

from __future__ import annotations

import pytest
from rich.console import Console

from dojo.language.breaking import broken
from dojo.language.translating import Translator

TESTS = {
    "In production: {production}": "En production : {production}",
    "nobody is told.": "personne n'est prévenu.",
    "The API answered: {answers}. Expected: {count} customers.{first}": (
        "Réponses de l'API : {answers}. Attendu : {count} clients.{first}"
    ),
    " The first that differs: {one} instead of {other}.": (
        " Le premier qui diffère : {one} au lieu de {other}."
    ),
    "{call} made {seen} request{it}, {expected} expected.": (
        "{call} : requêtes faites : {seen}, attendues : {expected}."
    ),
    "The API answered: {answers}.": "Réponses de l'API : {answers}.",
    "none": "aucun",
    ", then ": ", puis ",
    "no answer": "pas de réponse",
    "{what}\nIn production: {why}\n{cure}": "{what}\nEn production : {why}\n{cure}",
    "Work on a copy.": "Travaillez sur une copie.",
    "Called twice:\n{first}\nand then {second}.": "Deux appels :\n{first}\npuis {second}.",
    "{a}, {b}, {c}, {d}, {e}, {f}!": "{f}, {e}, {d}, {c}, {b}, {a} !",
    "{count} of {all}, {{not}} put in": "{count} sur {all}, {{pas}} mis",
    "customer_id,plan": "customer_id,plan",
}
OWN = {
    "returned {value}.": "a rendu {value}.",
    "raised {name}: {text}": "a levé {name} : {text}",
    "The test expected no exception here, and got one.": "Le test n'attendait aucune exception.",
}
FRENCH = Translator(TESTS, OWN)


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("In production: nobody is told.", "En production : personne n'est prévenu."),
        ("In production: nobody knew.", "En production : nobody knew."),
        ("load('http://x/a. b') returned [1, 2].", "load('http://x/a. b') a rendu [1, 2]."),
        (
            "load() made 3 requests, 4 expected.",
            "load() : requêtes faites : 3, attendues : 4.",
        ),
        (
            "The API answered: 503, 200. Expected: 2 customers. The first that differs: 1 instead"
            " of 2.",
            "Réponses de l'API : 503, 200. Attendu : 2 clients. Le premier qui diffère : 1 au lieu"
            " de 2.",
        ),
        (
            "The API answered: none. It is not known. In production: nobody is told.",
            "Réponses de l'API : aucun. It is not known. En production : personne n'est prévenu.",
        ),
        (
            "Called twice:\nload() returned 5.\nand then load() raised E: no.\nIn production: x.",
            "Deux appels :\nload() a rendu 5.\npuis load() a levé E : no.\nEn production : x.",
        ),
        ("    1 of 2, {not} put in", "    1 sur 2, {pas} mis"),
        ("no answer, then 503, then no answer", "pas de réponse, puis 503, puis pas de réponse"),
        (
            "load() did it.\nIn production: work on a copy.\nload() returned 5.\n"
            "The API answered: 5.",
            "load() did it.\nEn production : travaillez sur une copie.\nload() a rendu 5.\n"
            "Réponses de l'API : 5.",
        ),
        ("customer_id,plan", "customer_id,plan"),
        ("", ""),
        ("\n\n", "\n\n"),
        ("{call} {0} %s", "{call} {0} %s"),
    ],
)
def test_message_is_said_as_far_as_it_is_known(english: str, french: str) -> None:
    assert FRENCH.translate(english) == french


def test_first_catalogue_counts() -> None:
    theirs = Translator({"none": "rien"}, {"none": "aucun"})

    assert theirs.translate("none") == "rien"


def test_without_a_catalogue_nothing_changes() -> None:
    assert Translator({}).translate("In production: x") == "In production: x"


LONG = ["a. " * 5_000, "The API answered: " * 400, "{" * 3_000, "x" * 10**6, "x, " * 1_300]


@pytest.mark.parametrize("text", [*LONG, "returned " * 400, "\n".join(["a, b. c"] * 2_000)])
def test_long_text_comes_to_an_end(text: str) -> None:
    """A solution prints what it likes: what is found in it may not take for ever."""
    assert len(FRENCH.translate(text)) >= len(text) // 2


def test_no_line_begins_with_a_sign_that_a_space_keeps_at_its_word() -> None:
    console = Console(width=20)
    lines = broken("un deux trois quatre\u00a0: cinq", "", console, 20)

    assert [line.plain.rstrip() for line in lines] == ["un deux trois", "quatre\u00a0: cinq"]


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("This is in all of it", "This is in all of it"),
        ("'a.csv' in here", "'a.csv' dans here"),
        ("10 to 15 s, 20 to 30 s", "10 à 15 s, 20 à 30 s"),
        ("f(x) left what nobody asked for:", "f(x) a laissé ce que personne n'a demandé :"),
        ("Found, or waits for ever.", "Found, ou attend sans fin."),
    ],
)
def test_little_words_alone_are_no_sentence(english: str, french: str) -> None:
    there = Translator(
        {
            "{name} in {place}": "{name} dans {place}",
            "{low} to {high} s": "{low} à {high} s",
            "left what nobody asked for": "a laissé ce que personne n'a demandé",
            ", or waits for ever.": ", ou attend sans fin.",
            "In short: {it}": "En bref : {it}",
        }
    )

    assert there.translate(english) == french


@pytest.mark.parametrize(
    ("english", "french"),
    [
        # Where the call ends and its ending begins no sign tells: both are read as one.
        (
            "run(all three): It made: a, b. It succeeded. The source was asked 2 times.",
            "run(les trois) : Fait : a, b. C'est réussi. Demandes à la source : 2.",
        ),
        # What a translation puts elsewhere is a count, no sentence before it.
        ("It made: a. 4 rows of b.", "Fait : a. lignes de b : 4."),
        ("in the storage 3fa was 1 and is 2", "dans le stockage 3fa était 1 et vaut 2"),
        ("the level of blas (x.so) was 1 and is 2", "le niveau de blas (x.so) était 1 et vaut 2"),
        ("f() raised E: no end It made 5 runs.", "f() a levé E : no end Cela fait 5 exécutions."),
        # Somebody else's sentence: no part of it is one of ours.
        ("no answer (404: it does not exist)", "no answer (404: it does not exist)"),
        ("it does not exist", "it n'existe pas"),
    ],
)
def test_message_of_many_parts_is_taken_apart_rightly(english: str, french: str) -> None:
    there = Translator(
        {
            "{call} {ending} The source was asked {n} times.": (
                "{call} {ending} Demandes à la source : {n}."
            ),
            "run(all three)": "run(les trois)",
            "It made: {made}. ": "Fait : {made}. ",
            "It succeeded.": "C'est réussi.",
            "{n} rows of {what}.": "lignes de {what} : {n}.",
            "in the storage": "dans le stockage",
            "the level of": "le niveau de",
            "was {old} and is {new}": "était {old} et vaut {new}",
            "raised {name}: {text}": "a levé {name} : {text}",
            " It made {n} runs.": " Cela fait {n} exécutions.",
            "no answer (404: it does not exist)": "no answer (404: it does not exist)",
            "{what} does not exist": "{what} n'existe pas",
        }
    )

    assert there.translate(english) == french
