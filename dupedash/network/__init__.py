"""The graph of the groups as a picture: where each image stands, and what vis-network needs to draw it."""

from dupedash.network.build import IMAGES_PER_GROUP, Network, build, drawn
from dupedash.network.layout import place

__all__ = ["IMAGES_PER_GROUP", "Network", "build", "drawn", "place"]
