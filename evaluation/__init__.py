"""Question sets through the whole assistant, with figures."""
