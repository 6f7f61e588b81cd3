"""Drafts: whether their due can be kept, what each role would commit to, who confirmed what and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.addresses import asked
from kiosk.contexts import Agreement, Commitment, DraftPage, DraftRow, FormState, Note, PlannedLink, RoleMark
from kiosk.forms import field_text
from kiosk.services import Services
from kiosk.views.agreement_log import log_rows, withdrawn_roles
from kiosk.views.feasibility import date_text, feasibility
from kiosk.views.frame import frame
from kiosk.views.plan_picture import plan_picture
from ledger import drafts
from ledger.agreement_log import Entry, agreement_log
from ledger.plans import released_order
from shopfloor.agreement import Confirmation, Draft, first_need, in_order
from shopfloor.instants import Instant
from shopfloor.order_faults import order_fault
from shopfloor.orders import OrderPlan
from shopfloor.site import Line

SHOWN_DRAFTS = 100


def draft_rows(
    services: Services, all_drafts: Sequence[Draft], now: Instant, *, most: int | None = SHOWN_DRAFTS
) -> list[DraftRow]:
    """The first drafts by due, each planned alone beside what is released and then beside the others."""
    together = services.desk.together(all_drafts, now)
    return [_draft_row(services, draft, together, now) for draft in all_drafts[:most]]


def _draft_row(services: Services, draft: Draft, together: Mapping[str, OrderPlan], now: Instant) -> DraftRow:
    site, order = services.config.site, draft.order
    zone = site.zone
    plan, beside = plan_of(services, draft, together, now)
    return DraftRow(
        order=order.order,
        line_name=site.line_or_ghost(order.line).name,
        product=site.product_name(order.product),
        quantity=order.quantity,
        customer=order.customer,
        due=date_text(order.due_at, now, zone),
        change=draft.version > 1,
        feasibility=feasibility(services, plan, now, beside=beside, material_at=draft.material_at),
        marks=tuple(
            RoleMark(role, given.person, date_text(given.at, now, zone)) if given else RoleMark(role, "", "")
            for role in site.roles
            for given in [draft.confirmations.get(role)]
        ),
        waits_for=draft.waits_for(site.roles),
    )


def plan_of(
    services: Services, draft: Draft, together: Mapping[str, OrderPlan], now: Instant
) -> tuple[OrderPlan, OrderPlan | None]:
    """A draft's plan alone, and that beside the other drafts if there is one.

    What is feasible beside others is so alone; only what is not has to be planned once more.
    """
    beside = together.get(draft.order.order)
    if beside is not None and beside.feasible:
        return beside, beside
    return services.desk.look(draft, now).plan, beside


def draft_page(
    services: Services,
    number: str,
    *,
    form: FormState,
    note: Note | None = None,
) -> DraftPage | None:
    """A new order that is being agreed, or None when there is none of that number."""
    now = services.clock()
    with services.ledger.snapshot():
        found = drafts.draft(services.ledger, number)
        if found is None or found.version > 1:
            return None
        log = agreement_log(services.ledger, number)
        return DraftPage(
            frame=frame(services, now),
            draft=agreement(services, found, now, log),
            log=log_rows(services, log, now),
            form=form,
            note=note,
            zone=services.config.site.zone.key,
        )


def agreement(services: Services, draft: Draft, now: Instant, log: Sequence[Entry]) -> Agreement:
    """All that a draft's page shows of it."""
    site, order = services.config.site, draft.order
    zone, line = site.zone, site.line_or_ghost(order.line)
    look = services.desk.look(draft, now)
    plan = look.plan
    needed_at = first_need(line, plan) if line.links else None
    together = services.desk.together(drafts.drafts(services.ledger), now).get(order.order)
    released = released_order(services.ledger, order.order)
    given = None if released is None else released.given
    links = tuple(_planned_links(line, plan, now, services))
    ends_at = max((hours.hours[-1].end_at for hours in plan.links if hours.hours), default=None)
    product = site.products.get(order.product)
    return Agreement(
        order=order.order,
        version=draft.version,
        revision=draft.revision,
        line=order.line,
        line_name=line.name,
        product=site.product_name(order.product),
        quantity=order.quantity,
        customer=order.customer,
        priority=order.priority,
        due=date_text(order.due_at, now, zone),
        due_value=field_text(order.due_at, zone),
        due_in_force="" if released is None else date_text(released.order.due_at, now, zone),
        drafted=date_text(draft.drafted_at, now, zone),
        drafted_by=draft.person,
        why=draft.why,
        feasibility=feasibility(
            services,
            plan,
            now,
            beside=together,
            material_at=draft.material_at,
            explain=True,
            progress=None if released is None else look.progress,
        ),
        ends="" if ends_at is None else date_text(ends_at, now, zone),
        links=links,
        needed_at_link=_first_link(line, plan, needed_at),
        material_value=field_text(draft.material_at, zone),
        may_move_value=field_text(draft.may_move_to, zone),
        batches=-(-order.quantity // product.batch) if product else 0,
        roles=site.roles,
        waits_for=draft.waits_for(site.roles),
        confirmed={
            role: commitment(draft.confirmations[role], now, services)
            for role in in_order(draft.confirmations)
        },
        withdrawn=withdrawn_roles(services, draft, log, now),
        known=order_fault(site, order, now) is None,
        picture=plan_picture(services, line, plan.links, zoom=asked("zoom"), given=given, at=now)
        if plan.feasible
        else None,
    )


def commitment(given: Confirmation, now: Instant, services: Services) -> Commitment:
    """Who committed to what, and when."""
    zone = services.config.site.zone

    def text(at: Instant | None) -> str:
        return "" if at is None else date_text(at, now, zone)

    return Commitment(
        role=given.role,
        person=given.person,
        at=text(given.at),
        quantity=given.quantity,
        due=text(given.due_at),
        may_move_to=text(given.may_move_to),
        starts=text(given.starts_at),
        material=text(given.material_at),
        needed=text(given.needed_at),
    )


def _planned_links(line: Line, plan: OrderPlan, now: Instant, services: Services) -> list[PlannedLink]:
    zone = services.config.site.zone
    planned = []
    for part in plan.links:
        if not part.hours:
            continue
        milestone = line.link(part.link).kind == "milestone"
        planned.append(
            PlannedLink(
                name=line.name_of(part.link),
                milestone=milestone,
                hours=sum(1 for hour in part.hours if hour.make),
                starts=date_text(part.hours[0].start_at, now, zone),
                ends=date_text(part.hours[-1].end_at, now, zone),
            )
        )
    return planned


def _first_link(line: Line, plan: OrderPlan, needed_at: Instant | None) -> str:
    """The name of the first link whose need is the first."""
    for part in plan.links:
        if not part.hours:
            continue
        link = line.link(part.link)
        first = part.hours[0]
        need = first.latest_at if link.kind == "milestone" else first.start_at
        if not link.after and need == needed_at:
            return link.name
    return ""
