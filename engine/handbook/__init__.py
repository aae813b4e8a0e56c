"""A model as a page that people read who do not write rules: each rule in plain English."""

from __future__ import annotations

from .document import Entry, Handbook, Section
from .english import English
from .make import handbook
from .terms import Term, Words, plain

__all__ = ["English", "Entry", "Handbook", "Section", "Term", "Words", "handbook", "plain"]
