"""From groups to a plan: what is wished, a group before the choice, its steps, the whole, a preview."""
