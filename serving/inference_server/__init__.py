"""The reference model server: an ONNX model behind FastAPI, as the source documents describe one."""
