"""How much anyone may ask in how short a time, and whose address it is that asks."""
