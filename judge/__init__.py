"""The contract of a chapter, as far as a machine can judge it, and the outputs that are stored."""
