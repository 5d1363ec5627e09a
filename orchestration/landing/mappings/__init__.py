"""Files that are not in the contract's form: what a user says of them once, and how it is read.

`declared` reads and writes `mappings/<source>.yml`; `cells` turns the declared cells into the texts
that the contract asks for, so that from there on a mapped row is a row like any other. `look`,
`words` and `propose` make a mapping from a file: nothing of theirs is used while accepting.
"""
