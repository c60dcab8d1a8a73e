from plugin import Plugin


def test_it():
    assert Plugin()
