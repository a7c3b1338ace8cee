# SPDX-License-Identifier: Apache-2.0
"""pyspark.sql.Row: a tuple whose values have names."""


class Row(tuple):
    def __new__(cls, *values, **named):
        if values and named:
            raise ValueError("Can not use both args and kwargs to create Row")
        row = super().__new__(cls, values or tuple(named.values()))
        if named:
            row.__fields__ = list(named)
        return row

    @classmethod
    def of(cls, names, values):
        row = super().__new__(cls, values)
        row.__fields__ = list(names)
        return row

    def __call__(self, *values):
        """Row("a", "b") is a maker of rows with these names."""
        return Row.of(list(self), values)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        fields = self.__dict__.get("__fields__", [])
        if name not in fields:
            raise AttributeError(name)
        return tuple.__getitem__(self, fields.index(name))

    def __getitem__(self, key):
        if not isinstance(key, str):
            return tuple.__getitem__(self, key)
        fields = self.__dict__.get("__fields__", [])
        if key not in fields:
            raise ValueError(key)
        return tuple.__getitem__(self, fields.index(key))

    def __contains__(self, item):
        return item in self.__dict__["__fields__"] if "__fields__" in self.__dict__ else tuple.__contains__(self, item)

    def __reduce__(self):
        return (Row.of, (self.__dict__.get("__fields__", []), tuple(self)))

    def asDict(self, recursive=False):
        if "__fields__" not in self.__dict__:
            raise TypeError("Cannot convert a Row class into dict")

        def plain(value):
            if isinstance(value, Row):
                return value.asDict(True)
            if isinstance(value, list):
                return [plain(item) for item in value]
            if isinstance(value, dict):
                return {key: plain(item) for key, item in value.items()}
            return value

        return {name: plain(value) if recursive else value for name, value in zip(self.__fields__, self)}

    def __repr__(self):
        if "__fields__" not in self.__dict__:
            return f"<Row({', '.join(map(repr, self))})>"
        return f"Row({', '.join(f'{name}={value!r}' for name, value in zip(self.__fields__, self))})"
