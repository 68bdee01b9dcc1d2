"""From the intent to checks, from show output to findings, from both to a verdict on the network.

`expect.expect` says what a lab claims about the running network, `verification.verify` looks until it holds.
"""
