"""Rules over several sections."""
