"""What was done to a picture: told from its registration, its tones, its colours and its detail."""
