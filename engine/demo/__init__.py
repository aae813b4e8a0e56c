"""Made-up but lifelike data for the `abm` ruleset, at any size and always the same for one seed."""

from __future__ import annotations

from .generate import Totals, generate

__all__ = ["Totals", "generate"]
