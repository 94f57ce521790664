"""The data set, in memory and on disk: RELION STAR, cryoSPARC .cs, cryoDRGN pickles, MRC stacks."""

from vitreous.particles.combine import concatenate, split_halves
from vitreous.particles.cryodrgn import read_cryodrgn, write_cryodrgn
from vitreous.particles.cryosparc import read_cryosparc, write_cryosparc
from vitreous.particles.optics_group import KnownOptics, OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.problems import Problem, find_problems
from vitreous.particles.read import read_particles, write_particles
from vitreous.particles.relion import read_relion, write_relion
from vitreous.particles.stack import Stack, open_stack, write_stack
from vitreous.particles.star import StarTable, read_star, write_star

__all__ = [
    "KnownOptics",
    "OpticsGroup",
    "ParticleSet",
    "Problem",
    "Stack",
    "StarTable",
    "concatenate",
    "find_problems",
    "open_stack",
    "read_cryodrgn",
    "read_cryosparc",
    "read_particles",
    "read_relion",
    "read_star",
    "split_halves",
    "write_cryodrgn",
    "write_cryosparc",
    "write_particles",
    "write_relion",
    "write_stack",
    "write_star",
]
