"""Start real engines quickly, isolated, and gone afterwards."""
