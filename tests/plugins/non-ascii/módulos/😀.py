"""A file beyond the basic plane: its name takes a surrogate pair in the signed bytes. No module can be called so."""
