"""The Clear page."""
