"""Drawings compared sharply: whether something in them was replaced."""
