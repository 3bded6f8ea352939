"""Same input, same bytes: whoever runs it, whatever Python's hash seed, whatever salt hides the customers' names."""

from __future__ import annotations

import re

import pytest

from tests.whole.reports import TWICE

pytestmark = pytest.mark.report
twice = pytest.mark.parametrize("slug", TWICE)


def without_stamp(name, content):
    """A file without the one line that says when it was made."""
    if name == "report.html":
        content, n = re.subn(rb'(?m)^<p class="stamp">.*$', b"", content)
        assert n == 1
    if name == "run.json":
        content, n = re.subn(rb'(?m)^ "stamp": .*$', b"", content)
        assert n == 1
    return content


@twice
def test_two_runs_give_the_same_bytes_apart_from_the_stamped_lines(report, again, slug):
    first, second = report(slug).files, again[slug].files
    assert list(first) == list(second)
    assert [name for name in first if without_stamp(name, first[name]) != without_stamp(name, second[name])] == []


@twice
def test_the_stamped_lines_are_the_only_ones_that_differ(report, again, slug):
    first, second = report(slug).files, again[slug].files
    assert {name for name in first if first[name] != second[name]} <= {"report.html", "run.json"}


def test_no_pseudonym_is_delivered(report):
    one = report("norrsken_it")
    for name, content in one.files.items():
        if not name.endswith(".parquet"):
            assert re.findall(rb"(?<![\w])[cpua]_?[0-9a-f]{16}(?![\w])", content) == [], name
