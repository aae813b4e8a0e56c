"""Which points would tell better who will be won, within the ranges that the author allows, and does it pay?"""
