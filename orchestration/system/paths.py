"""Where everything that the program writes stands: one directory, `PILOTAGE_DATA_DIR`."""

import os
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
# A wheel carries the project within the package; a checkout is the project.
IS_INSTALLED = (PACKAGE / "_project" / "dbt_project.yml").is_file()
PROJECT_ROOT = PACKAGE / "_project" if IS_INSTALLED else PACKAGE.parent


@dataclass(frozen=True)
class DataPaths:
    """Paths below the data directory. Creates nothing; `root` is absolute."""

    root: Path

    @property
    def inbox(self) -> Path:
        """What users drop, `<source>/<table>*.{csv,jsonl,parquet}`; never changed."""
        return self.root / "landing" / "inbox"

    @property
    def mappings(self) -> Path:
        """What users say of files that are not in the contract's form: `<source>.yml`."""
        return self.root / "mappings"

    @property
    def connectors(self) -> Path:
        """A user's own connectors, `<vendor>/connector.yml`, and options of the project's."""
        return self.root / "connectors"

    @property
    def pull(self) -> Path:
        """How far each vendor was asked: private (mode 0700)."""
        return self.root / "pull"

    @property
    def pull_lock(self) -> Path:
        """Held while a vendor is asked."""
        return self.root / "pull.lock"

    @property
    def connector_states(self) -> Path:
        """What each connector has read and handed over."""
        return self.root / "landing" / "connectors"

    @property
    def connector_notes(self) -> Path:
        """What is odd about vendors' files, of all of them: dbt reads it."""
        return self.connector_states / "notes.json"

    @property
    def accepted(self) -> Path:
        """Typed rows: `<source>/<table>/batch=<n>/*.parquet`."""
        return self.root / "landing" / "accepted"

    @property
    def quarantine(self) -> Path:
        """Refused rows as text, with their reason: private (mode 0600), never read by dbt."""
        return self.root / "landing" / "quarantine"

    @property
    def batches(self) -> Path:
        """The ledger: one JSON record a batch."""
        return self.root / "landing" / "batches"

    @property
    def refused(self) -> Path:
        """One JSON file for each file of the inbox that the last accept run refused as a whole."""
        return self.batches / "refused"

    def arrival_checks(self, batch: int) -> Path:
        """What a batch looks like in numbers, and what arrival checks found unusual about it."""
        return self.batches / "checks" / f"{batch:08d}.json"

    @property
    def demo_truth(self) -> Path:
        """What is true in the demonstration world, where that is what was landed."""
        return self.root / "demo_truth.json"

    @property
    def vault(self) -> Path:
        """Plain identifiers behind the pseudonyms, and their key: private (mode 0700)."""
        return self.root / "vault"

    @property
    def warehouse(self) -> Path:
        """Private build files, opened by dbt only."""
        return self.root / "warehouse"

    @property
    def build_db(self) -> Path:
        """Staging, reference and intermediate relations."""
        return self.warehouse / "build.duckdb"

    @property
    def marts_db(self) -> Path:
        """The marts: the file that a candidate is copied from."""
        return self.warehouse / "marts.duckdb"

    @property
    def run_context(self) -> Path:
        """What dbt needs to know about the run: edition, as-of instant, last built batch."""
        return self.warehouse / "run_context.json"

    @property
    def candidates(self) -> Path:
        """Copies of the marts that wait for their verdict: `<edition>/pilotage.duckdb`."""
        return self.warehouse / "candidates"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def editions(self) -> Path:
        """The last editions: `<edition>/pilotage.duckdb`, `edition.json` and `site/`."""
        return self.published / "editions"

    @property
    def kpi_editions(self) -> Path:
        """What each edition changed in the published figures, for good: `<edition>.parquet`."""
        return self.published / "kpi_editions"

    @property
    def link(self) -> Path:
        """The link to the current edition's file."""
        return self.published / "pilotage.duckdb"

    @property
    def place(self) -> Path:
        """On a file system without links: a file that says where the current edition's stands."""
        return self.published / "pilotage.path"

    @property
    def pointer(self) -> Path:
        """What readers open, read-only: the link, else the file that `place` names."""
        if self.has_links:
            return self.link
        return self.published / self.place.read_text(encoding="utf-8").strip()

    @property
    def has_links(self) -> bool:
        """True unless a place is all that there is."""
        return self.link.is_symlink() or not self.place.is_file()

    @property
    def site(self) -> Path:
        """The pages of the current edition: a link to its folder, else the folder itself."""
        return self.published / "site" if self.has_links else self.pointer.parent / "site"

    @property
    def agent_pages(self) -> Path:
        """One page a person in the service, `<edition>/<agent>.html`: private (mode 0700)."""
        return self.root / "agent_pages"

    @property
    def dagster(self) -> Path:
        """Dagster's home: its settings and its log of runs."""
        return self.root / "dagster"

    @property
    def notify(self) -> Path:
        """Who is told of what, and where; written by the user."""
        return self.root / "notify.yml"

    @property
    def notified(self) -> Path:
        """What each channel was told."""
        return self.root / "notified.json"

    @property
    def notify_lock(self) -> Path:
        """Held while channels are told, so that none is told twice."""
        return self.root / "notify.lock"

    @property
    def hashes(self) -> Path:
        """Hashes of files that are there to stay, so that none is read twice for nothing."""
        return self.root / "hashes.json"

    @property
    def receipts(self) -> Path:
        """What was done to forget people, without a word of whom: `<when>.json`."""
        return self.root / "receipts"

    @property
    def lock(self) -> Path:
        """Held by the one command that writes."""
        return self.root / "pilotage.lock"


def data_paths() -> DataPaths:
    """Return the paths below `PILOTAGE_DATA_DIR`.

    The default is `data/` in the checkout; of an installed package, where the command is called.
    """
    configured = os.environ.get("PILOTAGE_DATA_DIR")
    home = Path.cwd() if IS_INSTALLED else PROJECT_ROOT
    return DataPaths(Path(configured).resolve() if configured else home / "data")
