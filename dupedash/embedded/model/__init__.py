"""A model of the user's own (ONNX) as a further source of candidates: what has near vectors is compared.

What a model finds near is verified pixel by pixel, as everything is. Without a model nothing of this runs.
"""
