"""The exercises of the chapters: `from exercises import check`, then `check.entropy(my_entropy)`.

`engine` runs a reader's function over cases; each chapter with checks has a module of its name.
"""
