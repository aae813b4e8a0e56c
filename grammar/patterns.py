"""Regular expressions by which more than one slip is recognised."""

from __future__ import annotations

import re

NUMBER = r"\d+(?:\.\d+)?"
LENGTH = rf"(?:{NUMBER}|[^\W\d][\w.]*|\([^()]*\))"
HOW_OFTEN = r"(?P<here>(?P<often>(?:at\s+(?:least|most)|exactly|(?:more|fewer)\s+than)\s+\S+))"
TEXT = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|/(?:\\.|[^/\\\n])+/|#[^\n]*")
