"""What can happen to a running lab: one vocabulary, with the undoing of each thing and what to expect of it.

Values say what happens (`vocabulary`), people's words name them (`naming`), `doing` carries them out over the
nodes' management sessions, which no fault cuts: it is the same under every runtime and on every host.
"""
