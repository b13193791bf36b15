"""What demo members are called, look for and can give. The people do not exist."""

from __future__ import annotations

FIRST = (
    "Ana", "Ben", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko",
    "Liam", "Mira", "Nadia", "Omar", "Petra", "Quinn", "Rosa", "Samir", "Tess", "Uwe", "Vera",
    "Wanda", "Xavier", "Yara", "Zoe", "Aldo", "Brigid", "Cem", "Dora",
)  # fmt: skip
LAST = (
    "Abara", "Bergqvist", "Castellan", "Dunmore", "Eisler", "Fontana", "Grieg", "Halloran", "Iwata",
    "Jansky", "Kowal", "Lindqvist", "Marchetti", "Novak", "Okafor", "Pettersen", "Quist", "Rahimi",
    "Sorensen", "Tavares", "Ulmer", "Vasquez", "Whitlock", "Yilmaz", "Zeller",
)  # fmt: skip

# field → companies that people in it want to reach, or have worked at
COMPANIES: dict[str, tuple[str, ...]] = {
    "energy": (
        "Shell", "BP", "TotalEnergies", "Equinor", "Chevron", "ConocoPhillips", "Schlumberger",
        "Halliburton", "Baker Hughes", "Siemens Energy", "Ørsted", "Vestas", "RWE", "Iberdrola",
    ),
    "industry": (
        "Siemens", "Bosch", "ABB", "Schneider Electric", "Caterpillar", "John Deere", "Honeywell",
        "General Electric", "3M", "BASF", "Dow", "Emerson Electric", "Atlas Copco", "Volvo Group",
    ),
    "finance": (
        "JPMorgan Chase", "Goldman Sachs", "HSBC", "Barclays", "Citigroup", "Deutsche Bank",
        "BlackRock", "Allianz", "AXA", "Zurich Insurance Group", "Mastercard", "Visa", "PayPal",
    ),
    "technology": (
        "Microsoft", "Google", "Amazon", "Salesforce", "SAP",
        "Oracle", "IBM", "Adobe", "ServiceNow",
        "Workday", "Cisco", "Intel", "Nvidia", "Spotify",
    ),
    "consumer": (
        "Unilever", "Nestlé", "Procter & Gamble", "Danone", "PepsiCo", "L'Oréal", "IKEA", "Walmart",
        "Target", "Zalando", "Nike", "Adidas", "Mars", "Heineken",
    ),
    "health": (
        "Novartis", "Roche", "Pfizer", "Johnson & Johnson", "Medtronic", "Siemens Healthineers",
        "Philips", "Bayer", "AstraZeneca", "GSK", "Sanofi", "Novo Nordisk",
    ),
}  # fmt: skip

ROLES: dict[str, tuple[str, ...]] = {
    "energy": ("Reservoir engineer", "HSE manager", "Project controls lead", "Grid planner"),
    "industry": ("Plant manager", "Maintenance planner", "Quality lead", "Buyer for steel parts"),
    "finance": ("Risk analyst", "Controller", "Treasury manager", "Compliance officer"),
    "technology": ("Product manager", "Data engineer", "IT service lead", "Security architect"),
    "consumer": ("Brand manager", "Supply planner", "Category buyer", "E-commerce lead"),
    "health": ("Regulatory affairs lead", "Clinical trial manager", "Validation engineer"),
}
PLACES = ("Houston", "Chicago", "Boston", "Remote", "Rotterdam", "Hamburg", "Denver", "Atlanta")
POSITIONS = (
    "Operations manager", "Engineer", "Team lead", "Buyer", "Analyst", "Director", "Recruiter",
    "Project manager", "Planner", "Account manager", "HR partner", "Controller",
)  # fmt: skip
LEARN = (
    "How the team is set up, and who decides about new people.",
    "Whether they hire through agencies or only by themselves.",
    "What changed after the last reorganisation.",
    "Which skills they miss most this year.",
)

# kind, title, body, topics; {field} is the member's field
OFFERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "bulletin",
        "My Friday bulletin on {field} news",
        (
            "Six links with one line each: who builds,"
            " buys, hires or moves. I have written it since January."
        ),
        ("news", "trends"),
    ),
    (
        "research",
        "I look into any {field} company for you",
        (
            "Owners, sites, last three years of"
            " figures and who runs what, from public sources, within two days."
        ),
        ("research", "companies"),
    ),
    (
        "market",
        "Pay bands in {field} from three public surveys",
        ("By role, level and place, with the sources, so that you know what to ask for."),
        ("salary", "negotiation"),
    ),
    (
        "skill",
        "Excel: half an hour on pivots and lookups",
        ("Bring your own sheet, we mend it together by video."),
        ("excel", "spreadsheets"),
    ),
    (
        "skill",
        "I read your résumé like a hiring manager",
        ("I hired forty people in {field} and mark what I would have asked about."),
        ("résumé", "feedback"),
    ),
    (
        "skill",
        "A practice interview in English or Spanish",
        ("Forty minutes with real questions from {field}, then what went well and what to change."),
        ("interview", "practice"),
    ),
    (
        "time",
        "I come along to a fair or meet-up",
        ("Two are braver than one. I am good at starting conversations and have time on weekdays."),
        ("events", "company"),
    ),
    (
        "article",
        "I edit your post before it goes out",
        ("Nine years in trade publishing. One text a week, back within a day."),
        ("writing", "linkedin"),
    ),
    (
        "tools",
        "Access to a patent search I pay for anyway",
        ("Tell me the company or the inventor and I send you what they filed, with a summary."),
        ("patents", "research"),
    ),
    (
        "treat",
        "Cardamom buns for your first meeting",
        ("Homemade, a small box. People remember them, and you."),
        ("gift", "homemade"),
    ),
)

# kind, title, body, topics
ASKS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "skill",
        "Would you hear my two-minute pitch?",
        ("Ten minutes by video this week. Tell me where you stopped listening."),
        ("pitch", "interview", "practice"),
    ),
    (
        "market",
        "What is a fair figure in {field} here?",
        ("I have a talk about pay next week and want a number from a public source."),
        ("salary", "negotiation"),
    ),
    (
        "research",
        "Who runs maintenance at mid-sized {field} firms?",
        ("I look for ten names of firms with fewer than 500 people within an hour's drive."),
        ("research", "companies"),
    ),
    (
        "skill",
        "Can somebody mend my cost sheet?",
        ("The lookups break when I add a year. It should take half an hour."),
        ("excel", "spreadsheets"),
    ),
    (
        "article",
        "A second pair of eyes on my post",
        ("400 words about what I learned from closing a plant. I want it kind and short."),
        ("writing", "linkedin"),
    ),
    (
        "skill",
        "Which of my two résumés would you call?",
        ("One page each. Please say which, and what made you choose."),
        ("résumé", "feedback"),
    ),
)
