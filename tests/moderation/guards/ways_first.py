"""Ways of writing a mail address or a phone number: the half that the rules were made with."""

from __future__ import annotations

PEOPLE = (
    ("ada.lovage", "example", "org"),
    ("ben_baker", "mail.example", "com"),
    ("nora", "shipyard-example", "net"),
    ("k.meier+jobs", "example", "de"),
    ("j99smith", "example", "co.uk"),
)
AT = (
    "@", " @ ", "@ ", " @", "(at)", " (at) ", "[at]", " [at] ", " at ", " AT ", "{at}", "＠",
    "-at-", "<at>", "(@)", "[@]", "@\u200b", " (AT) ", "*at*", "﹫",
)  # fmt: skip
DOT = (
    ".", " . ", " dot ", "(dot)", " (dot) ", "[dot]", "[.]", " DOT ", "{dot}", "․", ". ", "-dot-",
)  # fmt: skip
AROUND = (
    "{}", "Write to {} please", "mail: {}", "mailto:{}", "<{}>", "My address is {}, in the evening",
    "“{}”", "e-mail {}!", "({})", "contact={}",
)  # fmt: skip
DIGITS = (
    "0151-#######", "0151 / ## ## ###", "+49 151 ########", "+49 (0)151 ########", "0049151########",
    "07700 900###", "+44 7700 900###", "(020) 7946 0###", "020 7946 0###", "+44.20.7946.0###",
    "06 ## ## ## ##", "06.##.##.##.##", "06-########", "+31 6 #### ####", "+33 6 ## ## ## ##",
    "555-0##-####", "(415) 555-0###", "1-415-555-0###", "+1 415.555.0###", "415.555.0###",
    "+41 44 668 ## ##", "044 668 ## ##", "+34 91 2## ## ##", "+32 2 555 ## ##", "0032 2 555 ## ##",
    "+45 20 ## ## ##", "+46-8-555 ## ###", "+353 1 555 ####", "+91 98### #####", "0800 123 ####",
)  # fmt: skip
SAID = (
    "{}", "Call {}", "ring me on {} after six", "Tel. {}", "phone: {}", "My number is {}.",
    "WhatsApp {}", "({})", "text {} with your name", "mobile {}, Ms Reed",
)  # fmt: skip
NUMERALS = {
    "plain": "0123456789",
    "wide": "０１２３４５６７８９",
    "bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
}
NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORD_GAPS = (" ", ", ", "-")
