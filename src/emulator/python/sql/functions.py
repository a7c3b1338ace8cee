# SPDX-License-Identifier: Apache-2.0
"""Which functions there are: what arguments they take, what type they give, and how SQLite is told.

An entry is "arguments -> type [: SQL]". Arguments: s text, i integer, n number, f double, d date, t timestamp,
m date or timestamp, b boolean, a array or map, x anything; those after ? may be left out, the last one before * repeats.
The type is a name, or @0 for that of an argument, @common for the one in common, @element for what an array holds.
Without SQL the function is f_<name> of scalars.py, dates.py and collections.py.
"""

import collections

from . import types

Function = collections.namedtuple("Function", "arguments least repeats result sql")

_SCALARS = """
upper ucase: s -> string : f_upper({all})
lower lcase: s -> string : f_lower({all})
initcap: s -> string
length char_length character_length len: s -> integer : f_length({all})
octet_length: x -> integer
trim btrim: s?s -> string : f_trim({all})
ltrim: s?s -> string
rtrim: s?s -> string
substring substr: si?i -> string : f_substring({all})
left: si -> string
right: si -> string
substring_index: ssi -> string
concat_ws: sx* -> string
replace: ss?s -> string
regexp_replace: sss?i -> string
regexp_extract: ss?i -> string
regexp_substr: ss -> string : nullif(f_regexp_extract({all}, 0), '')
regexp_count: ss -> integer
rlike regexp_like regexp: ss -> boolean : f_rlike({all})
like: ss?s -> boolean
ilike: ss?s -> boolean
split_part: ssi -> string
instr charindex_: ss -> integer : f_locate({1}, {0})
locate position charindex: ss?i -> integer : f_locate({all})
lpad: si?s -> string
rpad: si?s -> string
repeat: si -> string
ascii: s -> integer
chr char: i -> string : f_chr({all})
base64: x -> string
unbase64: s -> binary
hex: x -> string
unhex: s -> binary
md5: x -> string
sha sha1: x -> string : f_sha1({all})
sha2: xi -> string
crc32: x -> long
hash: x* -> integer
xxhash64: x* -> long : f_hash({all})
soundex: s -> string
levenshtein: ss -> integer
translate: sss -> string
overlay: ssi?i -> string
format_number: nx -> string
format_string printf: sx* -> string : f_format_string({all})
startswith: ss -> boolean
endswith: ss -> boolean
contains: ss -> boolean
find_in_set: ss -> integer
url_encode: s -> string
url_decode: s -> string
parse_url: ss?s -> string
encode: ss -> binary
decode_: xs -> string : f_decode({all})
space: i -> string
sqrt: f -> double
cbrt: f -> double
exp: f -> double
ln: f -> double
log2: f -> double
log10: f -> double
log1p: f -> double
expm1: f -> double
pow power: ff -> double : f_pow({all})
sin: f -> double
cos: f -> double
tan: f -> double
asin: f -> double
acos: f -> double
atan: f -> double
atan2: ff -> double
sinh: f -> double
cosh: f -> double
tanh: f -> double
degrees todegrees: f -> double : f_degrees({all})
radians toradians: f -> double : f_radians({all})
hypot: ff -> double
pi: -> double : 3.141592653589793
e: -> double : 2.718281828459045
sign signum: f -> double : f_sign({all})
abs: n -> @0 : abs({0})
negative: n -> @0 : (-{0})
positive: n -> @0 : ({0})
factorial: i -> long
bin: i -> string
conv: xii -> string
shiftleft: ii -> @0 : ({0} << {1})
shiftright: ii -> @0 : ({0} >> {1})
bitwise_not: i -> @0 : (~{0})
rand random: ?x -> double : f_rand({all})
randn: ?x -> double
uuid: -> string
isnan: n -> boolean : (coalesce({0}, 0) <> coalesce({0}, 0))
nanvl: nn -> @common : {0}
width_bucket: nnni -> long : (CASE WHEN {0} < {1} THEN 0 WHEN {0} >= {2} THEN {3} + 1 ELSE CAST(({0} - {1}) * {3} / ({2} - {1} * 1.0) AS INTEGER) + 1 END)
coalesce: x* -> @common : {coalesce}
ifnull nvl: xx -> @common : coalesce({all})
nvl2: xxx -> @common1 : (CASE WHEN {0} IS NOT NULL THEN {1} ELSE {2} END)
nullif: xx -> @0 : nullif({all})
if iff: bxx -> @common1 : (CASE WHEN {0} THEN {1} ELSE {2} END)
isnull: x -> boolean : ({0} IS NULL)
isnotnull: x -> boolean : ({0} IS NOT NULL)
nullifzero: n -> @0 : nullif({0}, 0)
zeroifnull: n -> @0 : coalesce({0}, 0)
greatest: x* -> @common
least: x* -> @common
raise_error: s -> void
current_date curdate: -> date : f_current_date()
current_timestamp now localtimestamp: -> timestamp : f_current_timestamp()
year: m -> integer
quarter: m -> integer
month: m -> integer
day dayofmonth: m -> integer : f_day({all})
dayofweek: m -> integer
weekday: m -> integer
dayofyear: m -> integer
weekofyear: m -> integer
hour: t -> integer
minute: t -> integer
second: t -> integer
dayname: m -> string
monthname: m -> string
last_day: m -> date
add_months: mi -> date
months_between: mm?b -> double
next_day: ms -> date
trunc: ms -> date
date_trunc: st -> timestamp
date_format: ms -> string
to_date: x?s -> date
to_timestamp to_timestamp_ntz: x?s -> timestamp : f_to_timestamp({all})
try_to_timestamp: x?s -> timestamp : f_to_timestamp({all})
to_utc_timestamp from_utc_timestamp: ts -> timestamp : {0}
unix_timestamp to_unix_timestamp: ?xs -> long : f_unix_timestamp({all})
from_unixtime: i?s -> string
unix_date: m -> integer
date_from_unix_date: i -> date : date('1970-01-01', {0} || ' days')
timestamp_seconds: n -> timestamp : f_to_timestamp({0} * 1.0)
timestamp_millis: n -> timestamp : f_to_timestamp({0} / 1000.0)
make_date: iii -> date
make_timestamp: iiiiin -> timestamp
array_contains: ax -> boolean
array_distinct: a -> @0
array_sort: a -> @0
sort_array: a?b -> @0
array_max: a -> @element
array_min: a -> @element
array_join: as?s -> string
array_position: ax -> long
array_remove: ax -> @0
array_compact: a -> @0
array_union: aa -> @common
array_intersect: aa -> @common
array_except: aa -> @common
arrays_overlap: aa -> boolean
flatten: a -> @element
slice: aii -> @0
shuffle: a -> @0
size cardinality array_size: a -> integer : f_size({all})
map_contains_key: ax -> boolean
split: ss?i -> array<string>
get_json_object: ss -> string
str_to_map: s?ss -> map<string,string>
input_file_name: -> string : ''
spark_partition_id: -> integer : 0
version: -> string : '3.5.0 0000000000000000000000000000000000000000'
"""

_AGGREGATES = """
count: x* -> long : count({all})
sum: n -> @sum : sum({0})
try_sum: n -> @sum : sum({0})
avg mean try_avg: n -> @avg : avg({0})
min: x -> @0 : min({0})
max: x -> @0 : max({0})
stddev std stddev_samp: f -> double : f_stddev_samp({0})
stddev_pop: f -> double
variance var_samp: f -> double : f_var_samp({0})
var_pop: f -> double
skewness: f -> double
kurtosis: f -> double
median: f -> double
mode: x -> @0
product: f -> double
first first_value any_value: x?b -> @0 : f_first({0}, {ignore})
last last_value: x?b -> @0 : f_last({0}, {ignore})
max_by: xx -> @0
min_by: xx -> @0
approx_count_distinct: x?f -> long : f_approx_count_distinct({0})
count_if: b -> long
bool_and every: b -> boolean : f_bool_and({0})
bool_or some any: b -> boolean : f_bool_or({0})
percentile: fx?i -> @share : f_percentile({0}, {1})
percentile_approx approx_percentile: nx?i -> @share0 : f_percentile_approx({0}, {1})
corr: ff -> double
covar_samp: ff -> double
covar_pop: ff -> double
string_agg listagg: s?s -> string : f_string_agg({0}, {separator})
bit_count_: i -> integer : {0}
"""

# Of SQLite itself, by the same names.
WINDOWS = {
    "row_number": "integer", "rank": "integer", "dense_rank": "integer", "percent_rank": "double", "cume_dist": "double",
    "ntile": "integer", "lag": "@0", "lead": "@0", "first_value": "@0", "last_value": "@0", "nth_value": "@0",
}  # fmt: skip
GENERATORS = ("explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "inline_outer", "stack")


def _table(text):
    made = {}
    for line in text.strip().split("\n"):
        names, _, rest = line.partition(":")
        signature, _, sql = rest.partition(" : ")
        arguments, _, result = signature.partition("->")
        arguments = arguments.strip()
        least = arguments.index("?") if "?" in arguments else len(arguments.rstrip("*"))
        names = names.split()
        function = Function(
            arguments.replace("?", "").rstrip("*"), least, arguments.endswith("*"), result.strip(), sql.strip() or f"f_{names[0]}({{all}})"
        )
        for name in names:
            made[name] = function
    return made


SCALARS = _table(_SCALARS)
AGGREGATES = _table(_AGGREGATES)
OTHER_AGGREGATES = {"collect_list", "collect_set", "array_agg"}


def result_type(rule, kinds):
    """What a function gives for arguments of these types."""
    if not rule.startswith("@"):
        return types.parse_type(rule) if "<" in rule else rule
    if rule == "@0":
        return kinds[0]
    if rule.startswith("@common"):
        kinds = kinds[int(rule[7:] or 0) :]
        found = kinds[0]
        for kind in kinds[1:]:
            found = types.common(found, kind)
        return found
    if rule == "@element":
        return kinds[0]["elementType"] if types.kind_of(kinds[0]) == "array" else None
    if rule == "@sum":
        return _sum_type(kinds[0])
    if rule == "@avg":
        if types.kind_of(kinds[0]) == "decimal":
            digits, scale = types.precision(kinds[0])
            return types.decimal_of(digits + 4, scale + 4)
        return "double"
    several = types.kind_of(kinds[1]) == "array"  # percentiles: one, or a list of them
    one = "double" if rule == "@share" else kinds[0]
    return types.array_of(one) if several else one


def _sum_type(kind):
    if kind in types.INTEGRAL:
        return "long"
    if types.kind_of(kind) == "decimal":
        digits, scale = types.precision(kind)
        return types.decimal_of(digits + 10, scale)
    return "double"


def is_aggregate(name):
    return name in AGGREGATES or name in OTHER_AGGREGATES


def register(db, failed):
    """Makes every Python function known to a connection; `failed` hears of the errors that SQLite hides."""
    from . import aggregates, arrays, dates, scalars, time_windows

    for module in (scalars, dates, arrays):
        nullable = getattr(module, "NULLABLE", ())
        for name, function in module.SCALARS.items():
            db.create_function(f"f_{name}", -1, _guarded(function, name in nullable, failed))
    db.create_function("f_window", 3, _guarded(time_windows.span, False, failed))
    aggregates.register(db)


def _guarded(function, nullable, failed):
    """Null in, null out, unless the function wants to see nulls."""

    def call(*values):
        if not nullable:
            for value in values:
                if value is None:
                    return None
        try:
            return function(*values)
        except Exception as error:
            failed(error)
            raise

    return call


def names():
    """For SHOW FUNCTIONS."""
    from . import special

    found = {*SCALARS, *AGGREGATES, *OTHER_AGGREGATES, *WINDOWS, *GENERATORS, *special.FUNCTIONS}
    return sorted(name for name in found if not name.endswith("_"))
