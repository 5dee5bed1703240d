"""Where figures of the engine come from: the fit of the weights, its drawings, and what hangs on a figure."""
