"""The channels of `notify.yml`, read and checked. Secrets are never in the file: it names the
environment variables that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from orchestration.system.errors import UsageError

KINDS = ("webhook", "email")
FORMS = ("slack", "teams", "json")
WANTS = ("failure", "stale_source", "action_due", "edition")
# What somebody would write into the file and must not.
SECRETS = {
    "url": "url_env",
    "webhook": "url_env",
    "user": "user_env",
    "password": "password_env",
    "token": "url_env",
}
TIMEOUT_SECONDS = 10.0
LONGEST_TIMEOUT = 60.0


@dataclass(frozen=True)
class Webhook:
    """An address that takes JSON; `url_env` names the environment variable that holds it."""

    name: str
    wants: tuple[str, ...]
    form: str
    url_env: str
    timeout_seconds: float = TIMEOUT_SECONDS


@dataclass(frozen=True)
class Email:
    """A mail server and who gets the mail. Without `starttls` only a server on this machine."""

    name: str
    wants: tuple[str, ...]
    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 587
    starttls: bool = True
    user_env: str | None = None
    password_env: str | None = None
    ca_file: str | None = None
    timeout_seconds: float = TIMEOUT_SECONDS


Channel = Webhook | Email


def load_channels(path: Path) -> list[Channel]:
    """Return the channels of the file, none when there is no file.

    UsageError says which setting of which channel is wrong, and never repeats a value that could
    be a secret.
    """
    if not path.is_file():
        return []
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise UsageError(f"{path} is no YAML{where}; see docs/how-to/alarms.md.") from None
    if content is None:
        return []
    listed = content.get("channels") if isinstance(content, dict) else None
    if not isinstance(listed, list) or set(content) != {"channels"}:
        raise UsageError(f"{path} holds one list, `channels`; see docs/how-to/alarms.md.")
    found = [_channel(path, number, one) for number, one in enumerate(listed, 1)]
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{path}: two channels are named {name!r}.")
    return found


def _channel(path: Path, number: int, given: Any) -> Channel:
    where = f"{path}: channel {number}"
    if not isinstance(given, dict):
        raise UsageError(f"{where} is no set of `key: value` lines.")
    said = {str(key): value for key, value in given.items()}
    for key in SECRETS.keys() & said.keys():
        raise UsageError(
            f"{where}: `{key}` does not belong in a file. Put its value into an environment "
            f"variable, and name that one: `{SECRETS[key]}: NAME_OF_THE_VARIABLE`."
        )
    kind = _one_of(where, "kind", said.pop("kind", None), KINDS)
    shape: type[Channel] = Webhook if kind == "webhook" else Email
    said.setdefault("name", f"{kind} {number}")
    if kind == "email" and "from" in said:
        said["sender"] = said.pop("from")
    known = {field.name for field in fields(shape)}
    shown = sorted(("from" if one == "sender" else one) for one in known)
    if unknown := sorted(said.keys() - known):
        raise UsageError(f"{where}: unknown {', '.join(unknown)}; known are {', '.join(shown)}.")
    said["wants"] = _wants(where, said.get("wants"))
    said["timeout_seconds"] = _timeout(where, said.get("timeout_seconds", TIMEOUT_SECONDS))
    for key in ("name", "form", "url_env", "host", "sender", "user_env", "password_env", "ca_file"):
        if key in said:
            said[key] = _line(where, "from" if key == "sender" else key, said[key])
    return _webhook(where, said) if kind == "webhook" else _email(where, said)


def _webhook(where: str, said: Mapping[str, Any]) -> Webhook:
    _required(where, said, "form", "url_env")
    _one_of(where, "form", said["form"], FORMS)
    return Webhook(**said)


def _email(where: str, said: dict[str, Any]) -> Email:
    _required(where, said, "host", "sender", "to")
    to = said["to"] if isinstance(said["to"], list) else [said["to"]]
    said["to"] = tuple(_line(where, "to", one) for one in to)
    if not said["to"]:
        raise UsageError(f"{where}: `to` names nobody.")
    if not isinstance(said.get("port", 1), int) or not 0 < said.get("port", 1) < 65536:
        raise UsageError(f"{where}: `port` is no port.")
    if not isinstance(said.get("starttls", True), bool):
        raise UsageError(f"{where}: `starttls` is true or false.")
    if ("user_env" in said) != ("password_env" in said):
        raise UsageError(f"{where}: `user_env` and `password_env` come together.")
    if not said.get("starttls", True) and not is_this_machine(said["host"]):
        raise UsageError(
            f"{where}: without `starttls` mail goes to this machine only (host: localhost)."
        )
    return Email(**said)


def is_this_machine(host: str | None) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _required(where: str, said: Mapping[str, Any], *keys: str) -> None:
    for key in keys:
        if key not in said:
            shown = "from" if key == "sender" else key
            raise UsageError(f"{where}: `{shown}` is missing; see docs/how-to/alarms.md.")


def _one_of(where: str, key: str, value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise UsageError(f"{where}: `{key}` is one of {', '.join(known)}.")
    return str(value)


def _wants(where: str, value: Any) -> tuple[str, ...]:
    wanted = value if isinstance(value, list) else [value]
    if not value or any(one not in WANTS for one in wanted):
        raise UsageError(f"{where}: `wants` lists what it is told: {', '.join(WANTS)}.")
    return tuple(dict.fromkeys(wanted))


def _timeout(where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{where}: `timeout_seconds` is no number.")
    if not 0 < value <= LONGEST_TIMEOUT:
        raise UsageError(f"{where}: `timeout_seconds` is above 0, {LONGEST_TIMEOUT:.0f} at most.")
    return float(value)


def _line(where: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or any(sign in value for sign in "\r\n\0"):
        raise UsageError(f"{where}: `{key}` is one line of text.")
    return value.strip()
