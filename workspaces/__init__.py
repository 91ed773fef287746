"""Folders in which one person works: made, filled, served, swapped, reset; nothing of theirs is ever lost."""
