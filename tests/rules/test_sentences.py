"""A sentence reads as English everywhere, and remembers what a catalogue needs to say it otherwise."""

from shopfloor.sentences import counted, sentence


def test_a_sentence_is_its_english_text() -> None:
    said = sentence("%(batch)s is no batch here", batch="7K3")
    assert said == "7K3 is no batch here"
    assert f"Refused: {said}" == "Refused: 7K3 is no batch here"


def test_a_sentence_remembers_its_message_and_values() -> None:
    said = sentence("%(batch)s is no batch here", batch="7K3")
    assert (said.msgid, said.values, said.plural) == ("%(batch)s is no batch here", {"batch": "7K3"}, None)


def test_a_percent_sign_is_doubled_as_in_every_catalogue() -> None:
    assert sentence("%(n)s %% on time", n=95) == "95 % on time"


def test_one_and_many_read_differently() -> None:
    def missing(n: int) -> str:
        return counted(
            "%(n)s unit of %(batch)s is missing", "%(n)s units of %(batch)s are missing", n, batch="B"
        )

    assert [missing(1), missing(2)] == ["1 unit of B is missing", "2 units of B are missing"]
