"""Versions of one model beside each other: weights, headers, and what each differs in."""
