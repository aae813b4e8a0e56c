"""The rulesets that ship with Scoreline; each is an example too."""
