"""What of an edit is measured at full resolution."""
