"""The lines of a score in the page of `scoreline backtest`: which predict, which are noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .backtest_words import percent, signed
from .pages import Block, Code, Folded, Grid, Head, Point, Points, Prose, Said, Strong, listed, said
from .reports import plural

if TYPE_CHECKING:
    from ..engine.backtest.lines import LineFinding
    from ..engine.backtest.report import Backtest

ORDER = ("harmful", "predictive", "noise", "unclear", "constant", "silent")
_SIGNS = {"predictive": "+", "harmful": "−"}
NEGLIGIBLE = 0.002


def line_blocks(found: Backtest) -> Iterator[Block]:
    """A sentence, what is to be done, and the table; lines of the scores below apart."""
    if not found.lines:
        return
    own = [line for line in found.lines if line.is_own]
    below = [line for line in found.lines if not line.is_own]
    yield Head(said("Which lines predict"))
    yield Prose(said(_counted(found.lines)))
    yield Points(tuple(_todo(found.lines)))
    yield _grid(own)
    yield Prose(
        said(
            "won, lost: how many of them have the line. lift: how much likelier a case is won with it. "
            "AUC loss: what the score loses without it (worked out again without the line)."
        )
    )
    for score in dict.fromkeys(line.score for line in below):
        of = [line for line in below if line.score == score]
        yield Folded(said(f"Lines of {score} ({of[0].level}s)"), (_grid(of),))


WORDS = {
    "predictive": "predictive",
    "harmful": "harmful",
    "noise": "noise",
    "unclear": "unclear (too few cases to tell)",
    "constant": "the same for everybody",
    "silent": "for nobody",
}
"""What is said of a line."""


def _counted(lines: Sequence[LineFinding]) -> str:
    counts = {word: sum(line.word == word for line in lines) for word in WORDS}
    parts = [f"{count:,} {WORDS[word]}" for word, count in counts.items() if count]
    return f"Of {plural(len(lines), 'line')}: {', '.join(parts)}. Corrected for their number (Holm, 5 %)."


def _todo(lines: Sequence[LineFinding]) -> Iterator[Point]:
    """What is worth a look, the most urgent first."""
    harmful = [line for line in lines if line.word == "harmful"]
    for line in harmful:
        yield Point(said(Code(line.id), ": the lost have more points by it than the won; look at it first"), sign="−")
    for line in lines:
        if line.loss is not None and line.loss.high < 0 and line.word != "harmful":
            text = f": the score separates better without it (AUC {signed(-line.loss.value)})"
            yield Point(said(Code(line.id), text), sign="−")
    noise = [line for line in lines if line.word == "noise" and (line.loss is None or line.loss.value < NEGLIGIBLE)]
    if noise:
        names = listed([(Code(line.id),) for line in noise], most=8)
        yield Point(said(*names, ": noise in these data; without them little is lost"), sign="~")
    pairs: set[frozenset[str]] = set()
    for line in lines:
        is_new = line.like is not None and frozenset((line.id, line.like[0])) not in pairs
        if line.like is not None and is_new and line.is_own and line.like[1] > 0:
            pairs.add(frozenset((line.id, line.like[0])))
            text = f" say much the same (correlation {line.like[1]:.2f})"
            yield Point(said(Code(line.id), " and ", Code(line.like[0]), text), sign="~")


def _grid(lines: Sequence[LineFinding]) -> Grid:
    has_loss = any(line.loss for line in lines)
    columns = ("line", "in a word", "won", "lost", "lift", *(("AUC loss",) if has_loss else ()))
    ordered = sorted(lines, key=lambda line: (ORDER.index(line.word), -(line.loss.value if line.loss else 0), line.id))
    return Grid(columns, tuple(_row(line, has_loss) for line in ordered), frozenset({2, 3}))


def in_a_word(line: LineFinding) -> str:
    """What the sentence above a table says of such lines, without what stands in brackets there."""
    return WORDS[line.word].partition(" (")[0]


def _row(line: LineFinding, has_loss: bool) -> tuple[Said, ...]:
    lift = f"{line.lift.value:.1f}× ({line.lift.low:.1f}–{line.lift.high:.1f})" if line.lift else "–"
    loss = signed(line.loss.value) if line.loss else "–"
    word = Strong(line.word) if line.word in _SIGNS else in_a_word(line)
    row = (said(Code(line.id)), said(word), said(percent(line.in_won)), said(percent(line.in_lost)), said(lift))
    return (*row, said(loss)) if has_loss else row
