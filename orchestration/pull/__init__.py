"""Ask a vendor's interface for what is new, and put its answers into the inbox as raw files.

`vendors` says by data where each vendor's records are and how its pages follow each other; `run`
asks for them, a part at a time, and remembers how far it came. Secrets stand in the environment,
and nowhere else. dlt does the asking: it is an extra, which nothing but this needs.
"""
