"""What makes the nodes and links of a lab on a host, behind one protocol."""
