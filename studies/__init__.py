"""The long computations behind data/studies: a script and its table have the same name."""
