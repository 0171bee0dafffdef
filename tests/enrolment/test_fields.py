"""Every professional field has a name in both languages."""

from enrolment.fields import NAMES, Field


def test_every_field_is_named():
    assert list(NAMES) == list(Field)
    for locale in ("fr", "en"):
        names = [field.label(locale) for field in Field]
        assert len(set(names)) == len(Field)
    assert (Field.SALES.label("fr"), Field.SALES.label("en")) == ("Commerce", "Sales")
