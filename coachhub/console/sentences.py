"""What the audit trail says, in words: each entry's act as a sentence a person reads."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from coachhub.core.audit import AuditEntry, DeskEntry

# After the name of who did it. {label} is what it was done to; other words are the details'.
WORDS = {
    "address.lifted": "let mails go again to an address that had bounced",
    "alumni_door.ended": "closed their door for later cohorts",
    "alumni_door.opened": "opened a door for later cohorts",
    "audit.exported": "took a copy of the audit trail ({entries} entries)",
    "backup.made": "made a backup ({label})",
    "backup.restored": "brought a backup back ({label}); {erased_again} erasures were done again",
    "business_hours.changed": "changed when the firm is at work",
    "case.appeal_to_desk": "handed a second look to CoachHub's desk ({label})",
    "case.appealed": "asked for a second look ({label})",
    "case.claimed": "took on a case",
    "case.closed": "answered a second look ({label}): {verdict}",
    "case.decided": "decided a case: {outcome}, {effect}",
    "case.decision_undone": "took a decision back before anybody was told ({label})",
    "case.given_back": "gave a case back to the queue ({label})",
    "case.refused": "asked for a case that is not theirs or not there",
    "case.reminded": "was reminded of a case that waits ({label})",
    "case.reported": "reported {label}: {reason}",
    "cases.decided_together": "decided several cases in one go",
    "cases.undone_together": "took back what was decided in one go",
    "cohort.closed": "closed the cohort {label}",
    "cohort.created": "made the cohort {label}",
    "cohort.edited": "changed what the cohort {label} says of itself",
    "cohort.enrolled": "put {member} into {label} as {role}",
    "cohort.enrolment_ended": "took {member} out of {label}",
    "cohort.reopened": "opened the cohort {label} again",
    "cohort.rules_changed": "changed the rules of {label}",
    "company.asked_again": "asks again whether {label} and {other} are the same company",
    "company.kept_apart": "keeps {label} and {other} apart as companies",
    "company.merge_undone": "took back that {label} is {into}",
    "company.merged": "made {label} and {into} one company",
    "company.renamed": "named a company {label}, {before} before",
    "company.split": "parted {label} from {out_of}",
    "contact.shown": "was shown a contact, with everybody's consent",
    "content.quarantined": "hid “{label}” until it has been looked at",
    "content.redacted": "took a passage out of “{label}”",
    "content.removed": "removed “{label}”",
    "content.returned": "gave “{label}” back to its author",
    "content.visible": "made “{label}” visible again",
    "domain.claimed": "put the mail domain {label} on the firm's list",
    "domain.dropped": "took the mail domain {label} off the firm's list",
    "domain.lost": "let the mail domain {label} go: its record has been missing for days",
    "domain.proven": "proved that the mail domain {label} is the firm's",
    "erasures.replayed": "erased again who was erased before ({lines})",
    "firm.changed": "changed how {label} looks and signs its mails",
    "firm.closed": "closed {label} for its people: {reason}",
    "firm.created": "made the firm {label}",
    "firm.first_posts": "holds the first posts of new members: {after}, {before} before",
    "firm.opened": "opened {label} for its people again",
    "house_rule.changed": "changed the rule {label}",
    "introduction.nudged": "reminded somebody of an introduction",
    "introduction.stopped": "stopped an introduction",
    "invitation.resent": "sent {label} the invitation again",
    "invitation.withdrawn": "took back the invitation of {label}",
    "keys.rotated": "put a new key in front for encrypting",
    "mail.left": "left a mail in doubt as it is ({label})",
    "mail.sent_again": "sent a mail in doubt again ({label})",
    "mail.tested": "had a test mail sent to themselves",
    "watched_words.added": "added words that the firm watches",
    "watched_words.dropped": "dropped words that the firm watched",
    "guard.passed_over": "kept words that a guard had asked about",
    "member.erased": "erased {label}",
    "member.erasure_asked": "asked for {label} to be erased",
    "member.erasure_taken_back": "took back that {label} is erased",
    "member.exported": "took away everything that is kept about them",
    "member.invited": "invited {label} as {role}",
    "member.joined": "joined as {role} ({label})",
    "member.landed": "found work",
    "member.left": "ended the membership of {label}",
    "member.looks_again": "looks for work again",
    "member.note_sent": "wrote {label} a note",
    "member.reinstated": "took {label} back in",
    "member.role_changed": "made {label} {after}, {before} before",
    "member.suspended": "suspended {label}",
    "note.dropped": "took a note about {label} away",
    "note.shown": "read the notes about {label}",
    "note.written": "wrote a note about {label}",
    "page.tried": "asked for a page of the console that is not theirs or not there",
    "penalty.given": "gave a penalty ({label})",
    "penalty.lifted": "lifted a penalty ({label})",
    "plugin.disabled": "switched {label} off",
    "plugin.enabled": "switched {label} on",
    "plugin.mended": "took {label} off the list of plugins that fail",
    "plugin.removed": "removed the plugin {label} from this installation",
    "plugin.settings_changed": "changed the settings of {label}",
    "reporter.shown": "looked up who had reported something",
    "retention.changed": "changed how long things are kept",
    "retention.removed": "removed what is older than the firm keeps it",
    "roster.dropped": "forgot a roster before it was sent",
    "roster.exported": "took a copy of the roster ({members} people)",
    "roster.sent": "sent out the invitations of a roster ({invited})",
    "roster.undone": "took back the invitations of a roster ({withdrawn})",
    "roster_sync.reach_changed": "lets the directory change {after}",
    "round.changed": "changed {label}",
    "round.dropped": "dropped {label}",
    "round.guest_asked": "asked another cohort to join {label}",
    "round.guest_joined": "joined {label} with a cohort",
    "round.guest_left": "left {label} with a cohort",
    "round.made": "made {label}",
    "round.release_withdrawn": "took back the release of {label}",
    "round.released": "released {label}: {introductions} introductions",
    "seen.author": "read what somebody wrote and what was decided on it",
    "seen.break_glass": "could read what an admin reads, as CoachHub's staff",
    "seen.export": "took along a list with people's details",
    "seen.reporter": "looked up who had reported something",
    "sender.forgotten": "sends mails from our address again, no longer from {label}",
    "sender.set": "set {label} as the address that mails come from",
    "single_sign_on.forgotten": "took the firm's own sign-in away ({label})",
    "single_sign_on.linked": "came by the firm's own sign-in for the first time",
    "single_sign_on.set": "set the firm's own sign-in ({label})",
    "single_sign_on.switched": "made the firm's own sign-in {after}, {before} before",
    "single_sign_on.tried": "tried the firm's own sign-in ({label})",
    "single_sign_on.unlinked": "unlinked {label} from the firm's own sign-in",
    "staff.acted": "changed something here, as CoachHub's staff: {page}",
    "staff.added": "made {label} staff",
    "staff.ended": "ended CoachHub staff's look into the firm",
    "staff.looked_in": "opened a look into the firm for {minutes} minutes: {reason}",
    "staff.may_write": "asked to change things here, as CoachHub's staff: {reason}",
    "staff.read": "read a page, as CoachHub's staff: {page}",
    "staff.refused": "was refused a page, as CoachHub's staff: {page}",
    "staff.removed": "made {label} no longer staff",
    "staff.signed_out": "signed {label} out everywhere",
    "stranger.forgotten": "had somebody outside forgotten for good",
    "strike.given": "gave a strike ({label})",
    "strike.lifted": "lifted a strike ({label})",
    "token.made": "made the token “{label}” for other programs: {scopes}",
    "token.revoked": "ended the token “{label}”",
    "tries.looked_at": "looked at the alert about {label}",
    "view.dropped": "dropped the view {label}",
    "view.kept": "kept the view {label}",
    "webhook.added": "tells {where} of what happens here (“{label}”)",
    "webhook.changed": "changed the webhook “{label}” to {where}",
    "webhook.removed": "removed the webhook “{label}” to {where}",
    "webhook.secret_changed": "made a new secret for the webhook “{label}”",
    "webhook.secret_shown": "looked up the secret of the webhook “{label}”",
    "webhook.sent_again": "had the webhook “{label}” told something once more",
    "webhook.switched_off": "switched the webhook “{label}” off",
    "webhook.switched_on": "switched the webhook “{label}” on",
    "webhook.tested": "sent a test to the webhook “{label}”",
}
ROLES = {"admin": "firm admin"}


def sentence(entry: AuditEntry | DeskEntry) -> str:
    """Return what was done, to be read after the name of who did it; nothing is escaped."""
    words = WORDS.get(entry.action)
    if words is None:
        return _plain(entry)
    told: dict[str, Any] = defaultdict(str)
    told |= {name: _short(value) for name, value in entry.details.items()}
    told["label"] = entry.subject_label or entry.subject_kind
    return words.format_map(told).strip().rstrip(":,")


def title(action: str) -> str:
    """Return what an action is called in a list to choose from."""
    room, _, act = action.partition(".")
    return f"{_words(room)}: {act.replace('_', ' ')}".capitalize()


def _plain(entry: AuditEntry | DeskEntry) -> str:
    """A plugin's act: its own word for it, which is the past tense, and on what."""
    room, _, act = entry.action.partition(".")
    on = f" “{entry.subject_label}”" if entry.subject_label else ""
    return f"{act.replace('_', ' ')}{on} ({_words(room)})"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _short(value: object) -> str:
    text = ROLES.get(value, value) if isinstance(value, str) else value
    return str("" if text is None else text).replace("_", " ")[:200]
