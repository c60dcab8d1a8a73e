"""Every rule of the detector."""

from .host.interval import regular_interval
from .network.dns.rare import rare_domain

ALL = (regular_interval, rare_domain)
