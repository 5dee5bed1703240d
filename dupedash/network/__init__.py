"""The graph of the groups as a picture: where each image stands, and what vis-network needs to draw it."""

from dupedash.network.build import Network, build
from dupedash.network.layout import place

__all__ = ["Network", "build", "place"]
