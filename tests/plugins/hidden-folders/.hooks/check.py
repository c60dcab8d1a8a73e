"""A hook in a hidden folder: covered like everything else."""
