"""What one question shows and plays besides words: taken from its own file and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kernel.errors import N_
from written_test.items.reading import pictures, sounds
from written_test.items.reading.entries import NotTaken, Remark
from written_test.items.reading.pictures import Picture

MOST_PICTURES: Final = 24
Fetch = Callable[[str], bytes]


def nothing(address: str) -> bytes:
    """Raise NotTaken: the format of this file cannot hold what it names."""
    raise NotTaken(
        N_("« %(name)s » est dans un autre fichier : importez l'archive entière."),
        name=address[:200],
    )


class Media:
    """The pictures and the sound of one question, and what is to be said of how it was read."""

    def __init__(self, fetch: Fetch = nothing) -> None:
        """Begin with none; `fetch` gives what an address of the file holds, or raises NotTaken."""
        self.fetch = fetch
        self.addresses: set[str] = set()  # what the words of the question show or play
        self.pictures: dict[str, bytes] = {}
        self._sounds: dict[str, bytes] = {}
        self.notes: list[Remark] = []

    def picture(self, address: str, words: str, line: int = 0) -> Picture:
        """Return the picture at an address; `words` say what it shows. Raise NotTaken."""
        self.addresses.add(address)
        drawn = pictures.draw(address.rpartition("/")[2][:80], self.fetch(address), line)
        self.pictures[drawn.name] = drawn.data
        if len(self.pictures) > MOST_PICTURES:
            raise NotTaken(
                N_("La question a plus de %(most)s images."), line=line, most=MOST_PICTURES
            )
        if not words.strip():
            self.remark(
                N_(
                    "L'image « %(name)s » n'a pas de texte de remplacement : qui ne la voit pas "
                    "n'en sait rien."
                ),
                name=address.rpartition("/")[2][:80],
            )
        return drawn

    def sound(self, address: str, line: int = 0) -> None:
        """Keep what is to be heard at an address. Raise NotTaken where there is another."""
        self.addresses.add(address)
        if address in self._sounds:
            return
        if self._sounds:
            raise NotTaken(
                N_("La question a plusieurs sons ; un seul peut être écouté."), line=line
            )
        self._sounds[address] = sounds.check(address, self.fetch(address), line)

    def heard(self) -> tuple[str, bytes]:
        """Return the name and the bytes of the sound, or nothing."""
        for address, data in self._sounds.items():
            return address[:200], data
        return "", b""

    def remark(self, message: str, **params: str) -> None:
        """Say something of how the question was read, once."""
        note = Remark(message, params)
        if note not in self.notes:
            self.notes.append(note)
