"""Archives, opened with care: few members, small ones, plain names, nothing nested."""

from __future__ import annotations

import io
import posixpath
import stat
import zipfile
import zlib
from typing import Final
from urllib.parse import unquote

from kernel.errors import N_
from written_test.items.reading.entries import NotTaken

MOST_MEMBERS: Final = 5_000
MOST_MEMBER: Final = 25 * 1024 * 1024
MOST_TOTAL: Final = 120 * 1024 * 1024
MOST_RATIO: Final = 100
"""How many times larger than its archive a content above `FREE_OF_RATIO` may be."""
FREE_OF_RATIO: Final = 4 * 1024 * 1024
_NESTED: Final = (".zip", ".jar", ".7z", ".rar", ".gz", ".tar", ".bz2", ".xz")


class Package:
    """The members of an archive, by their names."""

    def __init__(self, data: bytes) -> None:
        """Look over the whole table of contents before anything is opened.

        Raises:
            NotTaken: it is no archive, or one that nobody in good faith would make.
        """
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            members = self._archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise NotTaken(N_("Cette archive est abîmée : elle ne s'ouvre pas.")) from None
        if len(members) > MOST_MEMBERS:
            raise NotTaken(
                N_("L'archive compte %(count)s fichiers ; au plus %(most)s sont lus."),
                count=len(members),
                most=MOST_MEMBERS,
            )
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            _check_member(member)
            if member.filename in self._members:
                raise NotTaken(
                    N_("L'archive contient deux fois le fichier « %(name)s »."),
                    name=member.filename[:200],
                )
            if not member.is_dir():
                self._members[member.filename] = member
        total = sum(member.file_size for member in members)
        if total > MOST_TOTAL or (total > FREE_OF_RATIO and total > MOST_RATIO * len(data)):
            raise NotTaken(
                N_("Dépliée, l'archive prendrait %(mb)s Mo : elle n'est pas ouverte."),
                mb=-(-total // 1_000_000),
            )

    @property
    def names(self) -> list[str]:
        """Return the names of all files in it."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """Return one file.

        Raises:
            NotTaken: it is not there, or it is not what the table of contents says.
        """
        member = self._members.get(name)
        if member is None:
            raise NotTaken(N_("Le fichier « %(name)s » manque dans l'archive."), name=name[:200])
        try:
            with self._archive.open(member) as file:
                return file.read(MOST_MEMBER + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
            raise NotTaken(
                N_("Le fichier « %(name)s » de l'archive est abîmé."), name=name[:200]
            ) from None


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    raw = name.replace("\\", "/")
    unsafe = raw.startswith("/") or ":" in raw.split("/")[0] or ".." in raw.split("/")
    if unsafe or "\x00" in name or stat.S_ISLNK(member.external_attr >> 16):
        raise NotTaken(
            N_("Le fichier « %(name)s » sort de l'archive : rien n'en est lu."), name=name[:200]
        )
    if member.flag_bits & 0x1:
        raise NotTaken(N_("L'archive est protégée par un mot de passe."))
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotTaken(
            N_("Le fichier « %(name)s » est compressé d'une façon qui n'est pas lue."),
            name=name[:200],
        )
    if member.file_size > MOST_MEMBER:
        raise NotTaken(
            N_("Le fichier « %(name)s » prendrait %(mb)s Mo : l'archive n'est pas ouverte."),
            name=name[:200],
            mb=-(-member.file_size // 1_000_000),
        )
    if name.lower().endswith(_NESTED):
        raise NotTaken(
            N_("L'archive en contient une autre, « %(name)s » : importez-la à part."),
            name=name[:200],
        )


def beside(base: str, address: str) -> str:
    """Return the name in the package of what `base` calls `address`.

    Raises:
        NotTaken: it lies outside of the package.
    """
    plain = unquote(address.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0])
    name = posixpath.normpath(posixpath.join(posixpath.dirname(base), plain))
    if "://" in address or name.startswith(("/", "../")) or name == "..":
        raise NotTaken(
            N_("« %(name)s » est hors de l'archive : rien n'est cherché ailleurs."),
            name=address[:200],
        )
    return name
