"""How those who run the house see that it is well: figures, and logs without people in them."""
