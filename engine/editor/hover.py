"""What a person wants to know of the thing that they point at, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite

from ...grammar import nodes as n
from ...grammar.clauses import groups
from ...grammar.phrases import phrase
from ..explain.words import number
from ..functions import FUNCTIONS as SIGNATURES
from ..handbook.comments import explanation
from ..model import Score
from ..schema import FieldType
from .cursor import Place
from .places import holds, line_at, meant_at, mention_at
from .project import Project
from .shares import Share, share_of, shares
from .symbols import Symbol
from .words import AGGREGATES, ATTRIBUTES, FUNCTIONS, KEY_WORDS, phrases_in, without_texts

SHOWN = 12
LARGEST = 5


def hover(project: Project, shown: str, place: Place) -> str | None:
    """What stands at a place: a name, a line by its id or its effect, or a word of the language."""
    score, item = line_at(project, shown, place)
    if isinstance(item, n.Line | n.Otherwise) and (holds(item.named, place) or holds(item.effect.span, place)):
        named = mention_at(project, shown, place) if not holds(item.named, place) else None
        if named is None or not named.symbols:
            return "\n\n".join(_line(project, score, item))
    symbols = meant_at(project, shown, place)
    if symbols:
        return "\n\n---\n\n".join("\n\n".join(_symbol(project, symbol)) for symbol in dict.fromkeys(symbols))
    mention = mention_at(project, shown, place)
    return _known(mention.name) if mention is not None else _key_word(project, shown, place)


def _known(name: str) -> str | None:
    """A function or an attribute of events."""
    if name in FUNCTIONS and name in SIGNATURES:
        return f"`{SIGNATURES[name].example}`: {FUNCTIONS[name]}"
    meaning = ATTRIBUTES.get(name) or AGGREGATES.get(name)
    return f"`{name}`: {meaning}" if meaning else None


def _key_word(project: Project, shown: str, place: Place) -> str | None:
    if not shown.endswith(".rules"):
        return None
    line = without_texts(project.source(shown).line(place[0]))
    for start, end, words in phrases_in(line):
        if start < place[1] <= end + 1:
            return f"**{words}**: {KEY_WORDS[words]}"
    found = next((word for word in re.finditer(r"\w+", line) if word.start() < place[1] <= word.end() + 1), None)
    return _known(found[0]) if found else None


# --- lines ------------------------------------------------------------------------------------------------------------


def _line(project: Project, score: n.ScoreDef | None, item: n.Line | n.Otherwise) -> Iterator[str]:
    title = f"**{item.label}**" if item.label else f"**{item.id or 'a line'}**"
    yield f"{title}: a line of `{score.name if score else 'points'}` for {score.level if score else 'lead'}s"
    yield _does(project, item)
    compiled = project.examined.compiled
    found = share_of(compiled.model, item.span) if compiled is not None else None
    if found is not None:
        yield _share(*found)
    yield from _notes(item)


def _does(project: Project, item: n.Line | n.Otherwise) -> str:
    """What a line does where it holds, and how often."""
    said = [_effect(item.effect)]
    head = item.head if isinstance(item, n.Line) else None
    if isinstance(head, n.Each):
        said.append(_often(head))
    elif head is not None and isinstance(item.effect, n.Points) and _is_of_events(project, head):
        said.append("once, however often it happened")
    said += [f"`{phrase(modifier)}`" for modifier in item.modifiers]
    return ", ".join(said) + "."


def _is_of_events(project: Project, condition: n.Expr) -> bool:
    """Whether a condition asks for something that can happen more than once."""
    span = condition.span
    named = (found for found in project.mentions(span.path) if holds(span, (found.span.line, found.span.column)))
    return any(symbol.kind in ("signal", "event type") for found in named for symbol in found.symbols)


def _effect(effect: n.Effect) -> str:
    match effect:
        case n.Points(value=n.Number(value=value), sign=sign):
            points = f"{number(float(value))} point{'' if value == 1 else 's'}"
            return f"Adds {points}" if sign == "+" else f"Takes {points} away"
        case n.Points(value=value, sign=sign):
            return f"{'Adds' if sign == '+' else 'Takes away'} `{phrase(value)}`"
        case n.Times(value=value):
            return f"Multiplies what the other lines of its block add up to by `{phrase(value)}`"
        case n.SetTo(value=value):
            return f"Makes the total of its block `{phrase(value)}`, whatever its other lines give"
        case n.Disqualify(reason=reason, lasting=lasting):
            return f"Disqualifies, as “{reason}”" + (f", for {phrase(lasting)}" if lasting is not None else "")
    return phrase(effect)


def _often(head: n.Each) -> str:
    if head.unit == "event":
        return "for each such event"
    if head.unit == "lead":
        return "for each such lead"
    return f"for each different `{phrase(head.prop)}`" if head.prop is not None else f"for each such {head.unit}"


def _share(score: Score, share: Share) -> str:
    if not isfinite(share.most):
        return "Without a cap: the more often, the more points."
    verb = "gives" if share.most > 0 else "takes"
    text = f"At most it {verb} **{number(abs(share.most))}** points"
    if share.percent is not None:
        text += f", {share.percent:.0f} % of the {number(abs(share.of))} that all lines of `{score.name}` can "
        text += "add" if share.most > 0 else "take"
    end = score.high if share.most > 0 else score.low
    return text + (f" (the score ends at {number(end)})." if end is not None else ".")


# --- symbols ----------------------------------------------------------------------------------------------------------


def _symbol(project: Project, symbol: Symbol) -> Iterator[str]:
    yield _title(symbol)
    node = symbol.node
    if isinstance(node, n.DeriveDef | n.MeasureDef | n.SignalDef | n.ParamDef | n.GradeDef | n.StageDef | n.ScoreDef):
        yield _rules(node)
    if symbol.kind in ("list", "table"):
        yield from _values(project, symbol)
    if isinstance(node, n.ScoreDef):
        yield from _score(project, node)
    if isinstance(node, n.StagesDef):
        yield "\n".join(
            f"{at}. {step.name}{f' “{step.label}”' if step.label else ''}" for at, step in enumerate(node.stages, 1)
        )
    if symbol.kind == "event type":
        owned = project.symbols.all("property", owner=symbol.name)
        yield "\n".join(f"- `{item.name}`: {type_text(item.type)}" for item in owned) or "without properties"
    if node is not None:
        yield from _notes(node)


def _title(symbol: Symbol) -> str:
    match symbol.kind:
        case "contact field" | "account field":
            name = f"**{symbol.kind.split()[0]}.{symbol.name}**"
            return f"{name}: {type_text(symbol.type)}" if symbol.type is not None else f"{name}: worked out by rules"
        case "property":
            return f"**{symbol.name}** of `{symbol.owner}`: {type_text(symbol.type)}"
        case "measure" | "score" | "grade" | "stage" | "stages":
            return f"**{symbol.name}**: {symbol.kind} of {symbol.owner}s"
        case "line" | "group":
            return f"**{symbol.name}**: {symbol.kind} of `{symbol.owner}`"
    return f"**{symbol.name}**: {symbol.kind}"


def type_text(declared: FieldType | None) -> str:
    """The type of a field, as a person says it.

    >>> type_text(FieldType("text", ("buyer", "user")))
    'one of `buyer`, `user`'
    """
    if declared is None or declared.kind == "unknown":
        return "of unknown type"
    if declared.values is not None:
        more = f" and {len(declared.values) - SHOWN} more" if len(declared.values) > SHOWN else ""
        return "one of " + ", ".join(f"`{value}`" for value in declared.values[:SHOWN]) + more
    words = {"bool": "true or false", "list": "list of text"}.get(declared.kind, declared.kind)
    return words + (", always given" if declared.required else "")


def _rules(node: n.Commented) -> str:
    rows = [" ".join(group.text for group in groups(node))]
    inside = (
        node.value.items if isinstance(node, n.DeriveDef | n.MeasureDef) and isinstance(node.value, n.Cases) else ()
    )
    if isinstance(node, n.GradeDef):
        inside = node.axes  # type: ignore[assignment]
    rows += [f"    {phrase(item)}" for item in inside[:SHOWN]]
    return "```scoreline\n" + "\n".join(rows) + "\n```"


def _values(project: Project, symbol: Symbol) -> Iterator[str]:
    compiled = project.compiled
    if symbol.kind == "list" and compiled is not None and symbol.name in compiled.written.lists:
        values = compiled.written.lists[symbol.name]
        some = ", ".join(f"`{number(value) if isinstance(value, float) else value}`" for value in values[:SHOWN])
        yield f"{len(values)} value{'' if len(values) == 1 else 's'}: {some}{' …' if len(values) > SHOWN else ''}"
    elif symbol.node is not None:
        yield _rules(symbol.node)


def _score(project: Project, node: n.ScoreDef) -> Iterator[str]:
    compiled = project.examined.compiled
    score = (
        next((item for item in compiled.model.scores(node.level) if item.name == node.name), None) if compiled else None
    )
    if compiled is None or score is None:
        return
    rows = ["| line | points at most | share |", "|---|--:|--:|"]
    for share in shares(compiled.model, score)[:LARGEST]:
        percent = f"{share.percent:.0f} %" if share.percent is not None else "–"
        most = number(share.most) if isfinite(share.most) else "no cap"
        name = (share.line.label or share.line.id).replace("|", "\\|")
        rows.append(f"| {name} | {most} | {percent} |")
    yield "\n".join(rows)


def _notes(node: n.Commented) -> Iterator[str]:
    """What its author wrote beside it."""
    if note := explanation(node):
        yield f"*{note}*"
