"""What is in hand between the broker and the disk."""

from gateway.messages import Settled
from gateway.spool import Delivery, Spool
from shopfloor.scans import Answer, Scan


def delivery(packet_id: int, code: str, connection: int = 1) -> Delivery:
    return Delivery(connection, packet_id, hash(code), Scan("old-1", code, 0))


def test_a_batch_stays_until_it_is_settled() -> None:
    spool = Spool()
    for number in range(1, 4):
        spool.add(delivery(number, f"C{number}"), duplicate=False)
    batch = spool.oldest(2)
    assert len(spool) == 3
    spool.settle(batch, [None, None], connection=1)
    assert [each.packet_id for each in spool.oldest(9)] == [3]


def test_a_repetition_of_what_waits_is_owed_on_the_new_connection_only() -> None:
    spool = Spool()
    spool.add(delivery(1, "A"), duplicate=False)
    spool.add(delivery(1, "A", connection=2), duplicate=True)
    assert [each.connection for each in spool.oldest(9)] == [2]


def test_a_repetition_of_what_is_on_disk_is_answered_as_before_and_in_order() -> None:
    spool = Spool()
    answer = Answer("old-1", None, "recorded", "seen A")
    spool.add(delivery(1, "A"), duplicate=False)
    spool.settle(spool.oldest(1), [answer], connection=1)
    spool.add(delivery(2, "B"), duplicate=False)
    spool.add(delivery(1, "A", connection=2), duplicate=True)
    assert [each.item for each in spool.oldest(9)] == [Scan("old-1", "B", 0), Settled(answer)]


def test_a_packet_id_that_is_used_again_means_another_message() -> None:
    spool = Spool()
    for code, duplicate in (("A", False), ("A", False), ("B", True)):
        spool.add(delivery(1, code), duplicate=duplicate)
        (waiting,) = spool.oldest(9)
        assert isinstance(waiting.item, Scan)
        spool.settle([waiting], [None], connection=1)


def test_a_broker_that_numbers_anew_repeats_what_waits_and_nothing_is_there_twice() -> None:
    spool = Spool()
    for number, code in enumerate("ABA", 1):
        spool.add(delivery(number, code), duplicate=False)
    for number, code in enumerate(("A", "B", "A", "A"), 7):
        spool.add(delivery(number, code, connection=2), duplicate=True)
    waiting = [(each.item.code, each.packet_id) for each in spool.oldest(9) if isinstance(each.item, Scan)]
    assert waiting == [("A", 7), ("B", 8), ("A", 9), ("A", 10)]  # the last was sent before, and had not come


def test_a_broker_that_numbers_anew_repeats_what_was_settled_without_a_connection() -> None:
    spool = Spool()
    answer = Answer("old-1", None, "recorded", "seen A")
    spool.add(delivery(1, "A"), duplicate=False)
    spool.settle(spool.oldest(1), [answer], connection=0)
    spool.add(delivery(1, "B", connection=2), duplicate=False)
    for number in (2, 3):
        spool.add(delivery(number, "A", connection=2), duplicate=True)
    assert [each.item for each in spool.oldest(9)] == [
        Scan("old-1", "B", 0),
        Settled(answer),
        Scan("old-1", "A", 0),
    ]


def test_what_was_acknowledged_is_another_message_under_another_number() -> None:
    spool = Spool()
    spool.add(delivery(1, "A"), duplicate=False)
    spool.settle(spool.oldest(1), [None], connection=1)
    spool.add(delivery(2, "A", connection=2), duplicate=True)
    assert [each.item for each in spool.oldest(9)] == [Scan("old-1", "A", 0)]


def test_without_a_session_nothing_is_a_repetition() -> None:
    spool = Spool()
    spool.add(delivery(1, "A"), duplicate=False)
    spool.settle(spool.oldest(1), [None], connection=0)
    spool.add(delivery(1, "A"), duplicate=False)
    spool.forget_connection()
    for number in (1, 2):
        spool.add(delivery(number, "A", connection=2), duplicate=True)
    assert [each.packet_id for each in spool.oldest(9)] == [0, 1, 2]


def test_without_a_session_packet_ids_begin_anew() -> None:
    spool = Spool()
    spool.add(delivery(1, "A"), duplicate=False)
    spool.forget_connection()
    spool.add(delivery(1, "A", connection=2), duplicate=False)
    assert [each.connection for each in spool.oldest(9)] == [1, 2]


def test_what_came_without_a_packet_id_is_never_taken_for_a_repetition() -> None:
    spool = Spool()
    for _ in range(2):
        spool.add(delivery(0, "A"), duplicate=False)
    assert len(spool) == 2


def test_the_memory_is_bounded_and_a_full_spool_says_so() -> None:
    spool = Spool(limit=3, remembered=2)
    for number in range(1, 4):
        assert not spool.full
        spool.add(delivery(number, f"C{number}"), duplicate=False)
    assert spool.full
    spool.settle(spool.oldest(3), [None] * 3, connection=1)
    spool.add(delivery(1, "C1"), duplicate=True)
    spool.add(delivery(3, "C3"), duplicate=True)
    assert [type(each.item) for each in spool.oldest(9)] == [Scan, Settled]
