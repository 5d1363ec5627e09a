"""The mapping module itself: what it writes, and what it says when data is absent."""

import csv
import shutil

import pytest

from .mapping import DATASETS, DataMissing, landing_scripts, load, main, raw_file, write

EVERY_DATASET = sorted(DATASETS)


@pytest.mark.real_data
@pytest.mark.parametrize("name", EVERY_DATASET)
def test_each_landing_table_becomes_one_file_of_the_inbox(name, tmp_path):
    try:
        written = write(name, tmp_path)
    except DataMissing as reason:
        pytest.skip(str(reason))
    assert len(written) == len(landing_scripts(name)) > 0
    for path in written:
        assert path.parent.parent == tmp_path
        with path.open(newline="", encoding="utf-8") as lines:
            assert len(list(csv.reader(lines))) > 1


@pytest.mark.real_data
def test_a_path_with_a_quote_is_read(tmp_path):
    relative = DATASETS["techsupport"].text_files["tickets"]
    try:
        source = raw_file(relative)
    except DataMissing as reason:
        pytest.skip(str(reason))
    root = tmp_path / "l'équipe; drop"
    (root / relative).parent.mkdir(parents=True)
    shutil.copy(source, root / relative)
    tickets = load("techsupport", root).execute("select count(*) from interactions__tickets")
    assert tickets.fetchone() == (2_330,)


def test_absent_data_is_said_with_its_place(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PILOTAGE_REAL_DATA", str(tmp_path / "nowhere"))
    assert main(["telco", "--inbox", str(tmp_path)]) == 2
    assert "nowhere" in capsys.readouterr().out


def test_every_column_is_one_of_the_contract():
    """A column that the contract does not know would be dropped in silence."""
    yaml = pytest.importorskip("yaml")
    from .mapping import PROJECT_ROOT

    contract = {}
    for path in (PROJECT_ROOT / "models" / "staging").glob("*/_*__sources.yml"):
        for source in yaml.safe_load(path.read_text("utf-8"))["sources"]:
            for table in source["tables"]:
                names = {column["name"] for column in table.get("columns", [])}
                contract[f"{source['name']}__{table['name']}"] = names
    for name in EVERY_DATASET:
        try:
            connection = load(name)
        except DataMissing as reason:
            pytest.skip(str(reason))
        for script in landing_scripts(name):
            columns = {
                row[0]
                for row in connection.execute(
                    "select column_name from information_schema.columns where table_name = ?",
                    [script.stem],
                ).fetchall()
            }
            assert columns <= contract[script.stem], script.stem
