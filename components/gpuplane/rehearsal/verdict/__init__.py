"""The verdict of a rehearsal: findings, the config keys to change, and reports for people and machines."""
