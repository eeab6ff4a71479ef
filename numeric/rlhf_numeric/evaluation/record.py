"""Records: immutable batches of what a claim quantifies over, given by the list of their fields."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeAlias, TypeVar

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, is_balls
from rlhf_numeric.evaluation.fields import Field, Kind
from rlhf_numeric.model import validation as check
from rlhf_numeric.model.sharing import Owner

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    from rlhf_numeric.evaluation.instance import Instance

    R = TypeVarWithDefault("R", bound="Record", default=Instance)  # a bare `Claim` is about instances
else:
    R = TypeVar("R", bound="Record")

Point: TypeAlias = dict[str, Array]  # free coordinates: any real values stand for a record


_ORDER = list(Kind)


class Sizes(NamedTuple):
    """Shape and extent of an instance; None for what a claim does not use."""

    prompts: int
    actions: int
    features: int
    sample: int | None
    steps: int | None


class Setting(NamedTuple):
    """Sizes of the axes of a record, in the order in which its fields name them, and the value of its count."""

    shape: tuple[int, ...]
    extent: Any = None


class Record(Owner):
    """A batch of objects whose arrays are listed in `FIELDS`; arrays are kept, not copied.

    A record type lists its fields, at most one of them a count, and has an attribute for each. It may keep some of them
    in parts: ``PARTS`` are types, by the attribute that holds one, which are built from their fields by name, without
    checks by ``trusted``.

    Parameters
    ----------
    given
        Numbers by field; leading axes are a batch, and broadcast against each other.

    Raises
    ------
    TypeError, ValueError
        If a field is missing or unknown, or its numbers are not of its kind or shape.
    """

    FIELDS: ClassVar[tuple[Field, ...]] = ()
    PARTS: ClassVar[Mapping[str, Any]] = {}
    ARRAYS: ClassVar[tuple[Field, ...]] = ()  # the fields that hold numbers; like the next ones, worked out of `FIELDS`
    COUNTS: ClassVar[tuple[Field, ...]] = ()
    OWN: ClassVar[tuple[Field, ...]] = ()  # those that no part holds

    def __init_subclass__(cls) -> None:
        """Raise TypeError unless the list of fields is one."""
        cls.ARRAYS = tuple(field for field in cls.FIELDS if field.is_array)
        cls.COUNTS = tuple(field for field in cls.FIELDS if not field.is_array)
        cls.OWN = tuple(field for field in cls.FIELDS if field.within is None)
        names, counts = [field.name for field in cls.FIELDS], cls.COUNTS
        wrong = {
            "fields with names of their own": len(set(names)) < len(names) or not set(names).isdisjoint(dir(Record)),
            "at most one count, which has a default": len(counts) > 1 or any(field.default is None for field in counts),
            "fields within its parts": not {field.within for field in cls.FIELDS} <= {None, *cls.PARTS},
        }
        if any(wrong.values()):
            expected = ", ".join(what for what, is_wrong in wrong.items() if is_wrong)
            raise TypeError(f"{cls.__name__}: expected {expected}, got {', '.join(names)}")

    def __init__(self, **given: Numbers) -> None:
        self._fill(given)

    @classmethod
    def checked(cls, values: Mapping[str, Any], /) -> Self:
        """Build a record from its fields by name; what is missing takes its default.

        Raises
        ------
        TypeError, ValueError
            As the constructor.
        """
        known = {field.name: field for field in cls.FIELDS}
        missing = [name for name, field in known.items() if field.default is None and name not in values]
        unknown = [name for name in values if name not in known]
        for complaint, names in (("missing", missing), ("unknown", unknown)):
            if names:
                raise ValueError(f"{complaint} {', '.join(names)}; expected {', '.join(known)}")
        parts = {
            name: part(**{n: x for n, x in values.items() if known[n].within == name})
            for name, part in cls.PARTS.items()
        }
        return cls(**parts, **{name: x for name, x in values.items() if known[name].within is None})

    @classmethod
    def unchecked(cls, values: Mapping[str, Any], /) -> Self:
        """Build a record without checks, of whatever number kind; what is missing takes its default."""
        record = cls.__new__(cls)
        for name, part in cls.PARTS.items():
            held = {field.name: values[field.name] for field in cls.ARRAYS if field.within == name}
            object.__setattr__(record, name, part.trusted(**held))
        for field in cls.OWN:
            x = values[field.name] if field.name in values else field.default_of(record)
            object.__setattr__(record, field.name, x)
        return record

    @classmethod
    def from_free(cls, point: Mapping[str, Numbers], extent: Any = None, /) -> Self:  # noqa: ANN401 - a count
        """Return the record of free coordinates, of floats or any other number kind; None for the usual count."""
        counts = {} if extent is None else {field.name: extent for field in cls.COUNTS}
        return cls.unchecked(counts | {field.name: field.from_free(point[field.name]) for field in cls.ARRAYS})

    @classmethod
    def from_hex(cls, stored: Mapping[str, Any], /) -> Self:
        """Read what `to_hex` returns; a field that is missing takes its default.

        Raises
        ------
        TypeError, ValueError
            As the constructor, or if there is a field that the record does not have.
        """
        known = {field.name: field for field in cls.FIELDS}
        return cls.checked({name: known[name].from_hex(x) if name in known else x for name, x in stored.items()})

    @classmethod
    def free_fields(cls) -> tuple[Field, ...]:
        """Fields with free coordinates: probabilities first, then what is positive, then real numbers."""
        return tuple(sorted(cls.ARRAYS, key=lambda field: _ORDER.index(field.kind)))

    def to_free(self) -> Point:
        """Free coordinates: logarithms of what is positive, everything else as it is."""
        return {field.name: field.to_free(field.of(self)) for field in self.free_fields()}

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """Common shape of the leading axes of everything."""
        return check.broadcast_batches({field.name: field.batch_shape(x) for field, x in self.arrays()})

    @property
    def sizes(self) -> dict[str, int]:
        """Size of every axis, in the order in which the fields name them."""
        found: dict[str, int] = {}
        for field, x in self.arrays():
            found |= {axis: size for axis, size in field.sizes(x).items() if axis not in found}
        return found

    @property
    def setting(self) -> Setting:
        """Sizes and count."""
        return Setting(tuple(self.sizes.values()), next((field.of(self) for field in self.COUNTS), None))

    def measured(self, *, samples: bool, steps: int | None) -> Sizes | None:
        """How large it is in what a report shows; None: it shows nothing."""
        return None

    def arrays(self) -> Iterator[tuple[Field, Numbers]]:
        """Yield the fields that hold numbers, with these."""
        return ((field, field.of(self)) for field in self.ARRAYS)

    def owned(self) -> list[object]:
        """Return itself, its parts and its arrays."""
        parts = [getattr(self, name) for name in self.PARTS]
        return [self, *parts, *(x for _, x in self.arrays())]

    def to_hex(self) -> dict[str, Any]:
        """Return the fields of the first row of a flat batch, as a case file has them; counts if they are not usual."""
        arrays = {field.name: field.to_hex(x[0]) for field, x in self.arrays()}
        return arrays | {f.name: f.to_hex(f.of(self)) for f in self.COUNTS if f.of(self) != f.default}

    def flattened(self) -> Self:
        """Return the same objects along one batch axis."""
        batch = self.batch_shape

        def flat(field: Field, x: Array) -> Array:
            core = x.shape[x.ndim - len(field.axes) :]
            return np.broadcast_to(x, batch + core).reshape((-1, *core))

        return self.mapped(flat)

    def take(self, rows: Array, /) -> Self:
        """Select rows of a `flattened` batch."""
        return self.mapped(lambda _, x: x[rows])

    def laid_out(self) -> Self:
        """Return the same objects with the batch varying fastest in memory: numpy is quicker on big batches."""
        return self.mapped(lambda _, x: np.asfortranarray(x))

    def enclosed(self, enclose: Callable[[Numbers], Numbers], /) -> Self:
        """Lift floats to enclosures; probabilities are divided by their exact sum, so that they sum to 1 exactly.

        Where there is one outcome, its probability is exactly 1.

        Raises
        ------
        TypeError
            If the record holds balls: lifting would drop their radii.
        """
        if any(is_balls(x) for _, x in self.arrays()):
            what = type(self).__name__.lower()
            raise TypeError(f"{what}: expected floats, which are lifted exactly where that is needed, got flint.arb")
        return self.mapped(lambda field, x: field.enclosed(x, enclose))

    def mapped(self, change: Callable[[Field, Any], Any], /) -> Self:
        """Return the record with every array changed, unchecked."""
        counts = {field.name: field.of(self) for field in self.COUNTS}
        return self.unchecked(counts | {field.name: change(field, x) for field, x in self.arrays()})

    def replaced(self, field: Field, x: Array, /) -> Self:
        """Return the record with one field changed, checked.

        Raises
        ------
        TypeError, ValueError
            As the constructor.
        """
        return self.checked({each.name: x if each is field else each.of(self) for each in self.FIELDS})

    def _fill(self, given: Mapping[str, Any]) -> None:
        """Set the fields that no part holds, in order; the parts are there."""
        own = [field.name for field in self.OWN]
        if strangers := [name for name in given if name not in own]:
            raise TypeError(f"{', '.join(strangers)}: expected the fields {', '.join(own)}")
        sizes, batches = dict[str, int](), dict[str, tuple[int, ...]]()
        for field in self.FIELDS:
            if field.within is None:
                value = field.checked(self._given_or_default(field, given.get(field.name)), sizes)
                object.__setattr__(self, field.name, value)
            if field.is_array:
                x = field.of(self)
                batches[field.name] = field.batch_shape(x)
                sizes |= field.sizes(x)
        check.broadcast_batches(batches)

    def _given_or_default(self, field: Field, x: Any) -> Any:  # noqa: ANN401
        if x is not None:
            return x
        if field.default is None:
            raise TypeError(f"{field.name}: expected an array of shape (..., {', '.join(field.axes)}), got None")
        return field.default_of(self)
