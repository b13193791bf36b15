"""What Flask-Security says, in our words. Nothing here tells whether an address is known."""

from coachhub.core.words import gettext_noop

SENTENCES: dict[str, object] = {
    f"SECURITY_MSG_{name}": (sentence, category)
    for name, sentence, category in (
        (
            "API_ERROR",
            gettext_noop("Something was missing. Please try once more."),
            "error",
        ),
        (
            "GENERIC_AUTHN_FAILED",
            (
                gettext_noop(
                    "The mail address and the password or code do not go together. Please check"
                    " both, or use another way to sign in."
                )
            ),
            "error",
        ),
        (
            "GENERIC_US_SIGNIN",
            (
                gettext_noop(
                    "If this address has a sign-in here, a mail with a code is on its way. It is"
                    " good for ten minutes."
                )
            ),
            "info",
        ),
        (
            "PASSWORD_RESET_REQUEST",
            (
                gettext_noop(
                    "If this address has a sign-in here, a mail is on its way to %(email)s. Its"
                    " link is good for one hour."
                )
            ),
            "info",
        ),
        (
            "CODE_HAS_BEEN_SENT",
            gettext_noop("The mail with your code is on its way."),
            "info",
        ),
        ("UNAUTHENTICATED", gettext_noop("Please sign in to see this page."), "info"),
        ("LOGIN", gettext_noop("Please sign in to see this page."), "info"),
        (
            "REAUTHENTICATION_REQUIRED",
            gettext_noop("Please show once more that it is you."),
            "info",
        ),
        (
            "REAUTHENTICATION_SUCCESSFUL",
            gettext_noop("Thank you. You can go on."),
            "success",
        ),
        (
            "ANONYMOUS_USER_REQUIRED",
            gettext_noop("You are signed in already."),
            "info",
        ),
        (
            "DISABLED_ACCOUNT",
            gettext_noop("This sign-in is closed. Please ask your firm."),
            "error",
        ),
        (
            "EMAIL_NOT_PROVIDED",
            gettext_noop("Please type your mail address."),
            "error",
        ),
        (
            "INVALID_EMAIL_ADDRESS",
            gettext_noop(
                "This does not look like a mail address. It has an @ in it, as in ana@example.org."
            ),
            "error",
        ),
        ("PASSWORD_NOT_PROVIDED", gettext_noop("Please type a password."), "error"),
        (
            "INVALID_PASSWORD",
            gettext_noop("This is not your present password. Please try again."),
            "error",
        ),
        (
            "INVALID_PASSWORD_CODE",
            gettext_noop(
                "This is not your password, nor a code that is still good. Please try again."
            ),
            "error",
        ),
        (
            "PASSWORD_IS_THE_SAME",
            gettext_noop("This is the password you have now. Please choose another."),
            "error",
        ),
        (
            "PASSWORD_CHANGE",
            gettext_noop("Your password is new. Other devices are signed out."),
            "success",
        ),
        (
            "PASSWORD_RESET_NO_LOGIN",
            gettext_noop(
                "Your password is new, and every device is signed out. Please sign in with it."
            ),
            "success",
        ),
        (
            "PASSWORD_RESET_EXPIRED",
            gettext_noop(
                "This link was good for %(within)s and is too old now. Ask for a new one below."
            ),
            "error",
        ),
        (
            "INVALID_RESET_PASSWORD_TOKEN",
            gettext_noop(
                "This link does not work any more. It may have been used. Ask for a new one below."
            ),
            "error",
        ),
        (
            "TWO_FACTOR_INVALID_TOKEN",
            gettext_noop(
                "This code does not fit, or was used already. Wait for the next one and type it."
            ),
            "error",
        ),
        ("TWO_FACTOR_LOGIN_SUCCESSFUL", gettext_noop("Welcome back."), "success"),
        (
            "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL",
            gettext_noop("Your authenticator app works. Now take your recovery codes."),
            "success",
        ),
        (
            "TWO_FACTOR_PERMISSION_DENIED",
            gettext_noop("Please sign in again from the start."),
            "info",
        ),
        (
            "TWO_FACTOR_METHOD_NOT_AVAILABLE",
            gettext_noop("This is not one of the ways we offer."),
            "error",
        ),
        (
            "TWO_FACTOR_SETUP_EXPIRED",
            gettext_noop("That took a little long. Please start again."),
            "info",
        ),
        (
            "INVALID_RECOVERY_CODE",
            gettext_noop("This is none of your recovery codes, or it was used. Please check it."),
            "error",
        ),
        (
            "WEBAUTHN_EXPIRED",
            gettext_noop("That took a little long. Please start again."),
            "info",
        ),
        (
            "WEBAUTHN_NAME_REQUIRED",
            gettext_noop("Please give the passkey a name."),
            "error",
        ),
        (
            "WEBAUTHN_NAME_INUSE",
            gettext_noop("You have a passkey %(name)s. Choose another name."),
            "error",
        ),
        (
            "WEBAUTHN_REGISTER_SUCCESSFUL",
            gettext_noop("The passkey %(name)s now signs you in."),
            "success",
        ),
        (
            "WEBAUTHN_UNKNOWN_CREDENTIAL_ID",
            gettext_noop("We do not know this passkey. Please sign in another way."),
            "error",
        ),
        (
            "WEBAUTHN_NO_VERIFY",
            gettext_noop("This passkey could not be checked. Please try again."),
            "error",
        ),
        (
            "WEBAUTHN_CREDENTIAL_ID_INUSE",
            gettext_noop("This device has a passkey here already."),
            "error",
        ),
        (
            "WEBAUTHN_MISMATCH_USER_HANDLE",
            gettext_noop("This passkey belongs to another sign-in. Please use your own."),
            "error",
        ),
        (
            "WEBAUTHN_CREDENTIAL_WRONG_USAGE",
            gettext_noop("This passkey cannot be used here. Please sign in another way."),
            "error",
        ),
    )
}
