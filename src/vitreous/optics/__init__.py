"""The microscope: from the wave that leaves the specimen to the image on the detector.

Å, V, kV, mm (Cs), degrees, mrad (beam tilt). Positive defocus is underfocus and refers to the specimen's mid-plane;
contrast is physical, CTF(0) = −(amplitude contrast). Frequencies are in 1/Å.
"""

from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.wavelength import interaction_constant, wavelength_angstrom

__all__ = ["Defocus", "Lens", "interaction_constant", "wavelength_angstrom"]
