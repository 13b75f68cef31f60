"""What the assistant does with an understood message, and how it words it (rasa-sdk)."""
