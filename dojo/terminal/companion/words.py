"""What the companion itself says, in both languages; what tests say is in `dojo.language`."""

from __future__ import annotations

from dojo.catalog.kata import Language

_EN = {
    "keys": "h hint  r run  m more  l list  n next  b back  e edit  o page  p replay  q quit",
    "keys of list": "up down move  / search  enter go on here  x reset  l back  q quit",
    "kata of": "kata {} of {}",
    "solved of": "{} of {} tasks solved",
    "green of": "{} of {} tests are green.",
    "running": "Running the tests ... {}",
    "starting": "Starting the engines: about five seconds, once ...",
    "again": "The tests run again as soon as this run has ended.",
    "waits for other": "The other kata's run ends first.",
    "solved": "Solved! What it teaches is in {}; n goes on.",
    "last solved": "Solved! What it teaches is in {}; this was the last kata.",
    "no verdict": "No verdict: {}; r tries again, or: dojo doctor",
    "first kata": "This is the first kata.",
    "last kata": "This is the last kata.",
    "task": "Task {}",
    "other tests": "Other tests",
    "red": "{} of {} tests are red",
    "green": "{} green",
    "not begun": "not begun",
    "not run": "not run yet",
    "more red": "{} more red: m shows the next",
    "hint": "Hint {} of 3, task {}",
    "alike": "Before the hints: your task {} behaves as in a mistake that is known.",
    "next hint": "(h: the next hint)",
    "not ours": "Not your code's fault: 'dojo doctor' looks for the cause.",
    "below": "... {} more lines (down)",
    "broken": "{}; the tests run when it is mended",
    "stay": "The tests run when you stay.",
    "search": "search: {}_",
    "nothing found": "No kata has that in its name.",
    "reset?": "Put {} back to its stub? Your file is kept as a backup. y yes, n no",
    "reset done": "Put back: {}. Undo: dojo reset --restore {}",
    "nothing to reset": "There is nothing to put back: {} is the stub.",
    "not reset": "Nothing was put back.",
    "opened": "Opened: {}",
    "unsolved": "unsolved",
    "solved word": "solved",
    "changed": "changed since solved",
    "seen": "solution seen",
    "ending": "Ending ...",
    "go on": "Next: 'dojo' goes on where you were.",
}
_FR = {
    "keys": "h indice r lancer m suite l liste n après b avant e éditer o page p replay q fin",
    "keys of list": "haut bas  / chercher  entrée continuer ici  x remettre  l retour  q fin",
    "kata of": "kata {} sur {}",
    "solved of": "{} tâches résolues sur {}",
    "green of": "{} tests au vert sur {}.",
    "running": "Les tests tournent ... {}",
    "starting": "Démarrage des moteurs : environ cinq secondes, une fois ...",
    "again": "Les tests repartent dès que ceux-ci sont finis.",
    "waits for other": "Les tests de l'autre kata finissent d'abord.",
    "solved": "Résolu ! Ce qu'il enseigne est dans {} ; n pour continuer.",
    "last solved": "Résolu ! Ce qu'il enseigne est dans {} ; c'était le dernier kata.",
    "no verdict": "Pas de verdict : {} ; r pour réessayer, ou : dojo doctor",
    "first kata": "C'est le premier kata.",
    "last kata": "C'est le dernier kata.",
    "task": "Tâche {}",
    "other tests": "Autres tests",
    "red": "{} tests sur {} au rouge",
    "green": "{} au vert",
    "not begun": "pas commencée",
    "not run": "pas encore lancée",
    "more red": "rouges aussi : {} ; m montre le suivant",
    "hint": "Indice {} sur 3, tâche {}",
    "alike": "Avant les indices : votre tâche {} se comporte comme une erreur connue.",
    "next hint": "(h : l'indice suivant)",
    "not ours": "Votre code n'y est pour rien : 'dojo doctor' cherche la cause.",
    "below": "... encore {} lignes (bas)",
    "broken": "{} ; les tests tournent quand c'est réparé",
    "stay": "Les tests tournent si vous restez.",
    "search": "chercher : {}_",
    "nothing found": "Aucun kata n'a cela dans son nom.",
    "reset?": "Remettre {} à son point de départ ? Le vôtre est gardé. o oui, n non",
    "reset done": "Remis : {}. Annuler : dojo reset --restore {}",
    "nothing to reset": "Il n'y a rien à remettre : {} est au point de départ.",
    "not reset": "Rien n'a été remis.",
    "opened": "Ouvert : {}",
    "unsolved": "non résolu",
    "solved word": "résolu",
    "changed": "changé depuis",
    "seen": "solution vue",
    "ending": "Fin ...",
    "go on": "Ensuite : 'dojo' reprend où vous en étiez.",
}
_WORDS: dict[Language, dict[str, str]] = {"en": _EN, "fr": _FR}


class Words:
    """Says things in one language."""

    def __init__(self, language: Language) -> None:
        """Choose the language."""
        self.language = language

    def __call__(self, name: str, *values: object) -> str:
        """Return what is called `name`, with its values."""
        return _WORDS[self.language][name].format(*values)


def names_of(language: Language) -> set[str]:
    """Return what can be said in a language."""
    return set(_WORDS[language])
