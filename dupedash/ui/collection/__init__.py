"""The Collection and Connections pages."""
