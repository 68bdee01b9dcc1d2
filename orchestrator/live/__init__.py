"""A running lab while somebody works in it: verified again and again, shown in a terminal or a browser."""
