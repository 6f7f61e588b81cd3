"""[broker]: who is asked for what, and through what."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.commands.site import check
from station_config import BrokerSettings, SiteFaults, check_text

FILES = ("ca.crt", "own.crt", "own.key")
PAIR = 'tls_certificate = "own.crt"\ntls_key = "own.key"\n'


@pytest.fixture
def broker(good: str, tmp_path: Path) -> Callable[[str], BrokerSettings]:
    for file in FILES:
        (tmp_path / file).touch()

    def read(keys: str) -> BrokerSettings:
        return check_text(tmp_path, f"{good}\n[broker]\n{keys}").broker

    return read


@pytest.mark.parametrize(
    ("keys", "embedded", "tls"),
    [
        ("", True, False),
        (PAIR, True, True),
        (f'tls_ca = "ca.crt"\n{PAIR}', True, True),
        ('host = "hub"\n', False, False),
        ('host = "hub"\ntls_ca = "ca.crt"\n', False, True),
        (f'host = "hub"\ntls_ca = "ca.crt"\n{PAIR}', False, True),
    ],
)
def test_tls_is_on_with_a_certificate_here_or_an_authority_elsewhere(
    broker: Callable[[str], BrokerSettings],
    keys: str,
    embedded: bool,  # noqa: FBT001  # pytest's
    tls: bool,  # noqa: FBT001  # pytest's
) -> None:
    read = broker(keys)
    assert (read.embedded, read.tls) == (embedded, tls)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            'tls_certificate = "own.crt"',
            "tls_certificate: a certificate and its key go together; write for example tls_key",
        ),
        ('tls_key = "own.key"', "tls_key: a certificate and its key go together"),
        ('tls_ca = "ca.crt"', "make them with: interlock certificate DIR HOST"),
        (f'host = "hub"\n{PAIR}', 'write for example tls_ca = "tls/ca.crt" too'),
        ('tls_ca = "none.crt"\n' + PAIR, 'there is no file "none.crt" beside site.toml'),
        ('tls_keys = "own.key"', "did you mean tls_key?"),
    ],
)
def test_half_of_tls_is_one_fault_with_the_other_half_named(
    broker: Callable[[str], BrokerSettings], keys: str, said: str
) -> None:
    with pytest.raises(SiteFaults) as raised:
        broker(keys)
    assert len(raised.value.faults) == 1
    assert said in str(raised.value.faults[0])


@pytest.mark.parametrize(
    ("listen", "warned"),
    [("127.0.0.1", False), ("localhost", False), ("::1", False), ("0.0.0.0", True), ("::", True)],  # noqa: S104  # the test's point
)
def test_check_warns_of_a_broker_that_everybody_may_use(
    good: str,
    tmp_path: Path,
    listen: str,
    warned: bool,  # noqa: FBT001  # pytest's
) -> None:
    (tmp_path / "site.toml").write_text(f'{good}\n[broker]\nlisten = "{listen}"\n', encoding="utf-8")
    checked = CliRunner().invoke(check, [str(tmp_path)])
    assert checked.exit_code == 0
    assert ("WARNING: the broker listens on" in checked.stderr) == warned
    (tmp_path / "access").mkdir()
    (tmp_path / "access" / "users.json").write_text("{}")
    assert "WARNING" not in CliRunner().invoke(check, [str(tmp_path)]).stderr
