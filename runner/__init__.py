"""Runs the notebooks of the book: once on each machine, side by side, for whoever needs the result.

depends     what a notebook's outputs depend on, as a fingerprint
execution   one notebook in one kernel, in a process of its own
machine     what computes: processor, NumPy's SIMD, the kernel of OpenBLAS, threads
runs        the stored runs: which are stale, how they join the notebooks as they are written now
pool        runs the stale notebooks side by side and says so
pythons     the other Pythons at hand
matrix      the same notebooks under many configurations, compared (`make machines`)

The site, the tests and the matrix read from here; nothing else of the book executes a notebook.
"""
