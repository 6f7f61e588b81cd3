"""site.toml: schema, loading, checking, and the example sites."""

from station_config.faults import Fault, SiteFaults
from station_config.keys import KEYS
from station_config.settings import BoardSettings, BrokerSettings, WebSettings
from station_config.site_file import SiteConfig, check_folder, load
from station_config.templates import template_names, write_template
from station_config.values import PROFILES, duration_from_text

__all__ = [
    "KEYS",
    "PROFILES",
    "BoardSettings",
    "BrokerSettings",
    "Fault",
    "SiteConfig",
    "SiteFaults",
    "WebSettings",
    "check_folder",
    "duration_from_text",
    "load",
    "template_names",
    "write_template",
]
