"""What was found, for programs."""

from __future__ import annotations

from typing import Any

from ..backtest.areas import Estimate
from ..writers import plain_params
from .held_out import Gain
from .rewriting import rewritten
from .tuning import ParamFinding, Tuning, Way
from .wishes import LineWish


def document(found: Tuning) -> dict[str, Any]:
    """The tuning as JSON: intervals are `[value, low, high]`-like objects, shares are between 0 and 1."""
    rules, cases, folds = found.ruleset, found.cases, found.folds
    return {
        "ruleset": {"name": rules.name, "version": rules.version, "fingerprint": rules.fingerprint},
        "set": dict(found.settings),
        "params_now": plain_params(rules.model.params),
        "score": found.score,
        "won": cases.won,
        "lost": cases.lost,
        "design": cases.design,
        "cases": cases.cases,
        "won_cases": cases.won_cases,
        "accounts": cases.accounts,
        "left_out": dict(cases.left_out),
        "folds": {"count": len(folds.items), "in_time": folds.in_time, "why_not_in_time": folds.why_not or None},
        "pays": found.pays,
        "suggested": found.suggested,
        "params": [_param(item) for item in found.params],
        "held_out": {
            "present": _way(found.now),
            "suggested": _way(found.tuned),
            "suggested_as_a_sum": _way(found.summed),
            "without_ranges": _way(found.free),
            "each_line_its_own": _way(found.by_line),
        },
        "scored_like_the_sum": round(found.alike, 4),
        "diff": [line for item in rewritten(rules, found.suggested) for line in item.diff()]
        if found.pays and not found.settings
        else [],
        "lines_worth_a_param": [_wish(item) for item in found.wishes],
    }


def _param(item: ParamFinding) -> dict[str, Any]:
    tunable, proof = item.tunable, item.evidence
    return {
        "name": tunable.name,
        "now": tunable.now,
        "suggested": item.suggested,
        "low": tunable.low,
        "high": tunable.high,
        "role": tunable.role,
        "lines": list(tunable.lines),
        "in_won": round(proof.in_won, 4) if proof else None,
        "in_lost": round(proof.in_lost, 4) if proof else None,
        "odds": _estimate(proof.odds) if proof and proof.odds else None,
        "cases_bent_by_caps": item.bent,
        "folds_that_agree": round(item.often, 4),
    }


def _way(way: Way | None) -> dict[str, Any] | None:
    if way is None:
        return None
    found: dict[str, Any] = {"auc": _estimate(way.area), "log_loss": round(way.loss, 6)}
    for name, gained in (("gain", way.gain), ("gain_over_suggested", way.over)):
        if gained is not None:
            found[name] = _gain(gained)
    return found


def _gain(found: Gain) -> dict[str, Any]:
    return {"auc": _estimate(found.area), "log_loss": _estimate(found.loss)}


def _wish(item: LineWish) -> dict[str, Any]:
    return {
        "line": item.line,
        "place": f"{item.path}:{item.row}",
        "now": item.now,
        "would_be": item.would,
        "param": item.param,
        "before": item.before,
        "after": item.after,
    }


def _estimate(found: Estimate) -> dict[str, float]:
    return {"value": round(found.value, 6), "low": round(found.low, 6), "high": round(found.high, 6)}
