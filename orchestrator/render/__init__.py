"""Pure text from a `Lab`: FRR configuration, Linux plumbing, and the way there from what a node has now."""
