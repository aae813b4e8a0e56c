"""Runners: they bring a model to an engine and its results back."""

from __future__ import annotations

from .embedded import Run, Timing, run, run_plan

__all__ = ["Run", "Timing", "run", "run_plan"]
