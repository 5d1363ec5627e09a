"""The raw files as pandas frames, read without the mappings: what the tests expect from."""

import pandas as pd

from .mapping import DATASETS, raw_file


def bank_calls() -> pd.DataFrame:
    """Return the 33,344 calls as they stand; durations are integers, stamps stay text."""
    frame = pd.read_csv(
        raw_file(DATASETS["anonymous_bank"]["calls"]),
        sep="\t",
        dtype=str,
        keep_default_na=False,
    )
    numbers = ["priority", "vru_time", "q_time", "ser_time"]
    frame[numbers] = frame[numbers].astype("int64")
    frame["day"] = pd.to_datetime(frame["date"], format="%y%m%d")
    return frame


def real_calls(calls: pd.DataFrame) -> pd.DataFrame:
    """Return the calls without PHANTOM rows and negative menu times (33,043 rows)."""
    return calls[(calls["outcome"] != "PHANTOM") & (calls["vru_time"] >= 0)].copy()


def offered_calls(calls: pd.DataFrame) -> pd.DataFrame:
    """Return the real calls without short abandons: hung up in less than 5 seconds of queue."""
    real = real_calls(calls)
    return real[~((real["outcome"] == "HANG") & (real["q_time"] < 5))].copy()


def clock_hour(stamps: pd.Series) -> pd.Series:
    """Return the hour (0-23) of stamps written as h:mm:ss."""
    return stamps.str.split(":").str[0].astype("int64")


def tickets() -> pd.DataFrame:
    """Return the 2,330 tickets; columns with "time" or "Expected" in their name are datetimes."""
    frame = pd.read_csv(raw_file(DATASETS["techsupport"]["tickets"]))
    for column in (
        "Created time",
        "Expected SLA to resolve",
        "Expected SLA to first response",
        "First response time",
        "Resolution time",
        "Close time",
    ):
        frame[column] = pd.to_datetime(frame[column], format="ISO8601")
    frame["score"] = pd.to_numeric(frame["Survey results"], errors="coerce")
    return frame


def telco() -> pd.DataFrame:
    """Return services and outcome side by side, one row per customer (7,043 rows)."""
    workbooks = DATASETS["telco"]
    services = pd.read_excel(raw_file(workbooks["services"]))
    outcomes = pd.read_excel(raw_file(workbooks["outcomes"]))
    return services.merge(outcomes.drop(columns=["Count", "Quarter"]), on="Customer ID")
