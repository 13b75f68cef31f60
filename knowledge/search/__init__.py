"""Procedure search: words and meaning over several keys a procedure, fused, ranked, calibrated."""
