"""Scenarios: small made-up people and events with the results that a ruleset must give for them."""
