"""From nodes to the checked model: names, types, scopes. `check.py` is the way in; each other file knows some nodes."""
