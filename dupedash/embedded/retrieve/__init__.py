"""Which pictures may be duplicates: candidates from shared visual words and near hashes."""
