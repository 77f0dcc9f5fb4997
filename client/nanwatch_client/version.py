"""The version of the distribution, which the service sees in its access log."""

VERSION = "0.1.0"
