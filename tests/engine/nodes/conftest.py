"""Asserts of the table say what differs, although they stand in a module that holds no tests."""

import pytest

pytest.register_assert_rewrite("tests.engine.nodes.case")
