"""A hidden file: covered."""
