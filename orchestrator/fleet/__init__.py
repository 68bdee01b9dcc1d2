"""The nodes of a running lab, asked and configured side by side; nobody else imports nornir and netmiko."""
