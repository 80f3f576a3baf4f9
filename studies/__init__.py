"""The long computations behind book/data: a script and its table have the same name."""
