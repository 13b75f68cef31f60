"""What the assistant was asked and how it ended: the turn log, the figures leaders see, the questions to settle."""
