"""Free ports."""

import random

from interlock.ports import free_port


def test_processes_with_the_same_seed_take_different_ports() -> None:
    """Whoever seeds chance, as tests do, would else send every process to the same port at the same moment."""

    def taken() -> list[int]:
        random.seed(7)
        return [free_port() for _ in range(3)]

    assert taken() != taken()
