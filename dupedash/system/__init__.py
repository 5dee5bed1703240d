"""What differs from system to system, and between a clone and an installed package: here and nowhere else."""
