"""Halden Outdoor, a fictional shop for shoes, tents and bags: its accounts, campaigns, ads and audiences."""

from datetime import date, timedelta
from decimal import Decimal

from app.demo.world import Account, Ad, Campaign, Creative, Segment, Theme, Trial

NAME = "Halden Outdoor"
FIRST_DEMO_DAY = date(2026, 3, 14)
"""A Saturday. The demo starts on the evening of this day, with this day complete."""
HISTORY_DAYS = 70
FIRST_DAY = FIRST_DEMO_DAY - timedelta(days=HISTORY_DAYS)

ACCOUNTS = (
    Account("a1", "meta", "Halden Outdoor EU", "EUR"),
    Account("a2", "google", "Halden Outdoor EU Shopping", "EUR"),
    Account("a3", "tiktok", "Halden Outdoor UK", "GBP"),
)

SEGMENTS = (
    Segment("seg_run", "Run Club", "loyalty", "a1", 9600, 0.027, 0.41),
    Segment("seg_trail", "Trail Weekenders", "interest", "a1", 11800, 0.023, 0.36),
    Segment("seg_city", "City Walkers", "interest", "a1", 8400, 0.021, 0.31),
    Segment("seg_camp", "Tent Campers", "interest", "a2", 7900, 0.024, 0.29),
    Segment("seg_bike", "Bike Packers", "loyalty", "a2", 8200, 0.026, 0.38),
    Segment("seg_first", "First Hikers", "lookalike", "a3", 7200, 0.022, 0.27),
    Segment("seg_swim", "Dawn Swimmers", "interest", "a3", 6800, 0.025, 0.34),
)

_LAUNCH = date(2025, 11, 17)


def _ads(first: int, group: str, *ads: tuple[str, float, float, str, str, str]) -> tuple[Ad, ...]:
    """Ads numbered on from `first`: name, share, appeal, format, headline, body."""
    return tuple(
        Ad(
            id=f"ad{first + place}",
            name=name,
            group_id=f"g{(first + 3) // 4}",
            group_name=group,
            share=share,
            appeal=appeal,
            creative=Creative(
                asset_id=f"asset{first + place}",
                format=form,
                headline=headline,
                body=body,
                call_to_action="Shop now" if place % 2 else "Learn more",
                launched_on=_LAUNCH + timedelta(days=9 * (first + place) % 41),
                ai_generated=place == 2,
            ),
        )
        for place, (name, share, appeal, form, headline, body) in enumerate(ads)
    )


CAMPAIGNS = (
    Campaign(
        "c1", "Trail shoes prospecting", "a1", "conversions", Decimal(900), Decimal(20), 8.4, 0.0132, 0.036, 96.0, 1.55,
        "/shoes/trail", (("seg_trail", 0.60), ("seg_city", 0.40), ("seg_run", 0.0)),
        _ads(1, "Broad 25-55",
             ("Ridge line video", 0.34, 1.08, "video", "Grip that lets go of doubt", "The Ridge 3 on wet granite."),
             ("Wet rock carousel", 0.28, 0.97, "carousel", "Six soles, one path", "Find the tread for your ground."),
             ("Sole close-up", 0.22, 0.94, "image", "4 mm lugs, 240 grams", "Light to lift, firm to land."),
             ("Reviewer quotes", 0.16, 0.98, "image", "“My ankles noticed first”", "What 1,200 hikers wrote.")),
    ),
    Campaign(
        "c2", "Rain jackets prospecting", "a1", "conversions", Decimal(640), Decimal(21),
        8.9, 0.0126, 0.035, 118.0, 1.5, "/jackets/rain", (("seg_city", 0.60), ("seg_trail", 0.40), ("seg_run", 0.0)),
        _ads(5, "Commuters",
             ("Tram stop video", 0.40, 1.05, "video", "Rain is a detail", "Eleven minutes at a tram stop, dry."),
             ("Seam detail", 0.33, 0.96, "image", "Taped where it matters", "Three layers, no fuss."),
             ("Colour carousel", 0.27, 0.97, "carousel", "Nine greys and a yellow", "Pick yours.")),
    ),
    Campaign(
        "c3", "Run Club spring", "a1", "conversions", Decimal(720), Decimal(18), 7.9, 0.0138, 0.037, 88.0, 1.7,
        "/run-club", (("seg_run", 0.75), ("seg_trail", 0.25), ("seg_city", 0.0)),
        _ads(9, "Run Club members and lookalikes",
             ("Sunrise tempo video", 0.45, 1.06, "video", "Run with us on Tuesday", "Six kilometres, then coffee."),
             ("Coach Mira carousel", 0.32, 0.96, "carousel", "Five drills from Coach Mira", "Spring, week by week."),
             ("Track night image", 0.23, 0.94, "image", "Lane four is free", "Track nights are back.")),
    ),
    Campaign(
        "c4", "Basket retargeting", "a1", "conversions", Decimal(380), Decimal(14), 10.8, 0.0165, 0.052, 92.0, 2.3,
        "/basket", (("seg_trail", 0.45), ("seg_city", 0.40), ("seg_run", 0.15)),
        _ads(13, "Basket 14 days",
             ("Left in your basket", 0.45, 1.02, "carousel", "Still thinking about it?", "Your size is still here."),
             ("Free returns image", 0.30, 0.98, "image", "Try it at home", "60 days to change your mind."),
             ("Size help video", 0.25, 0.99, "video", "Between two sizes?", "We measured every last.")),
    ),
    Campaign(
        "c5", "Tents shopping", "a2", "conversions", Decimal(820), Decimal(21), 9.6, 0.0134, 0.036, 214.0, 1.35,
        "/tents", (("seg_camp", 0.70), ("seg_bike", 0.30)),
        _ads(17, "Two-person tents",
             ("Lofn 2 tent", 0.38, 1.04, "product", "Lofn 2: up in four minutes", "1.9 kg, storm tested."),
             ("Skog 3 tent", 0.27, 0.98, "product", "Skog 3 family tent", "Standing height, two doors."),
             ("Footprint set", 0.20, 0.95, "product", "Footprint for Lofn and Skog", "Keeps the floor whole."),
             ("Tent repair kit", 0.15, 0.99, "product", "Repair, do not replace", "Poles, patches and seam glue.")),
    ),
    Campaign(
        "c6", "Sleeping bags shopping", "a2", "conversions", Decimal(560), Decimal(19), 8.7, 0.0129, 0.036, 149.0, 1.3,
        "/sleeping-bags", (("seg_camp", 0.65), ("seg_bike", 0.35)),
        _ads(21, "Three season",
             ("Dun 0 sleeping bag", 0.45, 1.05, "product", "Dun 0: warm at zero", "Recycled down, 890 grams."),
             ("Dun -8 sleeping bag", 0.31, 0.96, "product", "Dun -8: warm at minus eight", "For the clear nights."),
             ("Liner set", 0.24, 0.95, "product", "A liner adds five degrees", "Silk or cotton.")),
    ),
    Campaign(
        "c7", "Bikepacking bags shopping", "a2", "conversions", Decimal(600), Decimal(18),
        8.2, 0.0136, 0.037, 97.0, 1.4, "/bikepacking", (("seg_bike", 0.75), ("seg_camp", 0.25)),
        _ads(25, "Frame and saddle bags",
             ("Gravel frame bag", 0.42, 1.04, "product", "Frame bag, cut to your frame", "Four sizes, no rattle."),
             ("Saddle pack 12 l", 0.33, 0.98, "product", "Saddle pack 12 l", "Does not sway. We checked."),
             ("Handlebar roll", 0.25, 0.96, "product", "Handlebar roll", "Your sleeping bag up front.")),
    ),
    Campaign(
        "c8", "First hike video", "a3", "conversions", Decimal(520), Decimal(17), 5.3, 0.0121, 0.031, 64.0, 1.6,
        "/first-hike", (("seg_first", 0.75), ("seg_swim", 0.25)),
        _ads(29, "18-34 outdoors",
             ("Packing in 30 seconds", 0.40, 1.06, "video", "Everything you need is less", "Pack along in 30 seconds."),
             ("Blister story", 0.33, 0.97, "video", "Do not do what I did", "A blister, told honestly."),
             ("Hill behind the bus stop", 0.27, 0.95, "video", "A hill at the end of line 9", "Go and see.")),
    ),
    Campaign(
        "c9", "Cold water swim video", "a3", "conversions", Decimal(460), Decimal(17), 5.1, 0.0124, 0.030, 58.0, 1.55,
        "/swim", (("seg_swim", 0.75), ("seg_first", 0.25)),
        _ads(33, "Open water",
             ("First plunge video", 0.42, 1.07, "video", "Thirty seconds, then joy", "Warm robe, cold lake."),
             ("Changing robe demo", 0.33, 0.96, "video", "Dry in a car park", "The robe that is a room."),
             ("Thermos ritual", 0.25, 0.94, "video", "Tea first", "A flask that survives rocks.")),
    ),
    Campaign(
        "c10", "Day packs video", "a3", "conversions", Decimal(420), Decimal(16), 4.9, 0.0119, 0.031, 61.0, 1.5,
        "/day-packs", (("seg_first", 0.55), ("seg_swim", 0.45)),
        _ads(37, "Commute to crag",
             ("Ridge pack teardown", 0.38, 1.03, "video", "We cut our pack in half", "Look inside before you buy."),
             ("18 litres of lunch", 0.34, 0.99, "video", "How many sandwiches is 18 l?", "Science, sort of."),
             ("Rain cover test", 0.28, 0.96, "video", "Hose, pack, paper towel", "See what stays dry.")),
    ),
)  # fmt: skip

THEMES = (
    Theme("insulated running vest", "/guides/cold-runs", 420, 14.2),
    Theme("trail running shoes wide", "/shoes/trail", 900, 5.1),
    Theme("two person tent under 2 kg", "/tents", 760, 4.4),
    Theme("bikepacking bag size", "/guides/bikepacking-bags", 520, 6.8),
    Theme("sleeping bag temperature rating", "/guides/sleeping-bags", 640, 7.6),
    Theme("cold water swimming kit list", "/guides/cold-water", 380, 9.3),
    Theme("blister prevention hiking", "/guides/blisters", 700, 11.5),
    Theme("waterproof jacket wash", "/guides/jacket-care", 560, 3.2),
)

TRIALS = (
    Trial(
        "test1", "A size adviser on the product page lifts orders", "cvr", date(2026, 2, 23), 900,
        (("control", 0.034), ("size adviser", 0.039)), 96.0,
    ),
    Trial(
        "test2", "Free returns in the headline lift orders", "cvr", date(2026, 3, 9), 500,
        (("control", 0.035), ("free returns", 0.0352)), 92.0,
    ),
)  # fmt: skip
