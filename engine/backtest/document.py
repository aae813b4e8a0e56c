"""A backtest as JSON has it; `docs/commands.md` says what each part is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ...grammar.diagnostics import Diagnostic
from ..instants import format_instant
from .advice import Advice
from .areas import Estimate
from .bands import Band, Calibration
from .curves import Cut
from .lines import LineFinding
from .question import DAY
from .report import Backtest, Cases, Comparison
from .slices import Rung, Slice
from .verdicts import SalesVerdicts
from .waterfall import Flow, Waterfall

Object = dict[str, Any]


def document(found: Backtest) -> Object:
    """The whole as one object. Rates and areas are `{value, low, high}`; instants are texts in UTC, lengths days."""
    rules = found.ruleset
    return {
        "ruleset": {"name": rules.name, "version": rules.version, "fingerprint": rules.fingerprint},
        "score": {"level": found.cases.level, "name": found.score},
        "sample": _cases(found.cases),
        "signal": {
            "strength": found.signal.strength,
            "p_value": _number(found.signal.p_value),
            "needed": found.signal.needed,
            "too_good": found.signal.too_good,
        },
        "auc": _estimate(found.area),
        "average_precision": _estimate(found.average_precision),
        "thresholds": [_cut(cut) for cut in found.cuts],
        "deciles": [_band(band) for band in found.bands],
        "calibration": _calibration(found.calibration),
        "stages": [_rung(rung) for rung in found.rungs],
        "quarters": [_slice(part) for part in found.quarters],
        "segments": {"by": found.by, "parts": [_slice(part) for part in found.segments]} if found.by else None,
        "lines": [_line(line) for line in found.lines],
        "advice": [_advice(advice) for advice in found.advice],
        "waterfall": _waterfall(found.waterfall),
        "comparison": _comparison(found.comparison),
        "verdicts": _verdicts(found.verdicts),
        "allowed": _findings(found.allowed),
        "doubts": _findings(found.doubts),
    }


def _number(value: float | None) -> float | int | None:
    """A number with six decimals, whole where it is whole."""
    if value is None or not math.isfinite(value):
        return None
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded


def _estimate(found: Estimate | None) -> Object | None:
    if found is None:
        return None
    return {"value": _number(found.value), "low": _number(found.low), "high": _number(found.high)}


def _days(length: int | None) -> float | int | None:
    return None if length is None else _number(length / DAY)


def _cases(cases: Cases) -> Object:
    return {
        "design": cases.design,
        "won": cases.won,
        "lost": cases.lost,
        "cases": cases.cases,
        "accounts": cases.accounts,
        "won_cases": cases.won_cases,
        "base_rate": _number(cases.base),
        "first": format_instant(cases.first),
        "last": format_instant(cases.last),
        "until": format_instant(cases.until),
        "instants": cases.instants,
        "every": cases.every,
        "horizon_days": _days(cases.horizon),
        "gap_days": _days(cases.gap),
        "left_out": dict(cases.left_out),
    }


def _cut(cut: Cut) -> Object:
    return {
        "threshold": _number(cut.threshold),
        "volume": cut.volume,
        "won": cut.won,
        "precision": _number(cut.precision),
        "recall": _number(cut.recall),
        "false_positive_rate": _number(cut.alarms),
    }


def _band(band: Band) -> Object:
    return {
        "decile": band.number,
        "from": _number(band.low),
        "to": _number(band.high),
        "mean": _number(band.mean),
        "cases": band.cases,
        "won": band.won,
        "rate": _estimate(band.rate),
        "lift": _number(band.lift),
    }


def _calibration(found: Calibration | None) -> Object | None:
    if found is None:
        return None
    return {
        "curve": [{"score": _number(score), "rate": _number(rate)} for score, rate in found.curve],
        "brier": _number(found.error),
        "brier_of_the_base_rate": _number(found.naive),
        "skill": _number(found.skill),
        "expected_rate": _number(found.expected),
        "observed_rate": _number(found.came),
    }


def _rung(rung: Rung) -> Object:
    return {
        "stage": rung.name,
        "label": rung.label,
        "cases": rung.cases,
        "won": rung.won,
        "rate": _estimate(rung.rate),
        "at_or_beyond": {
            "cases": rung.beyond,
            "won": rung.beyond_won,
            "precision": _estimate(rung.precision),
            "recall": _number(rung.recall),
        },
    }


def _slice(part: Slice) -> Object:
    return {
        "name": part.name,
        "cases": part.cases,
        "won": part.won,
        "rate": _estimate(part.rate),
        "auc": _estimate(part.area),
    }


def _line(line: LineFinding) -> Object:
    return {
        "level": line.level,
        "score": line.score,
        "line": line.id,
        "label": line.label,
        "own": line.is_own,
        "verdict": line.word,
        "fires": line.fires,
        "fires_in_won": _number(line.in_won),
        "fires_in_lost": _number(line.in_lost),
        "mean_points": _number(line.points),
        "lift": _estimate(line.lift),
        "auc": _estimate(line.area),
        "p_value": _number(line.p_value),
        "auc_loss_without": _estimate(line.loss),
        "like": None if line.like is None else {"line": line.like[0], "correlation": _number(line.like[1])},
    }


def _advice(advice: Advice) -> Object:
    return {
        "wanted": advice.wanted,
        "threshold": None if advice.cut is None else _cut(advice.cut),
        "precision": _estimate(advice.precision),
        "at_a_time": _number(advice.each_time),
    }


def _waterfall(found: Waterfall | None) -> Object | None:
    if found is None:
        return None
    return {
        "first": format_instant(found.first),
        "last": format_instant(found.last),
        "resolution_days": found.resolution,
        "horizon_days": _days(found.horizon),
        "steps": [_flow(flow) for flow in found.flows],
    }


def _flow(flow: Flow) -> Object:
    return {
        "stage": flow.stage,
        "label": flow.label,
        "to": flow.to,
        "came": flow.came,
        "went_on": flow.went_on,
        "observed": flow.observed,
        "in_time": _estimate(flow.in_time),
        "median_days": _number(flow.days),
    }


def _comparison(found: Comparison | None) -> Object | None:
    if found is None:
        return None
    return {
        "name": found.name,
        "version": found.version,
        "score": found.score,
        "cases": found.cases,
        "left_out": found.left_out,
        "auc": _estimate(found.area),
        "other_auc": _estimate(found.other),
        "difference": _estimate(found.difference),
        "p_value": _number(found.p_value),
    }


def _verdicts(found: SalesVerdicts | None) -> Object | None:
    if found is None:
        return None
    return {
        "accepted": found.accepted,
        "rejected": found.rejected_count,
        "share_accepted": _estimate(found.share),
        "auc": _estimate(found.area),
        "lines": [_line(line) for line in found.lines],
        "stages": [_rung(rung) for rung in found.rungs],
        "reasons": [{"reason": item.reason, "count": item.count} for item in found.reasons],
        "rejected_entities": [
            {
                "id": item.id,
                "scored_at": format_instant(item.at),
                "stage": item.stage,
                "score": _number(item.points),
                "reason": item.reason,
            }
            for item in found.rejected
        ],
    }


def _findings(found: Iterable[Diagnostic]) -> list[Object]:
    return [
        {
            "code": item.code,
            "message": item.message,
            "path": item.span.path or None,
            "line": item.span.line or None,
            "reason": item.hint or None,
        }
        for item in found
    ]
