"""LDP (RFC 5036): labels for loopbacks, hop by hop along the IGP's paths."""
