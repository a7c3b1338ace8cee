# SPDX-License-Identifier: Apache-2.0
"""The demo's tables, the same in every run."""

import datetime
import random

_TRIPS = 500
_CUSTOMERS = 60
_ORDERS = 300
_SEGMENTS = ["AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY"]
_ZIPS = [10001, 10003, 10011, 10012, 10014, 10016, 10019, 10021, 10023, 10028, 10036, 10065, 11201, 11371]


def create(session):
    """Once per data folder, whoever comes first."""
    if session.objects.kind("samples.nyctaxi.trips") is not None:
        return
    with session.objects.transaction():
        if session.objects.kind("samples.nyctaxi.trips") is None:
            _fill(session.db)


def _fill(db):
    chance = random.Random(20160101)
    for catalog, schema in [("samples", "nyctaxi"), ("samples", "tpch"), ("main", "sales")]:
        db.execute("INSERT OR IGNORE INTO __schemas VALUES(?, ?)", (catalog, schema))
    db.execute(
        'CREATE TABLE "samples.nyctaxi.trips"(tpep_pickup_datetime timestamp, tpep_dropoff_datetime timestamp, '
        "trip_distance double, fare_amount double, pickup_zip int, dropoff_zip int)"
    )
    db.executemany('INSERT INTO "samples.nyctaxi.trips" VALUES(?,?,?,?,?,?)', (_trip(chance) for _ in range(_TRIPS)))
    db.execute(
        'CREATE TABLE "samples.tpch.customer"(c_custkey bigint, c_name text, c_address text, c_nationkey bigint, '
        "c_phone text, c_acctbal decimal(18,2), c_mktsegment text, c_comment text)"
    )
    db.executemany(
        'INSERT INTO "samples.tpch.customer" VALUES(?,?,?,?,?,?,?,?)',
        (_customer(chance, key) for key in range(1, _CUSTOMERS + 1)),
    )
    db.execute(
        'CREATE TABLE "samples.tpch.orders"(o_orderkey bigint, o_custkey bigint, o_orderstatus text, '
        "o_totalprice decimal(18,2), o_orderdate date, o_orderpriority text)"
    )
    db.executemany(
        'INSERT INTO "samples.tpch.orders" VALUES(?,?,?,?,?,?)',
        (_order(chance, key) for key in range(1, _ORDERS + 1)),
    )
    db.execute('CREATE TABLE "main.default.cities"(name text, country text, population bigint, capital boolean)')
    db.executemany(
        'INSERT INTO "main.default.cities" VALUES(?,?,?,?)',
        [
            ("Berlin", "Germany", 3_677_472, True),
            ("Hamburg", "Germany", 1_853_935, False),
            ("Paris", "France", 2_145_906, True),
            ("Lyon", "France", 522_250, False),
            ("Madrid", "Spain", 3_305_408, True),
            ("Lisbon", "Portugal", 545_796, True),
        ],
    )
    db.execute('CREATE TABLE "main.sales.daily"(day date, region text, revenue decimal(12,2), units int)')
    db.executemany('INSERT INTO "main.sales.daily" VALUES(?,?,?,?)', _sales(chance))


def _trip(chance):
    start = datetime.datetime(2016, 1, 1) + datetime.timedelta(seconds=chance.randrange(60 * 86_400))
    distance = round(min(20, chance.expovariate(1 / 2.6) + 0.3), 2)
    duration = datetime.timedelta(seconds=int(distance * chance.uniform(180, 420)) + 60)
    fare = round((2.5 + distance * 2.4 + duration.seconds / 150) * 2) / 2
    return str(start), str(start + duration), distance, fare, chance.choice(_ZIPS), chance.choice(_ZIPS)


def _customer(chance, key):
    nation = chance.randrange(25)
    phone = f"{nation + 10}-{chance.randrange(100, 1000)}-{chance.randrange(100, 1000)}-{chance.randrange(1000, 10000)}"
    balance = round(chance.uniform(-999.99, 9999.99), 2)
    address = f"{chance.randrange(1, 200)} {chance.choice(['Oak', 'Mill', 'Station', 'Harbour'])} Street"
    return key, f"Customer#{key:09}", address, nation, phone, balance, chance.choice(_SEGMENTS), "regular account"


def _order(chance, key):
    day = datetime.date(1995, 1, 1) + datetime.timedelta(days=chance.randrange(730))
    priority = chance.choice(["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"])
    price = round(chance.uniform(900, 400_000), 2)
    return key, chance.randrange(1, _CUSTOMERS + 1), chance.choice("FOP"), price, day.isoformat(), priority


def _sales(chance):
    for number in range(90):
        day = datetime.date(2025, 1, 1) + datetime.timedelta(days=number)
        for region, base in [("EMEA", 900), ("AMER", 1400), ("APAC", 700)]:
            units = int(base / 10 * chance.uniform(0.7, 1.3))
            yield day.isoformat(), region, round(units * chance.uniform(9, 11), 2), units
