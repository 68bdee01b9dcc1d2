"""What checks are made of: ids, queries and facts, judgements and findings, and their words."""
