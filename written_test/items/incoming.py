"""Files that wait for somebody to confirm their import: kept sealed for a day at most."""

from __future__ import annotations

import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from enrolment.fields import Field
from kernel import clock
from kernel.errors import N_, NotThere, Refused
from kernel.permissions import Actor
from kernel.storage import NotStored, Storage
from people.languages import Language
from written_test.items.calibrating import Table
from written_test.items.importing import Upload
from written_test.items.reading.entries import Defaults
from written_test.models import Bank
from written_test.questions.drafts import Skill

FOLDER: Final = "incoming"
KEPT: Final = timedelta(days=1)
_STAMP: Final = "%Y%m%d%H%M%S"
_TOKEN: Final = re.compile(r"[0-9]{14}-[0-9a-f]{32}")


def keep(store: Storage, actor: Actor, bank: Bank, upload: Upload) -> str:
    """Keep a file of questions; return the name that its confirmation gives."""
    said = upload.defaults
    head = {
        "filename": upload.filename,
        "language": said.language,
        "skill": said.skill or "",
        "level": said.level,
        "field": said.field,
    }
    return _keep(store, actor, bank, head, upload.data)


def fetch(store: Storage, actor: Actor, bank: Bank, token: str) -> Upload:
    """Return a file of questions that this person gave for this bank.

    Raises:
        NotThere: no such name, another's, for another bank, or of parameters.
        Refused: it has been forgotten meanwhile.
    """
    said, data = _fetch(store, actor, bank, token)
    if "language" not in said:
        raise NotThere
    skill = Skill(said["skill"]) if said["skill"] else None
    defaults = Defaults(Language(said["language"]), skill, said["level"], Field(said["field"]))
    return Upload(said["filename"], data, defaults)


def keep_table(store: Storage, actor: Actor, bank: Bank, given: Table) -> str:
    """Keep a file of parameters; return the name that its confirmation gives."""
    head = {"filename": given.filename, "source": given.source}
    return _keep(store, actor, bank, head, given.data)


def fetch_table(store: Storage, actor: Actor, bank: Bank, token: str) -> Table:
    """Return a file of parameters that this person gave for this bank; raise as `fetch`."""
    said, data = _fetch(store, actor, bank, token)
    if "source" not in said:
        raise NotThere
    return Table(said["filename"], data, said["source"])


def _keep(store: Storage, actor: Actor, bank: Bank, said: dict[str, Any], data: bytes) -> str:
    token = f"{clock.now().astimezone(UTC):{_STAMP}}-{secrets.token_hex(16)}"
    head = {"by": actor.user_id, "bank": bank.id, **said}
    store.put(f"{FOLDER}/{token}", json.dumps(head).encode() + b"\n" + data)
    return token


def _fetch(store: Storage, actor: Actor, bank: Bank, token: str) -> tuple[dict[str, Any], bytes]:
    if not _TOKEN.fullmatch(token):
        raise NotThere
    try:
        head, _, data = store.bytes(f"{FOLDER}/{token}").partition(b"\n")
    except NotStored:
        raise Refused(
            N_("Ce fichier n'est plus gardé : il l'est un jour au plus. Envoyez-le de nouveau.")
        ) from None
    said = json.loads(head)
    if (said["by"], said["bank"]) != (actor.user_id, bank.id):
        raise NotThere
    return said, data


def forget(store: Storage, token: str) -> None:
    """Forget a file that was brought in, or will not be."""
    if _TOKEN.fullmatch(token):
        store.delete(f"{FOLDER}/{token}")


def purge(store: Storage) -> int:
    """Forget the files that nobody confirmed within a day; return how many."""
    count = 0
    for name in store.names(FOLDER):
        stamp = name.removeprefix(f"{FOLDER}/").partition("-")[0]
        try:
            at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        if clock.now() - at >= KEPT:
            count += store.delete(name)
    return count
