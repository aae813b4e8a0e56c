"""Drawings of the evaluation graph: one file a format, `draw.py` chooses."""
