"""What a change of rules means: as a difference of the rules themselves, and in the accounts that they score."""
