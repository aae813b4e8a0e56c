"""Every test compiles anew; those of the cache itself switch it on, in folders of their own."""

from __future__ import annotations

import os

os.environ["SCORELINE_CACHE"] = "off"
