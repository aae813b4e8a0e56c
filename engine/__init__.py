"""Meaning: checked model, graph, plan, runners, data and what people do with results."""
