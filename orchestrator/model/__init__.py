"""Pure values: a lab's topology, its VPN intent and everything that follows from the two."""
