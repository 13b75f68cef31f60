"""The command line and the supervisor: what starts, checks and feeds everything else."""
