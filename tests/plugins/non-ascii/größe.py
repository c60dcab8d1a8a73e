"""A module with a Latin-1 letter in its name."""

EINHEIT = "µm"
