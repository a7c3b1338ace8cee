# SPDX-License-Identifier: Apache-2.0
"""Spark's types as objects."""

import json

from trowel_cluster.sql import types as names


class DataType:
    _json = None

    def jsonValue(self):
        return self._json

    def json(self):
        return json.dumps(self.jsonValue(), separators=(",", ":"), sort_keys=True)

    def simpleString(self):
        return names.simple(self.jsonValue())

    @classmethod
    def typeName(cls):
        return cls._json or cls.__name__[:-4].lower()

    def __eq__(self, other):
        return type(self) is type(other) and self.jsonValue() == other.jsonValue()

    def __hash__(self):
        return hash(str(self.jsonValue()))

    def __repr__(self):
        return f"{type(self).__name__}()"

    @classmethod
    def fromDDL(cls, ddl):
        return from_json_value(names.parse_type(ddl)) if "<" in ddl or " " not in ddl.strip() else StructType.fromDDL(ddl)


def _simple(name, kind, base=DataType):
    return type(name, (base,), {"_json": kind, "__module__": __name__})


class NumericType(DataType):
    pass


class AtomicType(DataType):
    pass


class IntegralType(NumericType):
    pass


class FractionalType(NumericType):
    pass


NullType = _simple("NullType", "void")
StringType = _simple("StringType", "string", AtomicType)
BinaryType = _simple("BinaryType", "binary", AtomicType)
BooleanType = _simple("BooleanType", "boolean", AtomicType)
DateType = _simple("DateType", "date", AtomicType)
TimestampType = _simple("TimestampType", "timestamp", AtomicType)
TimestampNTZType = _simple("TimestampNTZType", "timestamp_ntz", AtomicType)
DoubleType = _simple("DoubleType", "double", FractionalType)
FloatType = _simple("FloatType", "float", FractionalType)
ByteType = _simple("ByteType", "byte", IntegralType)
ShortType = _simple("ShortType", "short", IntegralType)
IntegerType = _simple("IntegerType", "integer", IntegralType)
LongType = _simple("LongType", "long", IntegralType)


class VarcharType(AtomicType):
    _json = "string"

    def __init__(self, length):
        self.length = length


class CharType(VarcharType):
    pass


class DecimalType(FractionalType):
    def __init__(self, precision=10, scale=0):
        self.precision = precision
        self.scale = scale

    def jsonValue(self):
        return f"decimal({self.precision},{self.scale})"

    @classmethod
    def typeName(cls):
        return "decimal"

    def __repr__(self):
        return f"DecimalType({self.precision},{self.scale})"


class ArrayType(DataType):
    def __init__(self, elementType, containsNull=True):
        self.elementType = elementType
        self.containsNull = containsNull

    def jsonValue(self):
        return {"type": "array", "elementType": self.elementType.jsonValue(), "containsNull": self.containsNull}

    @classmethod
    def typeName(cls):
        return "array"

    def __repr__(self):
        return f"ArrayType({self.elementType!r}, {self.containsNull})"


class MapType(DataType):
    def __init__(self, keyType, valueType, valueContainsNull=True):
        self.keyType = keyType
        self.valueType = valueType
        self.valueContainsNull = valueContainsNull

    def jsonValue(self):
        return {
            "type": "map",
            "keyType": self.keyType.jsonValue(),
            "valueType": self.valueType.jsonValue(),
            "valueContainsNull": self.valueContainsNull,
        }

    @classmethod
    def typeName(cls):
        return "map"

    def __repr__(self):
        return f"MapType({self.keyType!r}, {self.valueType!r}, {self.valueContainsNull})"


class StructField(DataType):
    def __init__(self, name, dataType, nullable=True, metadata=None):
        self.name = name
        self.dataType = dataType
        self.nullable = nullable
        self.metadata = metadata or {}

    def jsonValue(self):
        return {"name": self.name, "type": self.dataType.jsonValue(), "nullable": self.nullable, "metadata": self.metadata}

    def simpleString(self):
        return f"{self.name}:{self.dataType.simpleString()}"

    def __repr__(self):
        return f"StructField('{self.name}', {self.dataType!r}, {self.nullable})"


class StructType(DataType):
    def __init__(self, fields=None):
        self.fields = list(fields or [])

    @property
    def names(self):
        return [field.name for field in self.fields]

    def add(self, field, data_type=None, nullable=True, metadata=None):
        if not isinstance(field, StructField):
            kind = from_json_value(names.parse_type(data_type)) if isinstance(data_type, str) else data_type
            field = StructField(field, kind, nullable, metadata)
        self.fields.append(field)
        return self

    def fieldNames(self):
        return self.names

    def jsonValue(self):
        return {"type": "struct", "fields": [field.jsonValue() for field in self.fields]}

    @classmethod
    def typeName(cls):
        return "struct"

    @classmethod
    def fromJson(cls, value):
        return from_json_value(value)

    @classmethod
    def fromDDL(cls, ddl):
        return from_json_value(names.struct_of(names.parse_schema(ddl)))

    def toDDL(self):
        return ",".join(f"{field.name} {field.dataType.simpleString().upper()}" for field in self.fields)

    def treeString(self, level=None):
        return "root\n" + "".join(_tree(field, " ") for field in self.fields)

    def __iter__(self):
        return iter(self.fields)

    def __len__(self):
        return len(self.fields)

    def __contains__(self, name):
        return name in self.names

    def __getitem__(self, key):
        if isinstance(key, str):
            for field in self.fields:
                if field.name == key:
                    return field
            raise KeyError(f"No StructField named {key}")
        return StructType(self.fields[key]) if isinstance(key, slice) else self.fields[key]

    def __repr__(self):
        return f"StructType([{', '.join(map(repr, self.fields))}])"


def _tree(field, indent):
    line = f"{indent}|-- {field.name}: {_label(field.dataType)} (nullable = {str(field.nullable).lower()})\n"
    return line + _inside(field.dataType, indent + "|    ")


def _label(kind):
    return kind.jsonValue() if isinstance(kind, DecimalType) else kind.typeName()


def _inside(kind, indent):
    if isinstance(kind, StructType):
        return "".join(_tree(field, indent) for field in kind.fields)
    if isinstance(kind, ArrayType):
        null = str(kind.containsNull).lower()
        return f"{indent}|-- element: {_label(kind.elementType)} (containsNull = {null})\n" + _inside(
            kind.elementType, indent + "|    "
        )
    if isinstance(kind, MapType):
        null = str(kind.valueContainsNull).lower()
        return (
            f"{indent}|-- key: {_label(kind.keyType)}\n{indent}|-- value: {_label(kind.valueType)} (valueContainsNull = {null})\n"
            + _inside(kind.valueType, indent + "|    ")
        )
    return ""


_BY_NAME = {
    each._json: each
    for each in (
        NullType, StringType, BinaryType, BooleanType, DateType, TimestampType, TimestampNTZType, DoubleType, FloatType,
        ByteType, ShortType, IntegerType, LongType,
    )
}  # fmt: skip


def from_json_value(kind):
    """The object of a type in Spark's JSON form."""
    if kind is None:
        return StringType()
    if isinstance(kind, dict):
        if kind["type"] == "array":
            return ArrayType(from_json_value(kind["elementType"]), kind.get("containsNull", True))
        if kind["type"] == "map":
            return MapType(
                from_json_value(kind["keyType"]),
                from_json_value(kind["valueType"]),
                kind.get("valueContainsNull", True),
            )
        return StructType(
            [
                StructField(field["name"], from_json_value(field["type"]), field.get("nullable", True)) for field in kind[
                    "fields"
                ]
            ]
        )
    if kind.startswith("decimal"):
        return DecimalType(*names.precision(kind))
    return _BY_NAME[kind]()


def _parse_datatype_string(text):
    return DataType.fromDDL(text)


from .row import Row  # noqa: E402  (Spark's own module has it too)

__all__ = [
    "ArrayType", "AtomicType", "BinaryType", "BooleanType", "ByteType", "CharType", "DataType", "DateType", "DecimalType", "DoubleType",
    "FloatType", "FractionalType", "IntegerType", "IntegralType", "LongType", "MapType", "NullType", "NumericType", "Row",
    "ShortType", "StringType", "StructField", "StructType", "TimestampNTZType", "TimestampType", "VarcharType",
]  # fmt: skip
