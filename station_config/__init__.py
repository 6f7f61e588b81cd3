"""site.toml: schema, loading, checking, editing, and the example sites."""

from station_config.changes import (
    AddDevice,
    AddStation,
    Change,
    SetLinkValues,
    SetShift,
    SetShipBuffer,
    SetSiteHolidays,
    SetStationOutages,
)
from station_config.channels import AddressUnfit, address_in
from station_config.differences import differences
from station_config.durations import duration_from_text, duration_text
from station_config.editing import PlacedFault, apply, placed
from station_config.faults import Fault, SiteFaults
from station_config.keys import KEYS
from station_config.profiles import built_in_profiles
from station_config.settings import BoardSettings, BrokerSettings, WebSettings
from station_config.site_file import SiteConfig, check_folder, check_text, load, read_site_text
from station_config.templates import template_names, write_template
from station_config.values import DAYS, id_like
from station_config.writing import settle, site_replaced, write_site

__all__ = [
    "DAYS",
    "KEYS",
    "AddDevice",
    "AddStation",
    "AddressUnfit",
    "BoardSettings",
    "BrokerSettings",
    "Change",
    "Fault",
    "PlacedFault",
    "SetLinkValues",
    "SetShift",
    "SetShipBuffer",
    "SetSiteHolidays",
    "SetStationOutages",
    "SiteConfig",
    "SiteFaults",
    "WebSettings",
    "address_in",
    "apply",
    "built_in_profiles",
    "check_folder",
    "check_text",
    "differences",
    "duration_from_text",
    "duration_text",
    "id_like",
    "load",
    "placed",
    "read_site_text",
    "settle",
    "site_replaced",
    "template_names",
    "write_site",
    "write_template",
]
