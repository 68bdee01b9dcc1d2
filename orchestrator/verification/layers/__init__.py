"""One module per layer of the proof: what the intent claims there, and how the facts are judged."""
