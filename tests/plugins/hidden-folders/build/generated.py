"""Left over from a build: covered."""
