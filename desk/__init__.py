"""The staff's desk: conversations handed to a person, and who follows which procedure."""
