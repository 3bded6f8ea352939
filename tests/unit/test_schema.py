"""A table passes both doors in its declared shape, or says which rule it breaks without showing a row."""

import pandas as pd
import pytest

from journeylib.errors import TableError
from journeylib.schema import NEEDS, TABLES, VOICES, check, empty


def needs(**columns):
    return pd.DataFrame({"need_id": ["n1"], "wording": ["Know the price"], "source": ["register"]} | columns)


def test_a_table_comes_back_in_declared_order_with_its_optional_columns():
    assert list(check(needs(), NEEDS).columns) == list(NEEDS.columns)


def test_a_missing_column_is_named_with_what_it_means():
    with pytest.raises(TableError) as error:
        check(needs().drop(columns="wording"), NEEDS)
    assert str(error.value) == "needs: no column 'wording' (as progress in a situation). Found: 'need_id', 'source'."


def test_an_unknown_column_suggests_the_nearest():
    with pytest.raises(TableError, match="unknown column 'persone'; did you mean 'persona'?"):
        check(needs(persone=["x"]), NEEDS)


def test_a_value_outside_its_list_is_counted():
    with pytest.raises(TableError, match="'gian' is not one of job, pain, gain; did you mean 'gain'. \\(1 rows\\)"):
        check(needs(kind=["gian"]), NEEDS)


def test_moments_none_of_which_is_known_need_no_zone():
    undated = pd.DataFrame({"voice_id": ["v1"], "row": ["need"], "kind": ["stated"], "source": ["survey"], "said_at": [pd.NaT]})
    assert check(undated, VOICES)["said_at"].dtype == "datetime64[us, UTC]"


def test_a_repeated_key_is_refused():
    with pytest.raises(TableError, match="1 rows repeat the key need_id; one row is one need of the customers"):
        check(pd.concat([needs(), needs()]), NEEDS)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_passes_its_own_door(name):
    assert list(check(empty(TABLES[name]), TABLES[name]).columns) == list(TABLES[name].columns)
