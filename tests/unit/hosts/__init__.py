"""Tests of `orchestrator.hosts`."""
