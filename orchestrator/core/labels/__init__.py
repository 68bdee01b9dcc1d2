"""What gives labels to the loopbacks of the core."""
