"""`contains` with a text so short that it stands inside other words.

Avoid: three letters that are part of many words (`it` is in `title`, `cto` in `director`).

    contact.title contains 'cto' => +10

Prefer: whole words.

    contact.title mentions 'cto' => +10
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, finding
from ..model import Const, Expr, TextTest
from ..rows import walk
from .review import Review
from .words import place, words

SHORT = 3


def short_texts(review: Review) -> Iterator[Diagnostic]:
    """L303: a text of three letters or fewer behind `contains`; lists have whole values and are left alone."""
    seen = set()
    ignored = [walk(item, "lead") for item in review.model.ignored]
    for steps in (*ignored, *(steps for _, steps in review.steps)):
        for step in steps:
            test = step.item
            if isinstance(test, TextTest) and test.op == "contains" and test.item.kind == "text":
                for sought in filter(_is_short, test.sought):
                    where = place(sought, place(test, step.span))
                    if where not in seen:
                        seen.add(where)
                        yield finding(
                            "L303",
                            f"{words(sought)} also stands inside longer words",
                            where,
                            label="found anywhere in the text",
                            hint=f"write `{words(test.item)} mentions {words(sought)}` for the whole word",
                        )


def _is_short(sought: Expr) -> bool:
    """Up to three letters or digits; signs (`@x`, `c++`) make a text rarer than its length."""
    match sought:
        case Const(value=str(text)):
            return len(text) <= SHORT and text.isalnum()
    return False
