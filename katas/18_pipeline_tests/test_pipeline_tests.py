"""Whether your tests are green on pipelines that keep the contract, and red on all others."""

import importlib.util
import itertools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest

HERE = Path(__file__).parent


def beside(name: str) -> Any:
    """Load a file that lies beside this one."""
    spec = importlib.util.spec_from_file_location(f"kata_18_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


trial, variants = beside("trial"), beside("variants")
SOURCE = (HERE / "nightly.py").read_text(encoding="utf-8")

# How the names of a task's tests begin.
WORDS = {
    "check": ("test_check",),
    "clean": ("test_clean",),
    "prepare": ("test_prepare", "test_score"),
    "publish": ("test_publish",),
    "nightly": ("test_nightly",),
}


class Fault(NamedTuple):
    """A promise that a pipeline breaks."""

    what: str
    means: str


FAULTS = {
    "nothing_is_data": Fault(
        "`check` lets an empty list pass.",
        "the API answers [] while its database is being moved, and the call centre gets an empty"
        " list of customers; the run is green.",
    ),
    "error_is_data": Fault(
        "`check` lets an answer pass that is no list.",
        'the API answers {"error": "busy"} with status 200, and the night goes on with it.',
    ),
    "first_row_speaks_for_all": Fault(
        "`check` looks at the first row only.",
        "row 48,211 has a tenure of -1 since the last release of the API, and nobody hears of it.",
    ),
    "some_columns_are_enough": Fault(
        "`check` passes over a row that lacks one of the five keys.",
        "a key is renamed at the API, all rows lack it, and the column is empty from then on.",
    ),
    "who_has_churned_is_not_asked": Fault(
        "`check` does not ask for the key `churned`.",
        "the API leaves out what it deems private, and nobody has left any more.",
    ),
    "tenure_below_zero": Fault(
        "`check` lets a negative `tenure` pass.",
        "a -1 that stands for 'not known' is learned from as if it were a number of months.",
    ),
    "fee_below_zero": Fault(
        "`check` looks at whole euros: a `fee` of -0.5 passes.",
        "a refund is booked as a fee, and the median of all fees goes down with it.",
    ),
    "churned_is_any_number": Fault(
        "`check` lets a `churned` of 2 pass.",
        "the API has a new number for who is on notice: they have neither left nor stayed, and are"
        " learned from nowhere.",
    ),
    "ids_are_anything": Fault(
        "`check` lets a `customer_id` pass that is a number, or empty.",
        "all customers without an id become one, and the others are joined to nobody.",
    ),
    "unknown_fee_is_refused": Fault(
        "`check` refuses a row whose `fee` nobody knows.",
        "one new customer without a contract, and the whole night fails.",
    ),
    "more_is_refused": Fault(
        "`check` refuses a row that has one key more than the five.",
        "the API gets a new key that nobody here needs, and each night fails until somebody is up.",
    ),
    "oldest_row_wins": Fault(
        "`clean` keeps of each customer the row that was seen first.",
        "whoever has left is scored as if she were still there, from what was known last year.",
    ),
    "last_in_the_answer_wins": Fault(
        "`clean` keeps of each customer the row that comes last in the answer, whenever it was"
        " seen.",
        "the API answers in another order after an update, and old rows replace new ones.",
    ),
    "seconds_are_not_compared": Fault(
        "`clean` compares the minutes of `seen_at`: of two rows within one it keeps the one that"
        " comes last in the answer.",
        "who calls twice in a minute to take a cancellation back has cancelled.",
    ),
    "unknown_fee_is_zero": Fault(
        "`clean` makes an unknown fee 0.",
        "customers of whom nobody knows the fee are learned from as customers who pay nothing.",
    ),
    "free_customers_are_lost": Fault(
        "`clean` leaves out customers whose fee is 0.",
        "nobody in the free months is ever called, and these are the ones who leave.",
    ),
    "ids_become_numbers": Fault(
        "`clean` turns ids that look like numbers into such: '007' becomes '7'.",
        "scores of '007' are joined to nobody, or to another customer.",
    ),
    "test_customers_stay": Fault(
        "`clean` keeps test customers.",
        "the model learns from what colleagues clicked together, and the call centre calls them.",
    ),
    "customers_taken_for_tests": Fault(
        "`clean` leaves out all customers with 'test' anywhere in their ids.",
        "'contest-2026' is a real shop with 300 lines, and it is never called.",
    ),
    "order_of_the_answer": Fault(
        "`clean` leaves the customers in the order of the answer.",
        "the same data gives another table each night, and nobody can compare two of them.",
    ),
    "ids_are_stripped": Fault(
        "`clean` takes blanks from the ends of ids: '7 ' becomes '7'.",
        "the billing system has them with the blank: the two are joined no more, and where both are"
        " there one of two customers is lost.",
    ),
    "median_of_all": Fault(
        "`prepare` fills unknown fees with the median of all customers, tonight's among them.",
        "the model was measured with numbers that it will not have: it looks better than it is.",
    ),
    "scaled_by_all": Fault(
        "`prepare` scales by mean and standard deviation of all customers, tonight's among them.",
        "the features of last year change with whoever is scored tonight; no number can be made"
        " again.",
    ),
    "tonights_in_both": Fault(
        "`prepare` leaves tonight's customers among those to learn from.",
        "the model is asked about customers whose answer it has seen: it looks nearly perfect.",
    ),
    "each_part_by_itself": Fault(
        "`prepare` centres tonight's customers by their own mean.",
        "a night on which all customers do badly looks like any other night.",
    ),
    "only_centred": Fault(
        "`prepare` centres `tenure` and `fee`, and does not divide by their standard deviations.",
        "euros weigh more than months only because their numbers are larger.",
    ),
    "midnight_is_lost": Fault(
        "`prepare` loses customers who were seen at midnight sharp: they are in neither part.",
        "the import that stamps its rows 00:00:00 is never scored, and no count says so.",
    ),
    "scores_by_rank": Fault(
        "`score` returns the customers by their scores, and not in the order given.",
        "whoever puts the scores beside the customers, row by row, calls the wrong ones.",
    ),
    "learns_once": Fault(
        "`score` learns at its first call, and never again in that process.",
        "a worker lives for weeks: from the second night on it scores by what was true on the"
        " first.",
    ),
    "knows_who_has_left": Fault(
        "`score` looks at `churned` of tonight's customers.",
        "on old data the scores are brilliant; at night, where nobody knows it yet, they are not.",
    ),
    "appended": Fault(
        "`publish` adds to the night's file where there is one.",
        "a rerun after a crash writes each customer twice, and each is called twice.",
    ),
    "first_one_stays": Fault(
        "`publish` leaves the night's file as it is where there is one.",
        "the night is run again with the corrected data, is green, and changes nothing.",
    ),
    "others_are_tidied_up": Fault(
        "`publish` removes the files of other nights.",
        "the report of the month finds one day.",
    ),
    "last_written_is_latest": Fault(
        "`publish` makes `latest.csv` of the night that was published last.",
        "in March somebody runs a night of January again, and the call centre works off January's"
        " list.",
    ),
    "empty_night_is_left_out": Fault(
        "`publish` leaves the night's file as it is where there is nobody to score any more.",
        "the night is run again because its customers were wrong, all of them; they are called all"
        " the same.",
    ),
    "latest_in_its_place": Fault(
        "`publish` writes `latest.csv` in its place: who has it open reads the old one's beginning"
        " and the new one's end.",
        "the call centre reads just then, and calls a list that no night has made.",
    ),
    "row_numbers_are_written": Fault(
        "`publish` writes row numbers as a column more.",
        "the call centre's import takes the first column for the customer.",
    ),
    "removed_first": Fault(
        "`publish` removes the night's old file before it writes the new one.",
        "the disk is full as a night is run again: the list that was there is gone, too.",
    ),
    "half_a_file": Fault(
        "`publish` writes the night's file line by line, in its place.",
        "writing fails half-way, or somebody reads at that moment: half of the customers are not"
        " called, and nothing says that they are missing.",
    ),
    "gives_up_at_once": Fault(
        "`nightly` asks the API once, and gives up.",
        "the API is restarted at 2:00 each night, which takes a minute; each night fails.",
    ),
    "only_a_refused_connection_heals": Fault(
        "`nightly` asks again only where the connection was refused, and not where `fetch` raised"
        " something else.",
        "the API does not answer in time for a minute, and the night is lost.",
    ),
    "failure_is_no_customers": Fault(
        "`nightly` returns 0 where the API cannot be asked, and its run is Completed.",
        "the API is down for a week, and all runs are green.",
    ),
    "published_then_checked": Fault(
        "`nightly` publishes first and checks then.",
        "the run is red, as it should be; the call centre works off the wrong list all the same.",
    ),
    "asks_again_for_what_is_wrong": Fault(
        "`nightly` asks again, with pauses, for rows that `check` has refused.",
        "what no second try heals is found out 21 minutes later, and the API is asked four times.",
    ),
}


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(line for line in lines if line)


class Judge:
    """Runs the tests of one task on pipelines."""

    _known: ClassVar[dict[tuple[Path, str], list[Any]]] = {}

    def __init__(self, solution: Any, clock: Any, folder: Path, task: str) -> None:
        self.file = Path(solution.__file__)
        self.task = task
        self._name, self._clock = solution.__name__, clock
        self._folders = (folder / f"trial-{number}" for number in itertools.count())

    def run(self, source: str, **how: Any) -> list[Any]:
        """Run the tests on a pipeline; those that are not written yet are left out."""
        try:
            ran = trial.run_tests(
                self.file,
                source,
                next(self._folders),
                words=WORDS[self.task],
                module_name=self._name,
                waited_s=self._waited_s,
                **how,
            )
        except trial.BrokenTests as error:
            pytest.fail(
                told(f"pytest cannot collect {self.file.name}:", *str(error).splitlines()[-6:]),
                pytrace=False,
            )
        return ran

    def _waited_s(self) -> float:
        return sum(one.seconds for one in self._clock.waits if one.by == "solution")

    def on_the_given(self) -> list[Any]:
        """Run the tests on the pipeline as it is, once for all that is asked of the task."""
        key = self.file, self.task
        if key not in self._known:
            self._known[key] = self.run(SOURCE, explain=True)
        if not self._known[key]:
            pytest.fail(
                told(
                    f"{self.file.name} has no test of this task: their names begin with"
                    f" {' or '.join(WORDS[self.task])}.",
                    "In production: nobody notices what nobody looks at.",
                ),
                pytrace=False,
            )
        return self._known[key]

    def usable(self) -> list[str]:
        """Return the tests that are green on the pipeline as it is; others tell no fault."""
        ran = self.on_the_given()
        green = [one.name for one in ran if one.outcome == "green"]
        if not green:
            for one in ran:
                self.raise_stub(one)
            pytest.fail(
                told(
                    "None of your tests of this task is green on the pipeline as it is"
                    f" ({', '.join(one.name for one in ran)}): so none can notice a fault.",
                    f"{ran[0].name}: {self.error(ran[0])}",
                ),
                pytrace=False,
            )
        return green

    def raise_stub(self, ran: Any) -> None:
        """Raise what a test raises that is not written yet."""
        if isinstance(ran.error, NotImplementedError):
            raise ran.error

    def error(self, ran: Any) -> str:
        """Say what a test was red of, and where."""
        said = " ".join(f"{type(ran.error).__name__}: {ran.error}".split())
        said = said if len(said) <= 300 else f"{said[:200]} [...] {said[-90:]}"
        frames = traceback.extract_tb(ran.error.__traceback__) if ran.error else []
        lines = [one for one in frames if one.filename == str(self.file)]
        return f"{said} (line {lines[-1].lineno}: {lines[-1].line})" if lines else said


@pytest.fixture
def judge_of(solution: Any, clock: Any, tmp_path: Path) -> Callable[[str], Judge]:
    """Judge the tests of a task: `judge_of("check")`."""
    return lambda task: Judge(solution, clock, tmp_path, task)


NOBODY_MERGES = (
    "In production: a test that is red for no fault stops everybody; after a week it is switched"
    " off, and with it what it would have noticed."
)


def accepts_what_is_right(judge: Judge) -> None:
    """Ask that the tests of a task are green on pipelines that keep the contract."""
    for ran in judge.on_the_given():
        judge.raise_stub(ran)
        look_at_habits(judge, ran)
        assert ran.outcome != "skipped", told(
            f"{ran.name} was skipped on the pipeline as it is: it says nothing of it.",
            f"pytest says: {judge.error(ran)}",
        )
        assert ran.outcome == "green", told(
            f"{ran.name} is red on the pipeline as it is, which keeps its contract (nightly.py).",
            judge.error(ran),
            NOBODY_MERGES,
        )
    for edits in variants.HONEST[judge.task].values():
        source = variants.rewritten(variants.edited(SOURCE, edits))
        for ran in judge.run(source, backwards=True):
            if ran.outcome != "green":
                look_at_order(judge, ran)
                (ran,) = judge.run(source, only=[ran.name], explain=True) or [ran]
            look_at_habits(judge, ran)
            assert ran.outcome == "green", told(
                f"{ran.name} is red on a pipeline that keeps the contract and comes to it by other"
                " means: another style, other names inside, other texts of errors.",
                judge.error(ran),
                "Look at what the functions of the contract take, return, raise and leave on disk,"
                " not at how they come to it.",
                NOBODY_MERGES,
            )


def look_at_habits(judge: Judge, ran: Any) -> None:
    """Ask that a test waits for nothing, asks nobody, and reads no source."""
    chain, error = [], ran.error
    while error is not None and len(chain) < 20:
        chain.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    host = ran.network or ("a host" if "NetworkRefused" in chain else "")
    assert not host, told(
        f"{ran.name} needs the network: it asks for {host}.",
        "Replace `fetch` of the pipeline for the length of your test: that is what it is for.",
        "In production: the test is red when somebody else's server is slow, and then nobody"
        " believes it when it is right.",
    )
    assert not ran.pauses_s, told(
        f"{ran.name} waits: {ran.pauses_s:g} s.",
        "Nothing of the pipeline goes on by itself: when a call returns it is done. The pauses of"
        " retries cost nothing here.",
        "In production: a thousand tests that wait a second each are run once a night, and not"
        " before each change.",
    )
    assert not ran.reads, told(
        f"{ran.name} reads the text of the pipeline ({ran.reads}).",
        "The text may be any that keeps the contract: call the functions; look at what they do.",
        NOBODY_MERGES,
    )


def look_at_order(judge: Judge, ran: Any) -> None:
    """Ask that a test which is red on another pipeline is green on the given one in that order."""
    again = {one.name: one for one in judge.run(SOURCE, backwards=True)}
    other = again.get(ran.name)
    assert other is None or other.outcome == "green", told(
        f"{ran.name} was green, and red when your tests ran once more, the last one first, on the"
        " same pipeline.",
        judge.error(other),
        "It depends on chance, or on what another test or an earlier run has left: use tmp_path,"
        " monkeypatch and data of its own.",
        "In production: whoever sees it red runs it again until it is green.",
    )


def can_be_red(judge: Judge) -> None:
    """Ask that no test of a task is green whatever the pipeline does."""
    green = judge.usable()
    for ran in judge.on_the_given():
        assert ran.takes_pipeline, told(
            f"{ran.name} does not take `pipeline`: what it looks at is no pipeline on trial.",
            "In production: whatever breaks, it is green.",
        )
    for change in (variants.hollow, variants.broken):
        ran_on = judge.run(SOURCE, only=green, change=change) if green else []
        green = [one.name for one in ran_on if one.outcome == "green"]
    for edits in variants.FAULTY[judge.task].values():
        if green:
            ran_on = judge.run(variants.edited(SOURCE, edits), only=green)
            green = [one.name for one in ran_on if one.outcome == "green"]
    assert not green, told(
        f"{green[0]} always passes: it was green on each faulty pipeline of this task, on one whose"
        " functions do nothing and return None, and on one whose functions all raise.",
        "A test asserts something of what came back, was raised, or lies on disk.",
        "In production: it is counted as a test, and everybody feels safe.",
    )


def notices(judge: Judge, fault: str) -> None:
    """Ask that a test of a task is red on a pipeline with one fault."""
    green = judge.usable()
    source = variants.edited(SOURCE, variants.FAULTY[judge.task][fault])
    ran = judge.run(source, only=green, stop=True)
    names = ", ".join(green)
    assert any(one.outcome == "red" for one in ran), told(
        f"A pipeline with one fault passed your tests of this task: {FAULTS[fault].what}",
        f"All of them were green: {names}.",
        f"In production: {FAULTS[fault].means}",
    )


# Task 1: what the API answers


def test_tests_of_check_accept_what_is_right(judge_of: Any) -> None:
    accepts_what_is_right(judge_of("check"))


def test_tests_of_check_can_be_red(judge_of: Any) -> None:
    can_be_red(judge_of("check"))


@pytest.mark.parametrize("fault", variants.FAULTY["check"])
def test_fault_of_check_is_noticed(judge_of: Any, fault: str) -> None:
    notices(judge_of("check"), fault)


# Task 2: what is kept of it


def test_tests_of_clean_accept_what_is_right(judge_of: Any) -> None:
    accepts_what_is_right(judge_of("clean"))


def test_tests_of_clean_can_be_red(judge_of: Any) -> None:
    can_be_red(judge_of("clean"))


@pytest.mark.parametrize("fault", variants.FAULTY["clean"])
def test_fault_of_clean_is_noticed(judge_of: Any, fault: str) -> None:
    notices(judge_of("clean"), fault)


# Task 3: nothing of tonight is known


def test_tests_of_prepare_accept_what_is_right(judge_of: Any) -> None:
    accepts_what_is_right(judge_of("prepare"))


def test_tests_of_prepare_can_be_red(judge_of: Any) -> None:
    can_be_red(judge_of("prepare"))


@pytest.mark.parametrize("fault", variants.FAULTY["prepare"])
def test_fault_of_prepare_is_noticed(judge_of: Any, fault: str) -> None:
    notices(judge_of("prepare"), fault)


# Task 4: what lies on disk


def test_tests_of_publish_accept_what_is_right(judge_of: Any) -> None:
    accepts_what_is_right(judge_of("publish"))


def test_tests_of_publish_can_be_red(judge_of: Any) -> None:
    can_be_red(judge_of("publish"))


@pytest.mark.parametrize("fault", variants.FAULTY["publish"])
def test_fault_of_publish_is_noticed(judge_of: Any, fault: str) -> None:
    notices(judge_of("publish"), fault)


# Task 5: the whole night


def test_tests_of_nightly_accept_what_is_right(judge_of: Any) -> None:
    accepts_what_is_right(judge_of("nightly"))


def test_tests_of_nightly_can_be_red(judge_of: Any) -> None:
    can_be_red(judge_of("nightly"))


@pytest.mark.parametrize("fault", variants.FAULTY["nightly"])
def test_fault_of_nightly_is_noticed(judge_of: Any, fault: str) -> None:
    notices(judge_of("nightly"), fault)
