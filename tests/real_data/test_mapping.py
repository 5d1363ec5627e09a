"""The data sets' connectors: what each makes, and what is said when data is absent."""

import shutil

import pytest

from .mapping import CONNECTORS, DATASETS, DataMissing, load, main, raw_file


@pytest.mark.real_data
@pytest.mark.parametrize("name", sorted(DATASETS))
def test_each_landing_table_has_rows(name):
    try:
        connection = load(name)
    except DataMissing as reason:
        pytest.skip(str(reason))
    tables = {path.stem for path in (CONNECTORS / name / "landing").glob("*.sql")}
    made = {row[0] for row in connection.execute("show tables").fetchall()}
    assert made == tables
    for table in tables:
        assert connection.execute(f"select count(*) from {table}").fetchone()[0] > 0, table


@pytest.mark.real_data
def test_a_path_with_a_quote_is_read(tmp_path):
    relative = DATASETS["techsupport"]["tickets"]
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
    assert main(["telco", "--data", str(tmp_path)]) == 2
    assert "nowhere" in capsys.readouterr().out
