"""Lints: what is allowed but doubtful. One file a lint or a small family; `catalogue.py` lists them."""
