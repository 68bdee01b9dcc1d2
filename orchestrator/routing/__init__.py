"""Which customer routes every table of a lab must hold, as the protocols would choose them (RFC 4364).

Knows no verifier: what is verified, what is lost by a fault, and what an exercise asks all come from here.
"""
