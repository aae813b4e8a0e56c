"""Lints that need data: what is doubtful about a ruleset once one sees what it makes of real records."""
