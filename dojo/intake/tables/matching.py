"""Find whose line of a platform's list a hand-in is: by the platform's number, else by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dojo.intake.tables.sheets import bare

Person = tuple[str, tuple[str, ...]]  # the platform's number, or nothing; names, logins, addresses


class People:
    """Those who are on a list."""

    def __init__(self, people: Sequence[Person]) -> None:
        """Take them, each by its place in the sequence."""
        self._by_number = {number: place for place, (number, _) in enumerate(people) if number}
        self._by_name: dict[str, set[int]] = {}
        for place, (_, names) in enumerate(people):
            for name in names:
                self._by_name.setdefault(bare(name), set()).add(place)
        self._logins = sorted(
            {(name.casefold(), place) for place, (_, names) in enumerate(people) for name in names},
            key=lambda one: -len(one[0]),
        )

    def find(self, names: Iterable[str], number: str = "") -> int | None:
        """Return the place of a person.

        Args:
            names: What they are called elsewhere: a hand-in's name, an address.
            number: The platform's number in a hand-in's name; empty: unknown.

        Returns:
            None where nobody is meant, or more than one may be.
        """
        if number in self._by_number:
            return self._by_number[number]
        found = {place for name in names for place in self._by_name.get(bare(name), ())}
        return next(iter(found)) if len(found) == 1 else None

    def find_namesake(self, name: str) -> int | None:
        """Return the place of one of several who are called alike: `Anna Doe_1234`."""
        who, _, number = name.rpartition("_")
        place = self._by_number.get(number)
        return place if place in self._by_name.get(bare(who), ()) else None

    def find_owner(self, repository: str) -> int | None:
        """Return the place of whom a repository is called after: `retries-anna` of `anna`."""
        name = repository.casefold()
        for login, place in self._logins:
            if name == login or name.endswith(f"-{login}"):
                return place
        return None
