"""Show on the site what an engine recorded of each reference: the kept replays, drawn.

Of `reference/` nothing but these is read: runs and their states, never a line of a solution.
"""

from __future__ import annotations

from collections.abc import Sequence

from dojo.catalog.kata import Kata, Language
from dojo.replay import page
from dojo.replay.palette import STYLE, rule
from dojo.replay.story import Story, StoryError, read_stories
from dojo.replay.words import Say

# The page beside a kata's own.
REPLAYS = "replays"
# A page with one picture is to be read at a glance.
_FEW_RUNS = 12
# So many runs more are worth it if they show one thing more.
_RUNS_A_KIND = 4
_WORDS = {
    "en": {
        "title": "The replay",
        "lead": "What the engine recorded of our solution in `{test}`; `dojo replay {number}`"
        " draws yours above it.",
        "all": "The replays of all tests",
        "pages": "{name}: the replays",
        "told": "What the engine recorded of our solution, test by test. `dojo replay {number}"
        " TEST` draws yours above it, on the same scale.",
    },
    "fr": {
        "title": "Le replay",
        "lead": "Ce que le moteur a enregistré de notre solution dans `{test}` ;"
        " `dojo replay {number}` dessine le vôtre au-dessus.",
        "all": "Les replays de tous les tests",
        "pages": "{name} : les replays",
        "told": "Ce que le moteur a enregistré de notre solution, test par test."
        " `dojo replay {number} TEST` dessine le vôtre au-dessus, à la même échelle.",
    },
}


def kept_replays(kata: Kata) -> tuple[Story, ...]:
    """Return the first kept story of each test of a kata, in the order of its tasks.

    Raises:
        ValueError: The file of a kata's stories is damaged.
    """
    try:
        stories = read_stories(kata.replay_file)
    except StoryError as error:
        raise ValueError(f"{kata.id}: {error}") from None
    first: dict[str, Story] = {}
    for one in stories:
        if one.runs or one.tables:
            first.setdefault(one.test.partition("[")[0], one)
    return tuple(first[test] for test in kata.tests if test in first)


def section(kata: Kata, stories: Sequence[Story], language: Language) -> str:
    """Return what ends a kata's page: the replay that says most, and the way to the others."""
    words, chosen = _WORDS[language], most_telling(stories)
    lead = words["lead"].format(test=chosen.test, number=kata.called)
    more = f"\n\n[{words['all']}]({REPLAYS}.md)" if stories[1:] else ""
    return f"\n\n## {words['title']}\n\n{lead}\n\n{_drawn(chosen, language, 'one')}{more}\n"


def pages_title(name: str, language: Language) -> str:
    """Return the title of the page with all replays of a kata that has this name."""
    return _WORDS[language]["pages"].format(name=name)


def replays_page(kata: Kata, title: str, stories: Sequence[Story], language: Language) -> str:
    """Return the page with all of a kata's replays, in Markdown."""
    words = _WORDS[language]
    parts = [f"# {title}", words["told"].format(number=kata.called)]
    for number, story in enumerate(stories, start=1):
        parts += [f"## `{story.test}`", _drawn(story, language, str(number))]
    return "\n\n".join(parts)


def most_telling(stories: Sequence[Story]) -> Story:
    """Return the story whose picture says most: of few runs, and many kinds of what there is."""

    def says(story: Story) -> tuple[bool, int]:
        is_short = 0 < len(story.runs) + story.left_out <= _FEW_RUNS
        kinds = {(run.kind, state.name) for run in story.runs for state in run.states}
        found = len(kinds) + len(story.tables) + any(run.gets for run in story.runs)
        return is_short, _RUNS_A_KIND * found - len(story.runs)

    return max(stories, key=says)


def style() -> str:
    """Return the style of the pictures: they follow the site's switch of light and dark."""
    papers = (rule(f'html[data-theme="{one}"] .replay', one) for one in ("light", "dark"))
    return "\n".join((STYLE, "@media screen {", *papers, "}\n"))


def _drawn(story: Story, language: Language, key: str) -> str:
    title = f"{story.kata}, {story.test}"
    drawn = page.fragment(title, [("reference", story)], key, Say(language))
    return f"```{{raw}} html\n{drawn}\n```"
