"""Where the nodes of a lab live: the kernel of this machine, a guest or another, behind one protocol."""
