"""The Vietnamese language: from what was typed to what was understood.

Imports none of the project's other packages.
"""
