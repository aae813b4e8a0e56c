"""Questions about records that were asked before, and their answers: records of files that are as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import field
from typing import Any, TypeVar

from ...grammar.late_methods import dataclass

T = TypeVar("T")


@dataclass
class Answers:
    """Answers by question; a question says all that its answer hangs on, but for what the files hold."""

    given: dict[str, Any] = field(default_factory=dict)

    def note(self, question: str, answer: object) -> None:
        """Remember an answer."""
        self.given[question] = answer

    def keep(self, now: int) -> None:
        """Keep them beyond this process, if they are of files; `now` is in nanoseconds since 1970."""


class Topic:
    """What questions are about: views, by the texts that make them."""

    def __init__(self, answers: Answers, *said: str) -> None:
        self._answers = answers
        self._said = hashlib.sha256()
        for each in said:
            self.add(each)

    def add(self, text: str) -> None:
        """Another view, which may read those that came before."""
        self._said.update(text.encode("utf-8", "surrogatepass") + b"\0")

    def question(self, what: str) -> str:
        """The whole question of which `what` is asked of these views."""
        said = self._said.copy()
        said.update(what.encode("utf-8", "surrogatepass"))
        return said.hexdigest()

    def ask(self, what: str, find: Callable[[], T]) -> T:
        """What was answered before, or what is found now."""
        question = self.question(what)
        if question not in self._answers.given:
            self._answers.note(question, find())
        found: T = self._answers.given[question]
        return found

    def knows(self, what: str) -> bool:
        """Whether that was noted."""
        return self.question(what) in self._answers.given

    def note(self, what: str) -> None:
        """Remember that it is so."""
        self._answers.note(self.question(what), True)
