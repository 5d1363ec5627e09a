"""Which issue a contact belongs to, found slowly: each pair of a person's contacts is looked at."""

from collections import defaultdict
from datetime import datetime, timedelta

WINDOW = timedelta(hours=168)


def issues_of(contacts: list[tuple]) -> dict[str, str]:
    """Return the issue of each contact that has one.

    `contacts` are rows of core.contacts: contact_id, customer_id, identity_rule, reason_group,
    is_in_scope, is_handled, queue_entered_at, answered_at, ended_at.
    """
    threads: dict[tuple, list[tuple]] = defaultdict(list)
    for contact_id, person, _, reason, in_scope, handled, began, answered, ended in contacts:
        if in_scope and person is not None:
            over = max(began, ended or answered or began)
            threads[person, reason].append((began, contact_id, handled, over))
    found: dict[str, str] = {}
    for thread in threads.values():
        found |= _issues_of_thread(sorted(thread))
    return found


def _issues_of_thread(thread: list[tuple[datetime, str, bool, datetime]]) -> dict[str, str]:
    found: dict[str, str] = {}
    handled = [contact for contact in thread if contact[2]]
    for at, (began, contact_id, _, _) in enumerate(handled):
        earlier = [one for one in handled[:at] if one[3] + WINDOW >= began]
        # linked to any earlier contact that had not been quiet for the whole window
        found[contact_id] = (
            found[max(earlier, key=lambda one: one[:2])[1]] if earlier else contact_id
        )
    for began, contact_id, is_handled, over in thread:
        if is_handled:
            continue
        before = [one for one in handled if one[:2] < (began, contact_id)]
        after = [one for one in handled if one[:2] > (began, contact_id)]
        if any(one[3] + WINDOW >= began for one in before):
            found[contact_id] = found[max(before, key=lambda one: one[:2])[1]]
        elif after and after[0][0] <= over + WINDOW:
            found[contact_id] = found[after[0][1]]
    return found
