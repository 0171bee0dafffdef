"""Files of questions and of parameters that wait for somebody to confirm their import."""

from __future__ import annotations

from typing import Final

from enrolment.fields import Field
from kernel import staging
from kernel.permissions import Actor
from kernel.staging import Staged
from kernel.storage import Storage
from people.languages import Language
from written_test.items.calibrating import Table
from written_test.items.importing import Upload
from written_test.items.reading.entries import Defaults
from written_test.models import Bank
from written_test.questions.drafts import Skill

ITEMS: Final = "items"
PARAMETERS: Final = "parameters"


def keep(store: Storage, actor: Actor, bank: Bank, upload: Upload) -> str:
    """Keep a file of questions; return the name that its confirmation gives."""
    defaults = upload.defaults
    said = {
        "language": defaults.language,
        "skill": defaults.skill or "",
        "level": defaults.level,
        "field": defaults.field,
    }
    staged = Staged(bank.id, upload.filename, said, upload.data)
    return staging.keep(store, actor, ITEMS, staged)


def fetch(store: Storage, actor: Actor, bank: Bank, token: str) -> Upload:
    """Return a file of questions that this person gave for this bank; raise as `staging.fetch`."""
    staged = staging.fetch(store, actor, ITEMS, token, bank.id)
    said = staged.said
    skill = Skill(said["skill"]) if said["skill"] else None
    defaults = Defaults(Language(said["language"]), skill, said["level"], Field(said["field"]))
    return Upload(staged.filename, staged.data, defaults)


def keep_table(store: Storage, actor: Actor, bank: Bank, given: Table) -> str:
    """Keep a file of parameters; return the name that its confirmation gives."""
    staged = Staged(bank.id, given.filename, {"source": given.source}, given.data)
    return staging.keep(store, actor, PARAMETERS, staged)


def fetch_table(store: Storage, actor: Actor, bank: Bank, token: str) -> Table:
    """Return a file of parameters that this person gave for this bank; raise as `fetch`."""
    staged = staging.fetch(store, actor, PARAMETERS, token, bank.id)
    return Table(staged.filename, staged.data, staged.said["source"])
