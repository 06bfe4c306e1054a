"""Inspector verifies commitments accepted in place of certificates (证明事项告知承诺制), unattended."""

__version__ = "0.1.0"
