"""The things inside scores: lines and blocks, each with what is written of it and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...grammar import nodes as n
from ...grammar.printer import to_text
from ...grammar.source import Span
from .. import model as m
from ..graph import key_of
from .meaning import meaning
from .things import Item, Said, Thing, What

Parts = Mapping[Span, m.Line | m.Block | m.Disqualification]


def score_things(node: n.ScoreDef, model: m.Score, parts: Parts) -> Iterator[Thing]:
    """A score, its blocks and its lines, in written order."""
    name = key_of(model).words
    head = {} if node.range is None else {"range": to_text(node.range)}
    score = Thing(
        "score",
        name,
        (node.level, node.name),
        {**head, **_caps(node.bounds), **_defaults(node.body)},
        text=to_text(node),
        meaning=meaning((model.low, model.high, model.bounds)),
        node=key_of(model),
        written=_own_nodes(node.range, node.bounds, node.body),
        place=node.place,
    )
    yield score
    yield from _inside(node.body, score, score, parts)


def parts_by_place(model: m.Model) -> Parts:
    """The lines and blocks of a model by where they are written."""
    found: dict[Span, m.Line | m.Block | m.Disqualification] = {}
    for item in model.order:
        if isinstance(item, m.Disqualification):
            found[item.span] = item
        elif isinstance(item, m.Score):
            found.update((inner.span, inner) for inner in _every(item.items))
    return found


def _every(items: tuple[m.Line | m.Block, ...]) -> Iterator[m.Line | m.Block]:
    for item in items:
        yield item
        if isinstance(item, m.Block):
            yield from _every(item.items)


def _inside(body: n.Body, parent: Thing, score: Thing, parts: Parts) -> Iterator[Item]:
    for node in body.items:
        if isinstance(node, n.Line | n.Otherwise):
            yield _line(node, parent, score, parts)
        elif not isinstance(node, n.Remove):
            assert isinstance(node, n.Group | n.FirstOf | n.BestOf | n.When)
            block = _block(node, parent, score, parts)
            yield block
            yield from _inside(node.body, block, score, parts)


def _line(node: n.Line | n.Otherwise, parent: Thing, score: Thing, parts: Parts) -> Item:
    model = parts[node.span]
    assert isinstance(model, m.Line | m.Disqualification)
    return Item(
        "line",
        model.id,
        (model.id,),
        _line_facets(node),
        where=score.name,
        text=_without_id(node),
        meaning=meaning(model),
        node=key_of(model) if isinstance(model, m.Disqualification) else score.node,
        part=model,
        written=(node,),
        place=node.place,
        parent=parent,
        id=model.id,
        has_written_id=model.has_written_id,
        model=model if isinstance(model, m.Line) else None,
    )


def _line_facets(node: n.Line | n.Otherwise) -> dict[str, Said]:
    facets: dict[str, Said] = {"condition": to_text(node.head) if isinstance(node, n.Line) else "otherwise"}
    facets[_effect_name(node.effect)] = to_text(node.effect)
    kinds: tuple[tuple[str, type[n.Modifier] | tuple[type[n.Modifier], ...]], ...] = (
        ("at most", (n.AtMost, n.Cooldown)),
        ("cap", n.Bound),
        ("decay", (n.Decay, n.NoDecay)),
    )
    for name, kind in kinds:
        texts = [to_text(modifier) for modifier in node.modifiers if isinstance(modifier, kind)]
        if texts:
            facets[name] = " ".join(texts)
    if node.label is not None:
        facets["label"] = node.label
    return facets


def _effect_name(effect: n.Effect) -> str:
    names: tuple[tuple[type[n.Effect], str], ...] = ((n.Points, "points"), (n.Times, "factor"), (n.SetTo, "total"))
    return next((name for kind, name in names if isinstance(effect, kind)), "verdict")


def _without_id(node: n.Line | n.Otherwise) -> str:
    return to_text(replace(node, id=None))


def _block(node: n.Group | n.FirstOf | n.BestOf | n.When, parent: Thing, score: Thing, parts: Parts) -> Item:
    model = parts.get(node.span)  # a block with nothing but disqualifications leaves none
    assert model is None or isinstance(model, m.Block)
    head: dict[str, Said] = {"condition": to_text(node.condition)} if isinstance(node, n.When) else {}
    bounds = node.bounds if isinstance(node, n.Group) else ()
    what: What = "group" if isinstance(node, n.Group) else "block"
    name = node.name if isinstance(node, n.Group) else to_text(node).removesuffix(":")
    return Item(
        what,
        name,
        (name,) if what == "group" else (),
        {**head, **_caps(bounds), **_defaults(node.body)},
        where=score.name,
        text=to_text(node),
        meaning="" if model is None else meaning((model.kind, model.condition, model.bounds)),
        node=score.node,
        part=None if model is None else m.Block(model.kind, (), model.id, model.condition, model.bounds, model.span),
        written=_own_nodes(node.condition if isinstance(node, n.When) else None, bounds, node.body),
        place=node.place,
        parent=parent,
        id=name if what == "group" else "",
        has_written_id=what == "group",
        model=model,
    )


def _caps(bounds: tuple[n.Bound, ...]) -> dict[str, Said]:
    return {"cap": " ".join(map(to_text, bounds))} if bounds else {}


def _defaults(body: n.Body) -> dict[str, Said]:
    """What a block says for all of its lines."""
    found: dict[str, Said] = {}
    if body.decay is not None:
        found["default decay"] = to_text(body.decay)
    if body.counting_since is not None:
        found["counting since"] = to_text(body.counting_since)
    return found


def _own_nodes(head: n.Node | None, bounds: tuple[n.Bound, ...], body: n.Body) -> tuple[n.Node, ...]:
    """The nodes of a block's own, without those of its items."""
    return tuple(node for node in (head, *bounds, body.decay, body.counting_since) if node is not None)
