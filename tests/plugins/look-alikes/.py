# Covered: the whole name is the ending.
