"""What builds releases and documents; not part of the package."""
