"""What chapters export: a module each, written by generators/exports.py."""
