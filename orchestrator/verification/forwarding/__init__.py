"""The way of packets through the nodes' kernels: FIB and LFIB as they are, whatever FRR thinks of them."""
