"""`viva doctor`: what is missing, and how to mend it; one line a part."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import time
from argparse import Namespace
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from evaluator_app.commands import doctor_files, secrets_check
from evaluator_app.commands.doctor_exam import exam, names
from evaluator_app.commands.findings import Finding
from evaluator_app.wiring import migrate, rules
from kernel import disk, pulse, storage, typefaces
from kernel.db import Database
from kernel.outbox import OutboxRow
from kernel.settings import MailBackend, Settings, SmtpSecurity, load
from kernel.storage import StorageError
from rooms import recordings
from rooms.engines import native
from rooms.media import relay_look

PROBE = "doctor/probe"
LOOK_EVERY = 0.5
"""Seconds between two looks at what is starting."""


def run(arguments: Namespace) -> int:
    """Look at every part; print a line each; fail if one of them is not well."""
    settings = load()
    rules.register()
    settings.var.mkdir(parents=True, exist_ok=True)
    looks = (*LOOKS, kept_files) if arguments.files else LOOKS
    until = time.monotonic() + arguments.wait
    findings = [finding for look in looks for finding in _settled(look, settings, until)]
    width = max(len(finding.part) for finding in findings)
    for check in findings:
        print(f"{'OK     ' if check.well else 'MISSING'}  {check.part:{width}}  {check.words}")
        if check.mend and not check.well:
            print(f"{'':{width + 11}}{check.mend}")
    missing = sum(not finding.well for finding in findings)
    print(f"{missing} to mend" if missing else "all is well")
    return 1 if missing else 0


def _settled(look: Look, settings: Settings, until: float) -> list[Finding]:
    """Return what a look finds; what starts with the service may take until a moment to be well."""
    findings = look(settings)
    while (
        look in STARTING
        and not all(finding.well for finding in findings)
        and time.monotonic() < until
    ):
        time.sleep(LOOK_EVERY)
        findings = look(settings)
    return findings


def secrets(settings: Settings) -> list[Finding]:
    """Look at the lengths of the secrets."""
    faults = secrets_check.faults(settings)
    if not faults:
        return [Finding("secrets", True, "long enough")]
    return [Finding("secrets", False, *fault.split(": ", 1)) for fault in faults]


def database(settings: Settings) -> list[Finding]:
    """Look whether the database answers, has the newest shape, and what failed to leave it."""
    place = Database(settings.database)
    kind = place.engine.dialect.name
    try:
        here, newest = migrate.revision(place), migrate.newest()
        findings = [
            Finding(
                "database",
                here == newest,
                f"{kind}, at {here or 'nothing'}" + ("" if here == newest else f" of {newest}"),
                "viva db upgrade",
            )
        ]
        if here == newest:
            with place.session(read_only=True) as db:
                failed = db.scalar(select(func.count()).where(OutboxRow.failed_at.is_not(None)))
                findings.append(
                    Finding(
                        "outbox",
                        not failed,
                        f"{failed} could not leave" if failed else "nothing stuck",
                        "look at the column `error` of the table `outbox`",
                    )
                )
                alive = pulse.alive(db, "jobs")
            mend = "viva serve, or viva worker"
            findings.append(Finding("jobs", alive, "alive" if alive else "no sign of life", mend))
    except SQLAlchemyError as error:
        words = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return [Finding("database", False, f"{kind}: {words}", "look at VIVA_DATABASE_URL")]
    finally:
        place.dispose()
    return findings


def files(settings: Settings) -> list[Finding]:
    """Look whether something can be kept encrypted and read again, and at the room left."""
    findings = []
    try:
        kept = storage.from_settings(settings)
        kept.put(PROBE, b"whether this can be read again")
        well = kept.bytes(PROBE) == b"whether this can be read again"
        kept.delete(PROBE)
        findings.append(Finding("storage", well, f"keeps and reads again in {settings.storage}"))
    except (StorageError, OSError) as error:
        mend = "look at VIVA_STORAGE_KEYS and VIVA_STORAGE_ROOT"
        findings.append(Finding("storage", False, f"{settings.storage}: {error}", mend))
    free = disk.free(settings)
    mend = (
        f"below {settings.disk_least_gb:g} GB no room opens (VIVA_DISK_LEAST_GB); "
        f"an oral of 20 minutes takes about {recordings.AN_ORAL / 1e6:.0f} MB"
    )
    findings.append(
        Finding("disk", not disk.is_low(settings), f"{free / disk.GB:.1f} GB free", mend)
    )
    with contextlib.suppress(StorageError):
        former = len(list(storage.from_settings(settings).sealed_before()))
        words = f"{former} files need a former storage key" if former else "one for all files"
        findings.append(Finding("keys", not former, words, "viva keys rotate"))
    return findings


def kept_files(settings: Settings) -> list[Finding]:
    """Look whether every file that a row names is kept, and whole."""
    place = Database(settings.database)
    try:
        with place.session(read_only=True) as db:
            kinds = doctor_files.compare(db, storage.from_settings(settings))
    except (SQLAlchemyError, StorageError) as error:
        words = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return [Finding("files", False, words, "look at the database and the storage, above")]
    finally:
        place.dispose()
    mend = "copy them back from a backup of VIVA_STORAGE_ROOT"
    documents = f"{mend}, or make documents again from their candidacy's page"
    return [
        Finding("files", not kind.lost, kind.words, documents if kind.kind == "documents" else mend)
        for kind in kinds
    ]


def mail(settings: Settings) -> list[Finding]:
    """Look whether mail can leave: the folder can be written, or the server greets."""
    if settings.mail_backend is MailBackend.FOLDER:
        well = settings.letters_leave
        mend = "set VIVA_MAIL_BACKEND=smtp and VIVA_SMTP_HOST"
        return [Finding("mail", well, f"lands in the folder {settings.mails}", mend)]
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        _greet(settings)
    except (OSError, smtplib.SMTPException) as error:
        mend = "look at VIVA_SMTP_HOST, _PORT, _SECURITY, _USER and _PASSWORD"
        return [Finding("mail", False, f"{where}: {error}", mend)]
    return [Finding("mail", True, f"{where} accepts us")]


def _greet(settings: Settings) -> None:
    context = ssl.create_default_context()
    client: smtplib.SMTP
    if settings.smtp_security is SmtpSecurity.TLS:
        client = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=10, context=context
        )
    else:
        client = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=10)
    with client:
        if settings.smtp_security is SmtpSecurity.STARTTLS:
            client.starttls(context=context)
        if settings.smtp_user:
            client.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        client.noop()


def relay(settings: Settings) -> list[Finding]:
    """Look whether each STUN or TURN server answers, and accepts our secret."""
    addresses = [part.strip() for part in settings.ice_servers.split(",") if part.strip()]
    if not addresses:
        mend = (
            "set VIVA_ICE_SERVERS and VIVA_TURN_SECRET: candidates behind strict firewalls need it"
        )
        return [Finding("relay", settings.mode != "serve", "no TURN server is named", mend)]
    findings = []
    for address in addresses:
        fault = relay_look.fault(address, settings.turn_secret.get_secret_value())
        mend = "look at coturn's listening address, firewall and static-auth-secret"
        findings.append(Finding("relay", fault is None, f"{address} {fault or 'answers'}", mend))
    return findings


def built(settings: Settings) -> list[Finding]:
    """Look whether the front end and the documents' fonts are there."""
    there = (settings.assets / "manifest.json").exists()
    front = Finding("front end", there, "built" if there else "not built", "make setup")
    return [front, _fonts(settings)]


def _fonts(settings: Settings) -> Finding:
    try:
        faces = {face for name in typefaces.HOUSE for face in typefaces.chain(name)}
        for face in faces:
            typefaces.coverage(face)
        signs = typefaces.unprintable(settings.certifier)
    except typefaces.TypefaceMissing as error:
        return Finding("fonts", False, str(error), "make setup")
    if signs:
        words = f"the certifier's name has {', '.join(map(typefaces.sign, signs))}"
        return Finding("fonts", False, words, "look at VIVA_CERTIFIER_NAME: no typeface has it")
    return Finding("fonts", True, f"{len(faces)} for documents")


def media(settings: Settings) -> list[Finding]:
    """Look whether the media server answers, and whether others could listen to its control."""
    try:
        engine = native.from_settings(settings)
    except (OSError, ValueError) as error:
        mend = "look at VIVA_MEDIA_URL and VIVA_MEDIA_TLS_AUTHORITIES"
        return [Finding("media", False, f"{settings.media_url}: {error}", mend)]
    if engine.is_open_to_view:
        words = f"{settings.media_url} would hear its secret across a network in clear"
        mend = "https:// in VIVA_MEDIA_URL, and VIVA_MEDIA_TLS_CERTIFICATE where media runs"
        return [Finding("media", False, words, mend)]
    well = engine.healthy()
    words = f"{settings.media_url} {'answers' if well else 'does not answer'}"
    mend = "viva serve, or viva media; VIVA_MEDIA_URL and VIVA_MEDIA_SECRET must be the same there"
    if settings.media_url.startswith("https:"):
        mend += "; its certificate must be vouched for by VIVA_MEDIA_TLS_AUTHORITIES"
    return [Finding("media", well, words, mend)]


Look = Callable[[Settings], list[Finding]]
LOOKS: tuple[Look, ...] = (
    secrets,
    names,
    database,
    exam,
    files,
    mail,
    relay,
    built,
    media,
)
STARTING: tuple[Look, ...] = (database, media)
"""What a service that was started a moment ago has not brought up yet."""
