"""PE-CE protocols, one folder each: `protocol.py` there says what the program knows of it."""
