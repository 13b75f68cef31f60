"""The staff's console at /quan-tri: pages that say which role they need, behind one door."""
