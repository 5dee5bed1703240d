"""Whether two candidates are duplicates: registered, compared pixel by pixel, scored and explained."""
