"""The reasons of a verdict: the names that `aisoc-publisher verify --json` gives as `reason`.

The loader itself has no such codes. They are our product's words, in one place, so that a test can compare them.
"""

from enum import StrEnum


class Reason(StrEnum):
    """What decided a verdict."""

    VERIFIED = "verified"
    SKIPPED = "skipped"
    MANIFEST_MISSING = "manifest-missing"
    MANIFEST_UNREADABLE = "manifest-unreadable"
    MANIFEST_NOT_MAPPING = "manifest-not-mapping"
    MANIFEST_FIELDS_MISSING = "manifest-fields-missing"
    ID_INVALID = "id-invalid"
    PLUGIN_TYPE_INVALID = "plugin-type-invalid"
    TRUSTED_KEYS_UNREADABLE = "trusted-keys-unreadable"
    UNSIGNED = "unsigned"
    SIGNATURE_UNREADABLE = "signature-unreadable"
    SIGNATURE_MALFORMED = "signature-malformed"
    NO_TRUSTED_KEYS = "no-trusted-keys"
    NOT_CANONICAL = "not-canonical"
    FILE_UNREADABLE = "file-unreadable"
    TRUSTED_KEY_STOPS_LOADER = "trusted-key-stops-loader"
    NO_KEY_MATCHES = "no-key-matches"


STATUS_IN_WARN_MODE = {
    Reason.UNSIGNED: "unsigned",
    Reason.NO_TRUSTED_KEYS: "invalid",
    Reason.NO_KEY_MATCHES: "invalid",
}
"""What `warn` lets through, and what the loader then notes (contract §6); it refuses whatever is not here."""
