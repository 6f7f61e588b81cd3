"""What is done about flags besides raising and answering them: each act counts once, also when it is sent again."""

from __future__ import annotations

import json

from kiosk.services import Services
from kiosk.taps import before, refuse_long, said_before
from ledger import batch_flags, consequences, flag_disputes
from ledger.drafts import By
from ledger.errors import IdTaken, RuleRefused
from ledger.flags import Tap
from ledger.store import Ledger, Row
from shopfloor.sentences import sentence
from shopfloor.site import Site


def raise_batch_flag(
    services: Services, tap: Tap, *, batch: str, against: str | None, kind: str | None, order: str | None
) -> int:
    """Raise a flag for a batch; its number. RuleRefused with the reason when nothing is amiss with it."""
    site = services.config.site
    done = before(services, tap, "flag_raised")
    if done is not None:
        told = json.loads(done["detail"])
        line = site.stations[tap.station].line
        same = (
            done["batch"] == batch.upper()
            and kind in (None, told.get("kind"))
            and (against is None or done["link"] == f"{line}/{against}")
        )
        if not same:
            raise IdTaken(tap.event_id)
        return int(done["sequence"])
    row = services.ledger.row('SELECT "order" FROM batches WHERE batch = ?', (batch.upper(),))
    if order is not None and row is not None and row["order"] != order:
        raise RuleRefused(sentence("%(batch)s is no batch of %(order)s", batch=batch[:40], order=order[:40]))
    return batch_flags.raise_batch_flag(
        services.ledger, site, tap, batch=batch, against=against, kind=kind, now=services.clock()
    )


def dispute_flag(services: Services, tap: Tap, *, flag: int, comment: str) -> None:
    """Say that a flag is wrong. RuleRefused when it is another link's, or was disputed before."""
    refuse_long(comment)
    if not said_before(before(services, tap, "flag_disputed"), flag=flag, comment=comment):
        flag_disputes.dispute_flag(*_where(services), tap, flag=flag, comment=comment, now=services.clock())


def rule_flag(services: Services, by: By, *, flag: int, ruling: str, comment: str) -> None:
    """A supervisor's ruling on a disputed flag. RuleRefused when nobody disputes it."""
    refuse_long(comment)
    if not said_before(_ruled_before(services, by, "flag_ruled"), flag=flag, ruling=ruling, comment=comment):
        flag_disputes.rule_flag(
            *_where(services), by, flag=flag, ruling=ruling, comment=comment, now=services.clock()
        )


def choose_consequence(services: Services, tap: Tap, *, flag: int, consequence: str) -> None:
    """The next link chooses one. RuleRefused when the flag is not ripe for it."""
    if not said_before(before(services, tap, "consequence_chosen"), flag=flag, consequence=consequence):
        consequences.choose(*_where(services), tap, flag=flag, consequence=consequence, now=services.clock())


def dispute_consequence(services: Services, tap: Tap, *, flag: int, comment: str) -> None:
    """The flagged link says that a consequence is wrong. RuleRefused when it has taken effect."""
    refuse_long(comment)
    if not said_before(before(services, tap, "consequence_disputed"), flag=flag, comment=comment):
        consequences.contest(*_where(services), tap, flag=flag, comment=comment, now=services.clock())


def rule_consequence(services: Services, by: By, *, flag: int, ruling: str, comment: str) -> None:
    """A supervisor's ruling on a disputed consequence."""
    refuse_long(comment)
    done = _ruled_before(services, by, "consequence_ruled")
    if not said_before(done, flag=flag, ruling=ruling, comment=comment):
        consequences.settle(
            services.ledger, by, flag=flag, ruling=ruling, comment=comment, now=services.clock()
        )


def _where(services: Services) -> tuple[Ledger, Site]:
    return services.ledger, services.config.site


def _ruled_before(services: Services, by: By, kind: str) -> Row | None:
    done = services.ledger.holds(by.event_id) if by.event_id is not None else None
    if done is not None and (done["kind"], done["source"], done["person"]) != (kind, by.source, by.person):
        raise IdTaken(done["event_id"])
    return done
