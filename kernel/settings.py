"""Everything an operator may set, read once from `VIVA_…` environment variables."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kernel import exam_zone
from kernel.certifier import INVENTED, AccessibilityState, PrivacyBasis

HERE = Path(__file__).resolve().parent.parent
BRAND: Final = "Viva Voce"


class Mode(StrEnum):
    """What kind of installation this is; demo and tests may move the clock."""

    SERVE = "serve"
    DEMO = "demo"
    TEST = "test"


class MailBackend(StrEnum):
    """Where mail goes: files in a folder, or a real SMTP server."""

    FOLDER = "folder"
    SMTP = "smtp"


class SmtpSecurity(StrEnum):
    """How the connection to the SMTP server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


def _split(value: object) -> object:
    """Split `a,b` into its parts, so that a list fits one environment variable."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


CommaList = Annotated[list[str], NoDecode, BeforeValidator(_split)]
SecretList = Annotated[list[SecretStr], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """The settings of one installation."""

    model_config = SettingsConfigDict(env_prefix="VIVA_", extra="ignore", validate_default=True)

    mode: Mode = Field(
        Mode.SERVE, description="serve, demo or test; only demo and test may move time"
    )
    base_url: str = Field(
        "http://127.0.0.1:8000", description="address that people see, no final slash"
    )
    bind: str = Field("127.0.0.1", description="address that the web process listens on")
    port: int = Field(8000, description="port that the web process listens on")
    web_threads: int = Field(160, description="most websockets at once + 32")
    trusted_proxies: int = Field(
        0, description="how many reverse proxies stand before the web process"
    )

    var: Path = Field(Path("var/data"), description="folder of everything that is written")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in the var folder")
    secret_key: SecretStr = Field(
        SecretStr(""), description="signs links and sessions; 32 characters or more"
    )
    secret_keys_former: SecretList = Field(
        default_factory=list,
        description="former secret keys separated by commas, newest first: what they signed "
        "still opens",
    )
    password_salt: SecretStr = Field(
        SecretStr(""), description="second secret, for passwords; 16 or more"
    )
    storage_root: Path | None = Field(
        None, description="folder of encrypted files; default: var/storage"
    )
    storage_keys: SecretList = Field(
        default_factory=list,
        description="base64 keys of 32 bytes separated by commas; the first encrypts",
    )
    results_hold_s: float = Field(
        30,
        ge=0,
        description="confirmed results are validated, and leave, so many seconds later; until "
        "then they can be taken back",
    )
    validators: int = Field(
        1, ge=1, le=2, description="how many coordinators approve a result before it goes out"
    )
    disk_least_gb: float = Field(
        5.0, description="below so many free gigabytes no room opens; running orals finish"
    )
    free_when_evaluator_absent: bool = Field(
        False, description="free the candidate by itself when the evaluator does not come"
    )
    audit_head: Path | None = Field(
        None, description="file of the audit log's signed head, elsewhere"
    )

    media_url: str = Field(
        "http://127.0.0.1:8090",
        description="control address of the media server; https:// between two machines",
    )
    media_tls_certificate: Path | None = Field(
        None, description="certificate chain that media shows there, with https"
    )
    media_tls_key: Path | None = Field(None, description="its private key")
    media_tls_authorities: Path | None = Field(
        None, description="certificates that may vouch for media; empty: the system's"
    )
    media_secret: SecretStr = Field(SecretStr(""), description="shared by web and media")
    media_bind_ips: CommaList = Field(
        default_factory=list,
        description="addresses that media offers to browsers; empty: all of this machine; "
        "behind a translation: inside/outside",
    )
    media_ports: str = Field(
        "",
        pattern=r"^(\d{4,5}-\d{4,5})?$",
        description="UDP ports of media, as 40000-40999; empty: any",
    )
    ice_servers: str = Field("", description="STUN/TURN addresses separated by commas")
    turn_secret: SecretStr = Field(SecretStr(""), description="coturn's static-auth-secret")

    mail_backend: MailBackend = Field(MailBackend.FOLDER, description="folder or smtp")
    mail_folder: Path | None = Field(None, description="folder of .eml files; default: var/mail")
    mail_from: str = Field(
        "", description="sender of every mail; empty: no-reply at the host of the base URL"
    )
    smtp_host: str = Field("127.0.0.1", description="SMTP server")
    smtp_port: int = Field(587, description="its port")
    smtp_security: SmtpSecurity = Field(SmtpSecurity.STARTTLS, description="none, starttls or tls")
    smtp_user: str = Field("", description="SMTP account; empty: none")
    smtp_password: SecretStr = Field(SecretStr(""), description="its password")
    smtp_timeout: float = Field(20, description="seconds to wait for the SMTP server's answer")

    certifier_name: str = Field(
        "", description="who certifies; stands on documents, and none is made without it"
    )
    support_email: str = Field(
        "",
        description="where people are told to write; empty: postmaster at the host of the base URL",
    )
    certifier_address: str = Field(
        "", description="postal address of who certifies, for the legal notice"
    )
    certifier_phone: str = Field("", description="their telephone; the help page shows it too")
    certifier_number: str = Field(
        "", description="their number in a register, as SIREN 000 000 000"
    )
    publication_director: str = Field("", description="who answers for what the pages say")
    hosting: str = Field("", description="who hosts all this: name, address, telephone")
    privacy_email: str = Field(
        "",
        description="where the data-protection officer is written to; empty: the support address",
    )
    privacy_basis: PrivacyBasis = Field(
        PrivacyBasis.UNSAID,
        description="legal basis of the processing: contract, public_task or legal_duty",
    )
    accessibility: AccessibilityState = Field(
        AccessibilityState.NOT_AUDITED,
        description="what an audit by RGAA 4.1 came to: not_audited, not_compliant, partial, full",
    )
    default_timezone: str = Field(
        exam_zone.USUAL,
        description="zone of the exam: its days on documents, forms and imports, and its hours "
        "beside a person's own",
    )
    calendars_may_be_local: bool = Field(
        False,
        description="evaluators' own calendars may lie inside the network (a server on site), "
        "and be read without TLS",
    )
    metrics: bool = Field(
        False, description="serve /metrics, to this machine or to whoever holds the token"
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="bearer token of Prometheus; empty: this machine alone is told"
    )
    outbox_days: int = Field(
        400, ge=30, description="what has left (letters, files) keeps its line so many days"
    )
    session_hours: int = Field(12, description="a staff session ends after so many hours")
    idle_coordinator_minutes: int = Field(
        60, ge=0, description="a coordinator's session ends after so long without a word; 0: never"
    )
    idle_staff_minutes: int = Field(
        120, ge=0, description="the same for evaluators and organisations, never during an oral"
    )
    idle_candidate_minutes: int = Field(
        120, ge=0, description="the same for candidates, never during an oral or a test"
    )
    lockout_failures: int = Field(
        8,
        description="wrong passwords from one place before it must wait; "
        "wrong codes before the account is locked",
    )
    lockout_minutes: int = Field(
        15, description="how long it waits at first, then twice as long; how long a lock lasts"
    )
    throttle: bool = Field(
        True, description="limit how often one address may try to sign in or ask for a mail"
    )
    coordinators_need_second_factor: bool = Field(
        False, description="coordinators must set up a second factor before anything else"
    )
    identity_picture_hours: int = Field(72, description="an identity picture lives so long")
    recording_months: int = Field(12, description="a recording lives so long")
    proof_months: int = Field(
        12, description="a document that proves a force majeure lives so long after the change"
    )
    identity_alert_hours: int = Field(
        48, description="coordinators are told of an identity picture that waited so long"
    )

    face_detection: bool = Field(
        True,
        description="let certifications whose risk file says so look for faces in the frame; "
        "false: none may",
    )
    face_interval_s: float = Field(
        1.0, ge=1.0, description="seconds between two frames that are looked at, at the least"
    )
    face_threshold: float = Field(
        0.5, gt=0, lt=1, description="how sure the detector must be that something is a face"
    )
    face_grace_s: float = Field(
        15.0, ge=1, description="no face for so many seconds is noted; a short look away is not"
    )
    faces_grace_s: float = Field(4.0, ge=1, description="several faces for so long are noted")
    camera_still_s: float = Field(
        20.0, ge=2, description="a picture that does not change at all for so long is noted"
    )
    voice_grace_s: float = Field(
        5.0, ge=1, description="sound of the loudness of a voice for so long is noted"
    )
    page_silence_s: float = Field(
        30.0, ge=5, description="no word from the test page for so long is noted"
    )
    snapshot_every_s: str = Field(
        "120-300",
        pattern=r"^\d{1,5}-\d{1,5}$",
        description="seconds between two random snapshots, drawn from this range",
    )
    snapshots_most: int = Field(
        160, ge=0, description="snapshots of one candidacy, at the most, however often it returns"
    )
    snapshots_mib_most: int = Field(32, ge=0, description="MiB of a candidacy's snapshots, at most")
    signals_a_minute: int = Field(
        30, ge=1, description="signals of a session kept each minute; further ones are counted"
    )
    proctoring_silent_hours: float = Field(
        2.0, gt=0, description="a session that nothing was heard of for so long is closed"
    )
    snapshot_months: int = Field(3, ge=0, description="snapshots live so long after the results")
    snapshot_months_most: int = Field(
        12, ge=1, description="snapshots live so long after the session where no results came"
    )
    written_years: int = Field(
        5, description="answers of written tests and files of results live so many years"
    )

    raters_least_pairs: int = Field(10, ge=2, description="shared orals before a figure shows")

    @field_validator("default_timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        if value not in available_timezones():
            msg = f"{value!r} is not a time zone, such as {exam_zone.USUAL}"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _invent(self) -> Self:
        """Give a demo or a test the names that an operator would say."""
        if self.sandbox:
            for name, invented in INVENTED.items():
                if not getattr(self, name):
                    setattr(self, name, invented)
        return self

    @property
    def _host(self) -> str:
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def certifier(self) -> str:
        """Return who certifies, for pages and letters; while nobody said, the platform's name."""
        return self.certifier_name or BRAND

    @property
    def support(self) -> str:
        """Return where people are told to write."""
        return self.support_email or f"postmaster@{self._host}"

    @property
    def privacy_contact(self) -> str:
        """Return where whoever asks about their data is told to write."""
        return self.privacy_email or self.support

    @property
    def letters_leave(self) -> bool:
        """Tell whether somebody gets what is sent; a demo's letters lie where it says."""
        return self.sandbox or self.mail_backend is MailBackend.SMTP

    @property
    def sender(self) -> str:
        """Return who every mail is from."""
        return self.mail_from or f"{self.certifier} <no-reply@{self._host}>"

    def idle_minutes(self, role: str) -> int:
        """Return after how many silent minutes a session of somebody in `role` ends; 0: never."""
        named = {
            "coordinator": self.idle_coordinator_minutes,
            "candidate": self.idle_candidate_minutes,
        }
        return named.get(role, self.idle_staff_minutes)

    @property
    def secrets(self) -> list[str]:
        """Return the secret keys in force: what the first signs, the others still open."""
        keys = [self.secret_key, *self.secret_keys_former]
        return [key.get_secret_value() for key in keys]

    @property
    def over_https(self) -> bool:
        """Tell whether browsers come over https, as they must anywhere but on one's own machine."""
        return self.base_url.startswith("https")

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address in force."""
        return self.database_url or f"sqlite:///{(self.var / 'viva.db').resolve()}"

    @property
    def media_port_range(self) -> range:
        """Return the UDP ports that media may use; empty: any."""
        first, _, last = self.media_ports.partition("-")
        return range(int(first), int(last) + 1) if first else range(0)

    @property
    def storage(self) -> Path:
        """Return the folder of encrypted files."""
        return self.storage_root or self.var / "storage"

    @property
    def mails(self) -> Path:
        """Return the folder that mail is written to by the folder backend."""
        return self.mail_folder or self.var / "mail"

    @property
    def head_file(self) -> Path:
        """Return the file that keeps the audit log's signed head outside the database."""
        return self.audit_head or self.var / "audit-head.json"

    @property
    def clock_file(self) -> Path | None:
        """Return the file of the clock's offset, where moving time is allowed at all."""
        return None if self.mode is Mode.SERVE else self.var / "clock-offset"

    @property
    def templates(self) -> Path:
        """Return the folder of page and mail templates."""
        return HERE / "templates"

    @property
    def assets(self) -> Path:
        """Return the folder of built front-end files."""
        return HERE / "evaluator_app" / "assets" / "dist"

    @property
    def fonts(self) -> Path:
        """Return the folder of the TrueType fonts that documents embed."""
        return self.assets / "fonts"

    @property
    def sandbox(self) -> bool:
        """Tell whether demo conveniences (clock, sign-in links) may exist."""
        return self.mode is not Mode.SERVE


@lru_cache(maxsize=1)
def load() -> Settings:
    """Return the settings of this process, read from the environment once."""
    return Settings()
