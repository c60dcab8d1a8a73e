"""The real window, driven from outside as its user would: `python3 -m window --help` in `tests/`."""
