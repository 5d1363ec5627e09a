"""The wheel carries the dbt project, so that an installed `pilotage` runs without a checkout.

Everything else about the package stands in pyproject.toml.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
# What a run reads beside the code, by folder and pattern. `orchestration/system/paths.py` knows
# where it then stands.
PROJECT = (
    (".", ".dbtignore"),
    (".", "dbt_project.yml"),
    (".", "profiles.yml"),
    ("connectors", "**/*"),
    ("docs", "glossary.yml"),
    ("macros", "**/*.sql"),
    ("models", "**/*"),
    ("seeds", "*"),
    ("tests", "**/*.sql"),
)


class BuildWithProject(build_py):
    """Copies the project into the package, unless the package is the checkout itself."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "orchestration" / "_project"
        # what an earlier build left there is not of this project
        shutil.rmtree(target, ignore_errors=True)
        for folder, pattern in PROJECT:
            for source in sorted((ROOT / folder).glob(pattern)):
                if source.is_file():
                    copy = target / source.relative_to(ROOT)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, copy)


setup(cmdclass={"build_py": BuildWithProject})
