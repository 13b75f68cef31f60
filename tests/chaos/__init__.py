"""The whole product, really running, really killed: ``make chaos``, and a bounded run among the tests."""
