"""A plan that was exported may come back: checked like a new one, for this collection's folders only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dupedash.actions.guard import check_plan
from dupedash.actions.plan import Plan
from dupedash.actions.planning.wish import Head
from dupedash.collection import Collection
from dupedash.errors import ActionError


def import_plan(data: Any, collection: Collection) -> Plan:
    """The plan in this JSON, as a new one; its own id and folders are not believed. Raises ActionError."""
    plan = Plan.of_json(data)
    if (plan.collection, plan.engine) != (collection.name, collection.engine):
        raise ActionError(
            f"This plan is about the collection {plan.collection} ({plan.engine}), "
            f"not {collection.name} ({collection.engine}): choose that one."
        )
    head = Head.now(collection, plan.scan, plan.threshold)
    steps = tuple(replace(step, number=number) for number, step in enumerate(plan.steps))
    known = replace(plan, id=head.id, created=head.created, roots=head.roots, steps=steps)
    check_plan(known)
    return known
