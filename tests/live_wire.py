"""A live connection over the wire, by long polling: what a browser sends, and what it is told."""

from __future__ import annotations

import json

ADDRESS = "/socket.io/?EIO=4&transport=polling"


def connect(browser) -> str:
    """Return the address of a fresh connection, joined."""
    opened = browser.get(ADDRESS)
    address = f"{ADDRESS}&sid={json.loads(opened.get_data(as_text=True)[1:])['sid']}"
    assert browser.post(address, data="40").status_code == 200
    return address


def watch(browser, address: str, topic: str) -> str:
    """Ask to watch a topic; return what came back."""
    asked = json.dumps(["watch", {"topic": topic}])
    assert browser.post(address, data=f"421{asked}").status_code == 200
    return browser.get(address).get_data(as_text=True)
