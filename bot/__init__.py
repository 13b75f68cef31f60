"""What runs inside the Rasa server: graph components and input channels."""
