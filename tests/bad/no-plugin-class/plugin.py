"""Loads no class `Plugin`."""
