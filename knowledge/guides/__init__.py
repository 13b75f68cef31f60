"""Guides: small decision trees that end in a procedure and a case."""
