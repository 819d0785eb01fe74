"""Fields of a methodology's classes hold any type that cattrs knows, and types whose hooks the methodology registers."""

import enum
import json
from typing import Any, Literal

import attrs
import pytest

from ipmo import ModelError
from ipmo.model.plain import plain_value
from ipmo.model.reading import structured
from ipmo.plugin import CONVERTER


class Size(enum.Enum):
    """An enum of the standard library."""

    SMALL = "S"
    LARGE = "L"


class Mood(enum.StrEnum):
    """An enum that is text too."""

    CALM = "calm"
    TENSE = "tense"


class Points:
    """A value that only its methodology knows."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Points) and other.number == self.number

    def __hash__(self) -> int:
        return hash(self.number)


@attrs.frozen
class Sized:
    """A class of fields that reads itself from one text."""

    wide: int
    high: int


class Secret:
    """A value without any hook."""


@attrs.frozen(kw_only=True)
class Story:
    size: Size = Size.SMALL
    mood: Mood | None = None
    lane: Literal["fast", "slow"] = "slow"
    labels: frozenset[str] = frozenset()
    points: Points | None = None
    history: tuple[Size, ...] = ()
    sized: Sized | None = None


@pytest.fixture(autouse=True)
def hooks() -> None:
    """What a plugin does when it is imported."""

    def points(value: object, _: type) -> Points:
        words = str(value)
        if not words.endswith(" points"):
            raise ValueError("write for example 5 points")
        return Points(int(words.removesuffix(" points")))

    CONVERTER.register_structure_hook(Points, points)
    CONVERTER.register_structure_hook(Sized, lambda value, _: Sized(*map(int, str(value).split("x"))))
    CONVERTER.register_unstructure_hook(Sized, lambda value: f"{value.wide}x{value.high}")
    CONVERTER.register_unstructure_hook(Points, lambda value: f"{value.number} points")


FULL = {
    "size": "L",
    "mood": "tense",
    "lane": "fast",
    "labels": ["b", "a"],
    "points": "5 points",
    "history": ["S", "L"],
    "sized": "3x4",
}


def test_a_class_of_a_methodology_holds_enums_literals_sets_and_values_of_its_own() -> None:
    story = structured(Story, FULL)
    assert story == Story(
        size=Size.LARGE,
        mood=Mood.TENSE,
        lane="fast",
        labels=frozenset("ab"),
        points=Points(5),
        history=(Size.SMALL, Size.LARGE),
        sized=Sized(3, 4),
    )


def test_what_was_read_is_written_so_that_a_file_can_hold_it() -> None:
    plain = plain_value(structured(Story, FULL))
    assert json.loads(json.dumps(plain)) == {**FULL, "labels": ["a", "b"]}
    assert type(plain["mood"]) is str
    assert structured(Story, plain) == structured(Story, FULL)


@pytest.mark.parametrize(
    ("data", "path", "said"),
    [
        ({"size": "M"}, ("size",), "'M' is no Size: it is one of S, L"),
        ({"mood": 3}, ("mood",), "3 is no Mood: it is one of calm, tense"),
        ({"lane": "middle"}, ("lane",), "'middle' is not one of fast, slow"),
        ({"points": "many"}, ("points",), "'many' is no Points: write for example 5 points"),
        ({"history": ["S", "X"]}, ("history", 1), "'X' is no Size"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: dict[str, Any], path: tuple[str | int, ...], said: str) -> None:
    with pytest.raises(ModelError) as caught:
        structured(Story, data)
    assert caught.value.problems[0].path == path
    assert said in str(caught.value)


def test_a_type_that_nothing_reads_or_writes_says_what_to_register() -> None:
    @attrs.frozen(kw_only=True)
    class Odd:
        secret: Secret | None = None

    Odd.__annotations__["secret"] = Secret | None
    with pytest.raises(TypeError, match="nothing says how a .*Secret.* is read; register a hook with ipmo.plugin.CONVERTER"):
        structured(Odd, {"secret": "x"})
    with pytest.raises(TypeError, match="register how a Secret is"):
        plain_value(Odd(secret=Secret()))
