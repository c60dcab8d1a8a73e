"""A module with a name beyond Latin-1."""

挨拶 = "こんにちは"
