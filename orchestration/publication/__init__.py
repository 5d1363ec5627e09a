"""Publication: a judged file becomes an edition, and one pointer says which edition is read."""

from orchestration.publication.candidate import make_candidate
from orchestration.publication.editions import Edition, editions, history, status
from orchestration.publication.publish import publish
from orchestration.publication.recovery import mend, recover, rollback

__all__ = [
    "Edition",
    "editions",
    "history",
    "make_candidate",
    "mend",
    "publish",
    "recover",
    "rollback",
    "status",
]
