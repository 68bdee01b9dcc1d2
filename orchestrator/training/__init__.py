"""Hands-on training: exercises that break something or leave something out, graded by the proof.

An exercise's file says what nobody can derive: a brief, what is broken, a lesson. All else follows from the
lab: what the learner is asked and what is right (`diagnosis`), what a customer loses (`impact`), hints from
what the proof finds (`hints`), the solution (what a push would send), the points (`score`). `session` does it
on a running lab; everything else is pure.
"""
