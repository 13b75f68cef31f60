"""The staff's desk: conversations handed to a person, and who follows which procedure.

Its tables lie in the inbox's database, so that a message is done and in the
staff's thread, or neither. What the desk wants said goes into ``outgoing``;
channels and the web page take it from there.
"""
