"""The reference model server: an ONNX model behind FastAPI."""
