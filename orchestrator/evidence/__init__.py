"""Evidence: what was seen of a running lab, kept in one file and judged again without the lab."""
