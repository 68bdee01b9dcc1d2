"""What the verbs do: up, down, push, prove, look, log in; where a lab lives and what is left of one."""
