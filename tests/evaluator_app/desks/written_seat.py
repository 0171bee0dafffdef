"""A candidate's browser in a written test, by the words that its page says to the server."""

from __future__ import annotations

from pictures import jpeg

PAGE = {"page": "tab-one"}
FIREFOX = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}


class Sat:
    """A candidate's browser in a test that has begun, by the words that its page says."""

    def __init__(self, browser, candidacy, **more) -> None:
        self.browser = browser
        self.base = f"/candidate/candidacies/{candidacy.id}/written"
        self.token = ""
        self.headers = FIREFOX
        self.scene = self.begin(room_note="Seule.", **more).json

    def say(self, name: str, **more):
        headers = {"X-Viva-Watch": self.token} | self.headers
        return self.browser.post(f"{self.base}/{name}", json=PAGE | more, headers=headers)

    def begin(self, **more):
        answer = self.say("begin", **more)
        self.token = answer.json.get("watch", {}).get("token", self.token)
        return answer

    def show(self, key: str = "a", why: str = "start"):
        return self.browser.post(
            f"{self.scene['watch']['urls']['snapshot']}?key={key}&why={why}",
            data=jpeg(),
            content_type="image/jpeg",
            headers={"X-Viva-Watch": self.token} | self.headers,
        )

    def answer(self, **more):
        return self.say("answer", **{"ticket": self.scene["ticket"], "answer": {}} | more)
