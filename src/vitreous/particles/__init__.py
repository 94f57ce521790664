"""The data set, in memory and on disk: RELION STAR, cryoSPARC .cs, cryoDRGN pickles, MRC stacks."""

from vitreous.particles.optics_group import KnownOptics, OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.relion import read_relion, write_relion
from vitreous.particles.stack import Stack, open_stack, write_stack

__all__ = [
    "KnownOptics",
    "OpticsGroup",
    "ParticleSet",
    "Stack",
    "open_stack",
    "read_relion",
    "write_relion",
    "write_stack",
]
