"""A Flow server as a collection."""

from dupedash.flow.client.collection import FlowCollection
from dupedash.flow.client.reader import FlowStatus
from dupedash.flow.client.settings import FlowSettings, ImageAccess, flow_settings

__all__ = ["FlowCollection", "FlowSettings", "FlowStatus", "ImageAccess", "flow_settings"]
