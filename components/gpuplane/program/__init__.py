"""Running a stack's program inside this process."""
