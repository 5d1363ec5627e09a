"""The planted effects, with their sizes: what an analysis of the demo data should find."""

from dataclasses import asdict, dataclass, replace

SURGE_BRAND = "ventis"
SURGE_DAYS = 42
# Quality evaluations have stopped coming so long before the end.
STOPPED_DAYS = 18
DECISION_TEAM = "front_lille_a"
CONTROL_TEAM = "front_lille_b"
IDLE_DECISION_TEAM = "digital_paris"
IDLE_CONTROL_TEAM = "backoffice_lille"


@dataclass(frozen=True)
class Effects:
    """Sizes of the planted effects. Probabilities are added, factors multiply a chance.

    friction_*: calls about a late delivery after a bot that failed (extra chance of a transfer,
    of a repeat, chance that the repeat is a complaint, loss of satisfaction on the latent scale);
    surge_rate: extra outage contacts a customer of the brand and month, in the last six weeks,
    and surge_pressure what it does to the load of live channels, hence to waits;
    decision_*: what the decision changed in its team from its date on; churn_*: factors on the
    monthly chance to leave after a month with such a sign, and the chance that a failed payment
    ends the subscription by itself.
    """

    friction_transfer: float = 0.55
    friction_repeat: float = 0.30
    friction_complaint: float = 0.25
    friction_displeasure: float = 0.9
    surge_rate: float = 0.45
    surge_pressure: float = 1.25
    decision_repeat_factor: float = 0.40
    decision_satisfaction: float = 0.45
    churn_many_contacts: float = 2.6
    churn_unhappy: float = 2.2
    churn_payment_failed: float = 3.0
    churn_cut_off: float = 0.05

    def without(self, *names: str) -> "Effects":
        """Return these effects with some switched off: friction, surge, decision, churn."""
        neutral = asdict(NO_EFFECTS)
        off = {key: neutral[key] for key in neutral if key.split("_")[0] in names}
        return replace(self, **off)


NO_EFFECTS = Effects(
    friction_transfer=0.0,
    friction_repeat=0.0,
    friction_complaint=0.01,
    friction_displeasure=0.0,
    surge_rate=0.0,
    surge_pressure=1.0,
    decision_repeat_factor=1.0,
    decision_satisfaction=0.0,
    churn_many_contacts=1.0,
    churn_unhappy=1.0,
    churn_payment_failed=1.0,
    churn_cut_off=0.0,
)
