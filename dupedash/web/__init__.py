"""What the dashboard and the Flow server share as web servers: slowed guesses, an end to endless headers."""
