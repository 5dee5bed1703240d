"""What several commands are put together from: context, exit codes, progress in a line, results as files."""
