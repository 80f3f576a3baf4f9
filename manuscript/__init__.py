"""Reads the pages of the book: their order, prose, directives, cells; imports nothing of ours."""
