"""Where the dialogue's decisions change over; figures and how to draw them anew: docs/figures.md."""

from __future__ import annotations

ANSWER_SHARE = 0.5
"""Share of the ranking's probability from which the first procedure is answered for."""
KNOWN_AT_LEAST = 0.22
"""Probability that anything fits at all, below which nothing is offered."""
CONFIDENT = 0.3
"""Probability of being right from which the first procedure is answered for; see docs/figures.md."""
CLOSE_SECOND = 0.7
"""Part of the first's probability from which a second that is another matter makes us ask back."""
OPTION_SHARE = 0.03
MAX_OPTIONS = 4
SUBJECT = 0.45
"""How telling a message's best word must be for the message to have a subject of its own."""
KNOWN_OF_ITS_OWN = 0.5
"""Probability from which a message is believed to bring a subject of its own into a conversation."""
KNOWN_WITHOUT_SUBJECT = 0.8
"""Probability from which common words alone ('tạm trú') count as a subject in a correction."""
SURELY_KNOWN = 0.85
"""Chance that we have it from which variants of one matter count together as a subject of its own."""
STRONG_SUBJECT = 0.6
"""Confidence from which 'còn ... thì sao' leaves the procedure at hand for another."""
STRONG_WHILE_WAITING = 0.8
"""The same for leaving a question of ours unanswered."""
ASKED_SUBJECT = 0.4
"""Confidence from which a question about documents, fees, ... leaves the procedure at hand."""
TOGETHER_SHARE = 0.9
"""How well two messages must fit together, compared with the second alone."""
TOGETHER_WHILE_WAITING = 0.35
"""Confidence from which a message is read as an answer to a question of ours."""
RELATED_SHARE = 0.6
"""Share of the shorter name's words that two variants of one matter have in common."""
REMARK_COVER = 0.8
"""Share of a remark's telling words that must stand in the record of the procedure at hand."""
TOPIC_BOOST = 0.7
FOLLOW_UP_BOOST = 2.5
RECALL_BOOST = 3.0
OPTION_BOOST = 2.0
COVERED = 0.75
"""Share of a message's telling words that must stand in a record to count as being about it."""
NEARLY = 0.8
"""Options whose names share nearly as much with a message as the best are no clear choice."""
PICKED_COVER = 0.6
"""The same for an option that is picked by words of its own."""
SURE_ASPECT, LIKELY_OVERVIEW = 0.6, 0.25
"""Below the first an aspect is doubted; from the second on the overview, which tells of all of them, is given."""
LONGEST_QUESTION = 400
"""Characters of a question kept for the details that follow."""
