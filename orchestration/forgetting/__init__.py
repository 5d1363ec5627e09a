"""Forgetting people: nothing that the program wrote leads to them any more, and figures stay.

`people` finds what leads to somebody; `traces` recognises it, however it is written; `contents`
looks into files of every kind and writes them anew, `inbox` into those that were dropped; `erase`
takes the steps, `proof` reads everything again and finds nothing, or says where. `rotation` gives
everybody known another pseudonym, by another key.
"""
