-- Run once, when the database server is new. Rasa's conversations lie apart: they are kept for another time.
CREATE DATABASE motcua_conversations OWNER motcua;
