"""Replies for a Zalo Official Account: text with a numbered list, or with buttons where they are switched on.

A body is ``{"message": …, "plain": …}``: Zalo's own message object, and text
to send instead where Zalo doesn't take the buttons.
"""

from __future__ import annotations

from typing import Any

from rendering.tree import Button, Tree
from rendering.zalo_text import blocks, fill, groups, menu, paragraphs, shorten, with_menu

BUTTONS = 5
"""Buttons that Zalo takes on one message."""
MORE = "Bạn cũng có thể chọn:"


def render(tree: Tree, *, buttons: bool, text_limit: int, title_limit: int) -> list[dict[str, Any]]:
    """Bodies to send, in order.

    Args:
        tree: the reply; payload buttons already carry tokens where ``buttons`` is set.
        buttons: use Zalo's buttons.
        text_limit: UTF-16 units of a message.
        title_limit: UTF-16 units of a button's title.
    """
    usable = [button for button in tree.buttons if button.url or button.token]
    if not buttons or not usable:
        return [{"message": {"text": text}} for text in with_menu(tree, text_limit)]
    # A link that is a button needs no line of its own.
    texts = fill(blocks(tree, frozenset(link.url for link in tree.links())), text_limit) or [MORE]
    bodies: list[dict[str, Any]] = [{"message": {"text": text}} for text in texts[:-1]]
    for at, group in enumerate(groups(usable, BUTTONS)):
        text = texts[-1] if at == 0 else MORE
        message = {
            "text": text,
            "attachment": {
                "type": "template",
                "payload": {"buttons": [_button(button, title_limit) for button in group]},
            },
        }
        bodies.append({"message": message})
    # The first one without its buttons carries the whole list; the others then have nothing to add.
    first = len(texts) - 1
    bodies[first]["plain"] = fill([texts[-1], *_links_and_menu(tree)], text_limit)
    for body in bodies[first + 1 :]:
        body["plain"] = []
    return bodies


def _links_and_menu(tree: Tree) -> list[str]:
    links = paragraphs(Tree(buttons=tree.buttons))
    choices = menu(tree)
    return [*links, *([choices] if choices else [])]


def _button(button: Button, limit: int) -> dict[str, Any]:
    title = shorten(button.title, limit)
    if button.url:
        return {"title": title, "type": "oa.open.url", "payload": {"url": button.url}}
    # 'hide': the token isn't shown in the conversation.
    return {"title": title, "type": "oa.query.hide", "payload": button.token}
