"""Names of the standards that AWS maps a control to (Security Hub user guide, "Related requirements")."""


def nist(names: str) -> tuple[str, ...]:
    """Give requirements of NIST SP 800-53 revision 5, named with blanks between them, as references."""
    return tuple(f"NIST 800-53 {name}" for name in names.split())
