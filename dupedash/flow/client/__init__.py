"""A Flow server as a collection."""

from dupedash.flow.client.collection import FlowCollection
from dupedash.flow.client.pictures import ImageAccess, image_access
from dupedash.flow.client.reader import FlowStatus
from dupedash.flow.client.settings import FlowSettings, flow_settings
from dupedash.flow.wire.parameters import FlowNames, changed_names, flow_names

__all__ = [
    "FlowCollection",
    "FlowNames",
    "FlowSettings",
    "FlowStatus",
    "ImageAccess",
    "changed_names",
    "flow_names",
    "flow_settings",
    "image_access",
]
