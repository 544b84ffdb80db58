super::harness::tests![];
