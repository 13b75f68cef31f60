"""What may be known of a person: masks over personal numbers, pseudonyms, how long things are kept."""

from privacy.mask import Kind, Masked, mask, without_tokens
from privacy.pseudonyms import pseudonym

__all__ = ["Kind", "Masked", "mask", "pseudonym", "without_tokens"]
