"""The demo world: a made-up company whose customer relations fill every table of the contract.

    python -m orchestration.demo --customers 500 --months 6 --inbox DIR --truth FILE

writes files in the landing format under DIR, and into FILE what is true about them: exact counts
of rows received, duplicate and to be quarantined, and the effects planted in the data with their
sizes. The pipeline never reads FILE. In Python: `write_demo(inbox, truth, customers, months)`.
"""

from orchestration.demo.effects import NO_EFFECTS, Effects
from orchestration.demo.world import DemoReport, write_demo

__all__ = ["NO_EFFECTS", "DemoReport", "Effects", "write_demo"]
