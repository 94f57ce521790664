"""The data set, in memory and on disk: RELION STAR, cryoSPARC .cs, cryoDRGN pickles, MRC stacks."""

from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet

__all__ = ["OpticsGroup", "ParticleSet"]
