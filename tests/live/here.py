"""The settings that live tests run with, and what node trees are built from; the cache is the tests' own."""

from __future__ import annotations

from orchestrator.hosts.recipe import Recipe
from orchestrator.settings import Settings

SETTINGS = Settings.here()
RECIPE = Recipe.load(SETTINGS)
