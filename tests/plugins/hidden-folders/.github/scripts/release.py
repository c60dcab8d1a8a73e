"""A release script two hidden levels down: covered too."""
