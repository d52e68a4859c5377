"""catalogsync keeps an OpenMeter billing catalog in git and makes a live OpenMeter agree with it."""

__version__ = "0.1.0"
