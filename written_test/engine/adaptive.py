"""Which question comes next and when a test stops; pure, and the same again when replayed.

A course is a fold over what was shown and answered. Chance comes from the course's seed and the
place alone, so that the same steps give the same choices. How a question is chosen:

1. the skill that is furthest behind its share of the questions;
2. within it, of the items that this person never saw, those that this person's draw lets through:
   each item passes with its exposure parameter (Sympson & Hetter, 1985, drawn once a person);
3. the highest of (1 - w) u M + w I: information I at the present ability, M the highest, u at
   random, w rising from 0 to 1 with the test (progressive choice: Revuelta & Ponsoda, 1998);
   what is written for the person's own field counts more, what is for another field less.

The first scored question is drawn from those of a middling difficulty, where the rules say which:
at random as in 3, never far above a beginner. No pilot comes before it.

Before some of these questions a pilot is shown: one on trial, drawn at random, not scored. Pilots
have draws of their own, and nothing else of a course knows of them: without them the same answers
give the same questions and the same estimates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from written_test.engine.irt import Floats, Posterior, information

OWN_FIELD: Final = 1.25
OTHER_FIELD: Final = 0.6
"""By how much the information of an item counts that is of the person's own or another field."""
RAMP: Final = 5
"""From this question on, chance plays no part in the choice but for exposure control."""

_POPULATION: Final = Posterior.normal()
_COINS: Final = 1 << 20  # a place that no test reaches: the draw of what may be shown
_TRIALS: Final = 1 << 21  # from here on: whether a pilot comes before a question, and which
MOST_PILOTS: Final = 0.3
"""No larger share of the questions of a test is on trial."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a pool: its scored parts as (a, b, c), tags, and exposure parameter."""

    id: int
    skill: str
    parts: tuple[tuple[float, float, float], ...]
    field: str = ""  # "": suits everybody
    exposure: float = 1.0


@dataclass(frozen=True, slots=True)
class Pilot:
    """One item on trial: shown to some, scored for nobody."""

    id: int
    skill: str
    field: str = ""  # "": suits everybody


class Pool:
    """The items that tests draw from, as arrays sorted by skill; never changed once made."""

    def __init__(self, entries: Sequence[Entry], pilots: Sequence[Pilot] = ()) -> None:
        """Sort `entries` by skill and id; `pilots` are items beside them.

        Raises:
            ValueError: no entries at all, or two items with one id.
        """
        self.pilots = {pilot.id: pilot for pilot in sorted(pilots, key=lambda pilot: pilot.id)}
        self.entries = tuple(sorted(entries, key=lambda entry: (entry.skill, entry.id)))
        self.place = {entry.id: index for index, entry in enumerate(self.entries)}
        apart = len(self.place.keys() | self.pilots.keys())
        if not entries or apart != len(self.entries) + len(pilots):
            raise ValueError("a pool needs items, each once")
        parts = [part for entry in self.entries for part in entry.parts]
        self.a, self.b, self.c = (np.array(column) for column in zip(*parts, strict=True))
        counts = np.array([len(entry.parts) for entry in self.entries])
        self.starts = np.concatenate(([0], np.cumsum(counts)))
        self.single = bool((counts == 1).all())
        self.difficulty = np.add.reduceat(self.b, self.starts[:-1]) / counts
        self.exposure = np.array([entry.exposure for entry in self.entries])
        self.fields = np.array([entry.field for entry in self.entries])
        self.of_fields = bool((self.fields != "").any())
        names = [entry.skill for entry in self.entries]
        self.skills = tuple(dict.fromkeys(names))
        self.slices = {
            skill: slice(names.index(skill), names.index(skill) + names.count(skill))
            for skill in self.skills
        }

    def __len__(self) -> int:
        return len(self.entries)

    def within(self, items: slice, least: float, most: float) -> NDArray[np.bool_]:
        """Return which of a run of items lie between two difficulties, by their parts' mean."""
        difficulty = self.difficulty[items]
        lies: NDArray[np.bool_] = (difficulty >= least) & (difficulty < most)
        return lies

    def information(self, theta: float, items: slice) -> Floats:
        """Return the information of a run of items, summed over their parts."""
        first, last = self.starts[items.start], self.starts[items.stop]
        of_parts = information(theta, self.a[first:last], self.b[first:last], self.c[first:last])
        if self.single:
            return of_parts
        return np.add.reduceat(of_parts, self.starts[items] - first)


@dataclass(frozen=True, slots=True)
class Rules:
    """How a test is put together and when it stops; counts are of scored parts."""

    shares: Mapping[str, float]
    cuts: tuple[float, ...]
    shortest: int = 12
    longest: int = 40
    confidence: float = 0.8
    pilot_share: float = 0.0  # of the questions shown, on average
    opening: tuple[float, float] | None = None  # the first question is of about that difficulty

    def __post_init__(self) -> None:
        """Raise ValueError unless the shares add up and the cuts rise."""
        if not 0 <= self.pilot_share <= MOST_PILOTS:
            raise ValueError("pilots take a small share of the questions")
        if abs(sum(self.shares.values()) - 1) > 1e-6 or min(self.shares.values()) < 0:
            raise ValueError("the shares of the skills add up to 1")
        if list(self.cuts) != sorted(set(self.cuts)) or not self.cuts:
            raise ValueError("the cuts between levels rise")


class Stop(StrEnum):
    """Why a course has no next question."""

    CONFIDENT = "confident"
    LONGEST = "longest"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class Choice:
    """A question that is to be shown, and why it; a pilot is not scored."""

    id: int
    why: dict[str, Any]
    pilot: bool = False


def _chance(seed: int, place: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=seed, counter=place))


@lru_cache(maxsize=512)
def _drawn(pool: Pool, seed: int) -> NDArray[np.bool_]:
    """Return which items one person's draw lets through; kept, a byte an item."""
    lucky = _chance(seed, _COINS).random(len(pool)) < pool.exposure
    lucky.flags.writeable = False
    return lucky


class Course:
    """One person's test as it stands; fed step by step, live or replayed."""

    def __init__(
        self,
        pool: Pool,
        rules: Rules,
        seed: int,
        *,
        seen: Sequence[int] = (),
        field: str = "",
    ) -> None:
        """Begin a test; `seen`: items that this person saw before, in any of their versions."""
        self.pool, self.rules, self._seed = pool, rules, seed
        self.posterior = _POPULATION
        self.counts = dict.fromkeys(rules.shares, 0)
        self.answers: list[tuple[int, tuple[bool, ...]]] = []
        self.shown = 0
        own, known = ("", field), set(seen)
        self._pilots = [
            pilot.id
            for pilot in pool.pilots.values()
            if pilot.id not in known and pilot.field in own and rules.shares.get(pilot.skill, 0) > 0
        ]
        self._tried_at = -1  # how many had been shown when a pilot was last tried
        self._unseen = np.ones(len(pool), dtype=bool)
        for item in seen:
            if item in pool.place:
                self._unseen[pool.place[item]] = False
        self._lucky = _drawn(pool, seed)
        self._fit: Floats | None = None
        if pool.of_fields:
            elsewhere = np.where(pool.fields == "", 1.0, OTHER_FIELD)
            self._fit = np.where(pool.fields == (field or None), OWN_FIELD, elsewhere)

    def _chance(self, place: int) -> np.random.Generator:
        return _chance(self._seed, place)

    @property
    def scored(self) -> int:
        """Return how many scored parts have been answered."""
        return sum(self.counts.values())

    def record(self, item: int, right: Sequence[bool]) -> None:
        """Take in the answer to an item: one truth per part; a pilot's is left out."""
        if item in self.pool.pilots:
            self.skip(item)
            return
        entry = self.pool.entries[self.pool.place[item]]
        self.posterior = self.posterior.after(entry.parts, right)
        self.counts[entry.skill] += len(entry.parts)
        self.answers.append((item, tuple(right)))
        self.skip(item)

    def skip(self, item: int) -> None:
        """Take in an item that was shown and replaced: never again, and not scored."""
        if item in self.pool.pilots:
            self._pilots = [pilot for pilot in self._pilots if pilot != item]
            self._tried_at = self.shown
            return
        self._unseen[self.pool.place[item]] = False
        self.shown += 1

    @property
    def _opens(self) -> bool:
        """Tell whether the test still begins, with a question that frightens nobody."""
        return self.rules.opening is not None and not self.scored

    def levels(self) -> Floats:
        """Return the probability of each level, lowest first."""
        return self.posterior.levels(self.rules.cuts)

    def stop(self) -> Stop | None:
        """Return why the test is over, None while it goes on (items may still run out)."""
        scored = self.scored
        if scored >= self.rules.longest:
            return Stop.LONGEST
        if scored >= self.rules.shortest and self.levels().max() >= self.rules.confidence:
            return Stop.CONFIDENT
        return None

    def next(self) -> Choice | None:
        """Return the question to show now, None when no item is left."""
        return self._trial() or self._question()

    def _trial(self) -> Choice | None:
        """Return a pilot where one comes before the next scored question: one at the most."""
        share = self.rules.pilot_share
        if not share or not self._pilots or self._tried_at == self.shown or self._opens:
            return None
        comes, which = self._chance(_TRIALS + self.shown).random(2)
        if comes >= share / (1 - share):
            return None
        pilot = self.pool.pilots[self._pilots[int(which * len(self._pilots))]]
        why = {
            "theta": self.posterior.theta,
            "scored": self.scored,
            "skill": pilot.skill,
            "pilot": True,
            "open": len(self._pilots),
        }
        return Choice(pilot.id, why, pilot=True)

    def _question(self) -> Choice | None:
        behind = sorted(
            (skill for skill in self.pool.skills if self.rules.shares.get(skill, 0) > 0),
            key=self._lead,
        )
        for lets_all in (False, True):
            for skill in behind:
                chosen = self._best(skill, lets_all=lets_all)
                if chosen is not None:
                    return chosen
        return None

    def _lead(self, skill: str) -> tuple[float, float]:
        """Order skills by how far ahead of their share they are; ties by the larger share."""
        share = self.rules.shares[skill]
        return self.counts[skill] - share * (self.scored + 1), -share

    def _best(self, skill: str, *, lets_all: bool) -> Choice | None:
        items = self.pool.slices[skill]
        open_ = self._unseen[items] if lets_all else self._unseen[items] & self._lucky[items]
        if not open_.any():
            return None
        if self.rules.opening is not None and self._opens:
            gentle = open_ & self.pool.within(items, *self.rules.opening)
            open_ = gentle if gentle.any() else open_
        theta = self.posterior.theta
        told = self.pool.information(theta, items) * open_
        if self._fit is not None:
            told = told * self._fit[items]
        value, weight = told, min(1.0, self.scored / RAMP)
        if weight < 1.0:
            chance = self._chance(self.shown).random(told.size)
            value = weight * told + (1.0 - weight) * told.max() * chance * (told > 0)
        best = int(value.argmax())
        entry = self.pool.entries[items.start + best]
        why = {
            "theta": theta,
            "scored": self.scored,
            "skill": skill,
            "information": float(told[best]),
            "best_information": float(told.max()),
            "by_chance": round(1.0 - weight, 4),
            "open": int(open_.sum()),
            "past_exposure": lets_all,
        }
        return Choice(entry.id, why)
