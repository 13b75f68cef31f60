"""Replies, worded once as a tree, for each channel's own limits."""
