"""Headers of a mail: what may stand in one, and how it is folded without harm."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy
from typing import Any

from kernel.addresses import ascii_domain

_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
_OWN_HEADERS = frozenset(
    {
        *("from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id"),
        *("mime-version", "content-type", "content-transfer-encoding", "content-language"),
        *("auto-submitted", "x-auto-response-suppress", "x-viva-mail"),
    }
)


class MailError(Exception):
    """A mail that could not be composed or delivered."""


class RetryLater(MailError):
    """Delivery failed in a way that may pass: server away, busy, or ourselves misconfigured."""


class Unreachable(RetryLater):
    """No server answered: whatever else goes there would fail alike."""


class MailRefused(MailError):
    """The server refused the recipient or the content; an operator, or time, may mend it."""


class Undeliverable(MailError):
    """The mail will never be accepted as it is: retrying is useless."""


class Policy(EmailPolicy):
    """Folds the headers of a mail without losing a space.

    The library's own folding of RFC 2047 words drops spaces of long accented texts (Python 3.11
    to 3.13), so words beyond ASCII are encoded by its older, sound encoder.
    """

    def fold(self, name: str, value: Any) -> str:
        """Return the header as lines of at most 78 characters."""
        return self._lines(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the same lines as bytes."""
        lines = self._lines(name, value)
        return lines.encode("ascii") if lines else super().fold_binary(name, value)

    def _lines(self, name: str, value: Any) -> str | None:
        if str(value).isascii():
            return None
        addresses = getattr(value, "addresses", None)
        if addresses is None and name.lower() != "subject":
            return None
        if addresses is None:
            return f"{name}: {self._words(str(value), name)}{self.linesep}"
        people = (f"{self._words(a.display_name, name)} <{a.addr_spec}>" for a in addresses)
        return f"{name}: {f',{self.linesep} '.join(people)}{self.linesep}"

    def _words(self, text: str, name: str) -> str:
        return Header(text, "utf-8", header_name=name, maxlinelen=76).encode(linesep=self.linesep)


POLICY = Policy(linesep="\r\n", max_line_length=78)


def message_id(key: str, base_url: str) -> str:
    """Return the Message-ID that belongs to the outbox row `key` of this installation, always.

    The key is hashed: an identifier of ours says nothing to whoever reads the header.
    """
    host = re.sub(r"^[a-z]+://", "", base_url).split("/")[0].split(":")[0] or "localhost"
    digest = hashlib.sha256(f"{base_url}\n{key}".encode()).hexdigest()[:32]
    return f"<{digest}@{ascii_domain(host)}>"


def one_line(value: str) -> str:
    """Return `value` without control characters or line breaks: what a header may hold."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in value)
    return re.sub(r" {2,}", " ", "".join(kept)).strip()


def check_name(name: str) -> str:
    """Return `name` if a mail may carry a header of that name.

    Raises:
        Undeliverable: it is malformed, or a header that `kernel.mail` sets itself.
    """
    if not _HEADER_NAME.match(name) or name.lower() in _OWN_HEADERS:
        msg = f"header {name!r} may not be set"
        raise Undeliverable(msg)
    return name


def address(name: str, email: str) -> Address:
    """Return the address of a person, its domain in ASCII.

    Raises:
        Undeliverable: it is no address.
    """
    if re.search(r"\s", email) or email != one_line(email) or email.count("@") != 1:
        msg = f"{email!r} is not an address"
        raise Undeliverable(msg)
    local, _, domain = email.rpartition("@")
    try:
        return Address(one_line(name), addr_spec=f"{local}@{ascii_domain(domain)}")
    except (ValueError, LookupError, MessageError) as error:
        msg = f"{email!r} is not an address"
        raise Undeliverable(msg) from error
