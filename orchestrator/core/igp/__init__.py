"""IGPs of the provider's core: they carry loopbacks and core links, and nothing of a customer."""
