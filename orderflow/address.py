"""Where something is sent from or to."""

from pydantic import Field

from orderflow.value import Value


class Address(Value):
    """A postal address as the channel gave it, country and region as codes.

    `country` is ISO 3166-1 alpha-2; `region` is the state or province code without the country ("CA").
    Coordinates are decimal degrees and absent until somebody looked them up.
    """

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = Field(pattern=r"^([A-Z]{2})?$", default="")
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def has_coordinates(self) -> bool:
        """Whether a distance to this address can be computed."""
        return self.latitude is not None and self.longitude is not None
