"""What pages share: links to groups, rows of groups, words about scans, what was typed or uploaded."""
