"""Publication: a judged file becomes an edition, and one pointer says which edition is read.

`candidate` copies the marts; `proof` is what the publisher demands to see of the gate; `publish`
makes the edition and moves the pointer; `editions` says what there is, `recovery` goes back and
clears up, `changelog` keeps what each edition changed, `summary` what it says of itself.
"""
