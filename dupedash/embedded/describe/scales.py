"""How many keypoints there are, in which scales and unit: who only reads them needs no compiled code."""

KEYPOINTS = 320
"""The most keypoints that are kept of a picture."""
LEVELS = 8
"""Scales, from 1 to 1/3.6."""
SCALE_STEP = 1.2
"""From one scale to the next, as in ORB (Rublee and others 2011): half a step more or less leaves most bits
of a descriptor as they are."""
POSITION_UNIT = 1 / 64
"""Keypoint positions are kept in 1/64 px of the 400 px picture."""
