"""What may be known of a person: masks over personal numbers, pseudonyms, how long things are kept."""
