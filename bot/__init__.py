"""What runs inside the Rasa server (graph components, its doors), and the messaging channels beside it."""
