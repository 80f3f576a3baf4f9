"""The checks of the chapter on the loaded die."""

import pytest

from exercises import check


def test_the_lightest_face_is_recognised():
    with pytest.raises(check.CheckFailed, match="this is the lightest face"):
        check.heaviest_face(min)
