"""What the explorers have in common: the base class, traits, and modules for the page."""
