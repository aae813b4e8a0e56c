"""What an editor asks of a ruleset: pure functions from texts and a place in them to answers, free of any protocol."""
