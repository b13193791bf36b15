"""Who may do what: the whole map, on one page.

A view names its permission with ``@access(Permission.X)``. A standing is what a person is here:
`Standing` says how each is found. A view without a permission is closed to everybody.
"""

from __future__ import annotations

from enum import StrEnum, auto


class Standing(StrEnum):
    """What somebody is in front of a page; a person can be several at once."""

    ANYONE = auto()  # whoever holds the address
    PERSON = auto()  # signed in
    MEMBER = auto()  # active membership in this firm, any role
    COHORT_MEMBER = auto()  # enrolled in this cohort
    COHORT_COACH = auto()  # leads this cohort
    COACH = auto()  # leads at least one cohort of this firm
    ADMIN = auto()  # firm admin
    STAFF = auto()  # the platform's own desk


class Permission(StrEnum):
    """One thing that can be allowed."""

    OPEN_LINK = auto()  # pages under an unguessable link, sign-in, health
    MANAGE_OWN_ACCOUNT = auto()
    SEE_FIRM = auto()  # home, own things
    MANAGE_OWN_THINGS = auto()  # own contacts, answers, preferences
    SEE_BOARD = auto()
    POST = auto()  # targets, offers, asks, leads; "I can help"
    SEE_COHORTS = auto()  # their list: one's own, or all of them for whoever looks after them
    SEE_COHORT = auto()  # the coach's dashboard
    RUN_ROUND = auto()
    RUN_ROUNDS = auto()  # in all cohorts that one leads
    INVITE = auto()
    SEE_REPORTS = auto()  # coaches of their cohorts, admins of all
    MODERATE = auto()
    ADMINISTER = auto()  # members, plugins, house rules, audit
    RUN_PLATFORM = auto()


_S = Standing

WHO_MAY: dict[Permission, frozenset[Standing]] = {
    Permission.OPEN_LINK: frozenset({_S.ANYONE}),
    Permission.MANAGE_OWN_ACCOUNT: frozenset({_S.PERSON}),
    Permission.SEE_FIRM: frozenset({_S.MEMBER}),
    Permission.MANAGE_OWN_THINGS: frozenset({_S.MEMBER}),
    Permission.SEE_BOARD: frozenset({_S.COHORT_MEMBER, _S.COHORT_COACH}),
    Permission.POST: frozenset({_S.COHORT_MEMBER, _S.COHORT_COACH}),
    Permission.SEE_COHORTS: frozenset({_S.MEMBER, _S.ADMIN}),
    Permission.SEE_COHORT: frozenset({_S.COHORT_COACH, _S.ADMIN}),
    Permission.RUN_ROUND: frozenset({_S.COHORT_COACH}),
    Permission.RUN_ROUNDS: frozenset({_S.COACH}),
    Permission.INVITE: frozenset({_S.COACH, _S.ADMIN}),
    Permission.SEE_REPORTS: frozenset({_S.COACH, _S.ADMIN}),
    Permission.MODERATE: frozenset({_S.COACH, _S.ADMIN}),
    Permission.ADMINISTER: frozenset({_S.ADMIN}),
    Permission.RUN_PLATFORM: frozenset({_S.STAFF}),
}
