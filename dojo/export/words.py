"""The words around results that a learner reads, in both languages: the one catalogue of them.

Results keep what was said in English, so that two of them can be compared; what is written for a
learner is said in the language of the batch. What tests say of a solution is in the katas' own
catalogues (`dojo.language`); what scenarios say is English in both.
"""

from __future__ import annotations

import functools
import re

from dojo.catalog.kata import Language
from dojo.exam.marks import Verdict

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Feedback for {name}",
        "pair": "{left}: {right}",
        "of": "{earned} of {points} points",
        "none": "no mark yet: the grading itself failed, by no fault of yours",
        "late": "handed in late: days counted: {days}",
        "off": "handed in late, on {moment}: days counted: {days}; points taken off: {off}",
        "untouched": "you handed in the file as it was handed out: was yours saved?",
        "days late": "{days} days late",
        "deadline": "your deadline was {moment}",
        "hand": "the mark was set by hand: {reason}",
        "task": "Task {number}: {title}",
        "task of": "{kata} task {number}",
        "solved": "solved",
        "open": "not solved",
        "more": "and {count} more",
        "silent": "{name}: red; what it said is not told",
        "outside": "seen from outside, with other data",
        "total": "Together: {earned} of {points} points",
        "red": "red: {cause}",
        "examination": "examination: {name}",
        "submission": "submission",
        "differs": "differs from the reference: {verdict}",
        "seen": "{what}: seen {seen}",
        "expected": "{what}: seen {seen}, expected {expected}",
        "grading": "Grading",
        "results": "{count} results: {told}.",
        "nothing": "none",
        "columns": "learner | kata | points | verdict | why",
        "count of red": "{kata}: {count} red, {learner}",
        "more here": "{count} more are in results.json",
        "not graded": "Not graded",
        "left": "{rows} rows and {reports} reports more are in results.json.",
    },
    "fr": {
        "title": "Retour pour {name}",
        "pair": "{left} : {right}",
        "of": "{earned} points sur {points}",
        "none": "pas encore de note : la correction elle-même a échoué, sans faute de votre part",
        "late": "rendu en retard ; jours comptés : {days}",
        "off": "rendu en retard, le {moment} ; jours comptés : {days} ; points retirés : {off}",
        "untouched": "vous avez rendu le fichier tel qu'il a été donné : était-il enregistré ?",
        "days late": "jours de retard : {days}",
        "deadline": "votre date limite était le {moment}",
        "hand": "la note a été mise à la main : {reason}",
        "task": "Tâche {number} : {title}",
        "task of": "{kata} tâche {number}",
        "solved": "résolue",
        "open": "pas résolue",
        "more": "et {count} de plus",
        "silent": "{name} : rouge ; ce qu'il a dit n'est pas communiqué",
        "outside": "vu du dehors, avec d'autres données",
        "total": "En tout : {earned} points sur {points}",
        "red": "rouge : {cause}",
        "examination": "examen : {name}",
        "submission": "rendu",
        "differs": "diffère de la référence : {verdict}",
        "seen": "{what} : vu {seen}",
        "expected": "{what} : vu {seen}, attendu {expected}",
        "grading": "Correction",
        "results": "résultats : {count} ({told}).",
        "nothing": "aucun",
        "columns": "apprenant | kata | points | verdict | pourquoi",
        "count of red": "{kata} : {count} en rouge, {learner}",
        "more here": "{count} de plus sont dans results.json",
        "not graded": "Pas noté",
        "left": "{rows} lignes et {reports} rapports de plus sont dans results.json.",
    },
}
VERDICTS: dict[Language, dict[Verdict, str]] = {
    "en": {
        "passed": "all of it is right",
        "wrong": "something asked for is not there yet",
        "raised": "your code raised an exception",
        "timeout": "your code came to no end, and was stopped",
        "memory": "your code used more memory than there is",
        "crashed": "your code's process was killed",
        "exited": "your code ended the process",
        "unreadable": "what you handed in could not be read",
        "tampering": "what judges was changed",
        "grader-error": "the grading itself failed",
    },
    "fr": {
        "passed": "tout est juste",
        "wrong": "il manque encore quelque chose de ce qui était demandé",
        "raised": "votre code a levé une exception",
        "timeout": "votre code n'en finissait pas, et a été arrêté",
        "memory": "votre code a utilisé plus de mémoire qu'il n'y en a",
        "crashed": "le processus de votre code a été tué",
        "exited": "votre code a mis fin au processus",
        "unreadable": "votre rendu n'a pas pu être lu",
        "tampering": "ce qui juge a été modifié",
        "grader-error": "la correction elle-même a échoué",
    },
}
_SHORT: dict[Verdict, str] = {
    "passed": "réussi",
    "wrong": "incomplet",
    "raised": "exception",
    "timeout": "sans fin",
    "memory": "mémoire",
    "crashed": "tué",
    "exited": "terminé",
    "unreadable": "illisible",
    "tampering": "juge modifié",
    "grader-error": "pas noté",
}
# What a result's advice says, and why a hand-in cannot be read: found again by its form.
_ADVICE = {
    "all of it is right": "tout est juste",
    "it came to no end in time: look for a loop or a wait without an end": (
        "il n'en finissait pas : cherchez une boucle ou une attente sans fin"
    ),
    "it used more memory than a submission has": "il a utilisé plus de mémoire qu'un rendu n'en a",
    "its process was killed": "son processus a été tué",
    "it ended the process: a task must return or raise": (
        "il a mis fin au processus : une tâche doit rendre une valeur ou lever une exception"
    ),
    "it changed what judges it: look at this one by hand": (
        "il a modifié ce qui le juge : à regarder à la main"
    ),
    "{red} of {tests} tests red, {bad} of {scenarios} scenarios differ": (
        "tests en rouge : {red} sur {tests} ; scénarios qui diffèrent : {bad} sur {scenarios}"
    ),
    "{red} of {tests} tests red": "tests en rouge : {red} sur {tests}",
    "twice it broke the sandbox that it ran in, the reference did not: {why}": (
        "deux fois il a cassé le bac à sable où il tournait, la référence non : {why}"
    ),
    "not graded: {why}; grade it again": "pas noté : {why} ; à noter de nouveau",
    "it holds {count} hand-ins ({names}), not one learner's: hand in one": (
        "il contient {count} rendus ({names}), pas celui d'une seule personne : n'en rendez qu'un"
    ),
    "it is a {kind} archive, which is not read here: {cure}": (
        "c'est une archive {kind}, qui n'est pas lue ici : {cure}"
    ),
    "{name} is a link, or cannot be read ({error})": (
        "{name} est un lien, ou ne peut pas être lu ({error})"
    ),
    "{name} is no regular file": "{name} n'est pas un fichier ordinaire",
    "the archive holds more than {most} members": "l'archive contient plus de {most} éléments",
    "the archive unpacks to more than {most} MB": "l'archive dépasse {most} Mo une fois ouverte",
    "the archive unpacks to more than {most} times its size: a bomb": (
        "l'archive dépasse {most} fois sa taille une fois ouverte : une bombe"
    ),
    "the {kind} file holds a member without a name: make it anew": (
        "le fichier {kind} contient un élément sans nom : refaites-le"
    ),
    "the {kind} file holds folders more than {most} deep: {cure} anew": (
        "le fichier {kind} contient plus de {most} dossiers emboîtés : {cure}"
    ),
    "the repository is not all its own: {why}; hand in a plain clone": (
        "le dépôt n'est pas tout entier à lui : {why} ; rendez un simple clone"
    ),
    "the {kind} file takes more memory or time to read than any should: make it anew": (
        "lire le fichier {kind} prend plus de mémoire ou de temps qu'il n'en faut : refaites-le"
    ),
    "the {kind} file holds a name of {count} characters: make it anew": (
        "le fichier {kind} contient un nom de {count} caractères : refaites-le"
    ),
    "the {kind} file cannot be read ({error}): make it anew": (
        "le fichier {kind} ne peut pas être lu ({error}) : refaites-le"
    ),
    "the {kind} file holds {name} twice: make it anew": (
        "le fichier {kind} contient deux fois {name} : refaites-le"
    ),
    "{name} is a link in the archive, no file": "{name} est un lien dans l'archive, pas un fichier",
    "the {kind} file holds no tar ({error}): {cure}": (
        "le fichier {kind} ne contient pas de tar ({error}) : {cure}"
    ),
    "{name} is not there; there is {near}: if that is it, call it {file}": (
        "{name} n'est pas là ; il y a {near} : si c'est lui, appelez-le {file}"
    ),
    "{name} is not there; there is {near}: unpack it": (
        "{name} n'est pas là ; il y a {near} : décompressez-le"
    ),
    "{name} is not there": "{name} n'est pas là",
    "{name} is longer than {most} MB: hand in the code only": (
        "{name} dépasse {most} Mo : ne rendez que le code"
    ),
    "{name} is empty: was it saved?": "{name} est vide : a-t-il été enregistré ?",
    "{name} is not Python text (NUL bytes): save it as UTF-8": (
        "{name} n'est pas du texte Python (octets nuls) : enregistrez-le en UTF-8"
    ),
    "{name} is not Python text: save it as UTF-8": (
        "{name} n'est pas du texte Python : enregistrez-le en UTF-8"
    ),
    "it was typed into the platform's page: hand in the file": (
        "il a été tapé dans la page de la plateforme : rendez le fichier"
    ),
    "it is a link: hand in the files themselves": "c'est un lien : rendez les fichiers eux-mêmes",
    "there is nothing at this path": "il n'y a rien à cet endroit",
    "{name} is empty: {cure}": "{name} est vide : {cure}",
    "{name} is no folder, archive or Python file by its bytes: {cure}": (
        "{name} n'est, d'après ses octets, ni dossier, ni archive, ni fichier Python : {cure}"
    ),
    "the folder cannot be read ({error})": "le dossier ne peut pas être lu ({error})",
    "it holds more than {most} files": "il contient plus de {most} fichiers",
    "git cannot read the repository: {error}": "git ne peut pas lire le dépôt : {error}",
    "{name} is a link or a submodule, no file": (
        "{name} est un lien ou un sous-module, pas un fichier"
    ),
    "it cannot be read ({error}): hand it in anew, as a .zip": (
        "il ne peut pas être lu ({error}) : rendez-le de nouveau, en .zip"
    ),
}
_OWN_WORD = r"(.+); on its own word alone: task ([\d, ]+)"  # behind any advice
_CURES = {"hand in a .zip or a .tar.gz": "rendez un .zip ou un .tar.gz"}


def short(verdict: Verdict, language: Language) -> str:
    """Return a verdict in a word or two; in English it is the record's own."""
    return _SHORT[verdict] if language == "fr" else verdict


def advice_in(language: Language, advice: str) -> str:
    """Return a result's advice in a language; as it is where it is of no form that is known."""
    if language == "en":
        return advice
    if own := re.fullmatch(_OWN_WORD, advice, re.DOTALL):
        return f"{advice_in(language, own[1])} ; sur sa seule parole : tâche {own[2]}"
    for form, said in _forms():
        if found := form.fullmatch(advice):
            given = {name: _CURES.get(text, text) for name, text in found.groupdict().items()}
            return said.format(**given)
    return advice


@functools.cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_form_of(english), french) for english, french in _ADVICE.items())


def _form_of(text: str) -> re.Pattern[str]:
    """Make a pattern of a text with `{names}` in it."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)
