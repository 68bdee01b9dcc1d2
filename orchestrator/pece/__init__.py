"""PE-CE protocols, one module each: what a protocol asks of the PE's VRF and of the CE."""
