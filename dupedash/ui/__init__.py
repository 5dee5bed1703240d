"""The dashboard: all Streamlit code that is not a page."""

import logging

# The routes import cached functions before the server runs, and Streamlit warns of each. A filter, because
# Streamlit sets the levels of its loggers itself.
logging.getLogger("streamlit.runtime.caching.cache_data_api").addFilter(
    lambda record: "No runtime found" not in record.getMessage()
)
