from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from optics.spectra import thon_power
from vitreous.cli.ctf_run import fit_from_state, lens_of, run_ctf
from vitreous.cli.micrographs import KnownOptics, Micrograph
from vitreous.jobs import Job, Task
from vitreous.optics import CtfFit, Defocus, Lens, ThonSearch
from vitreous.particles import write_stack

OPTICS = KnownOptics(1.4, 300.0, 2.7, 0.07)


def test_a_fit_survives_a_checkpoint():
    fit = CtfFit(Defocus(10000.0, 9000.0, 12.0, 30.0), 0.3, 4.2, 800.0)
    assert fit_from_state(asdict(fit)) == fit


def test_the_lens_of_a_micrograph():
    assert lens_of(Micrograph("a", Path("a"), OPTICS)) == Lens(300.0, 2.7, 0.07)


def test_a_resumed_run_fits_only_what_is_left_and_ends_the_same(tmp_path, rng, monkeypatch):
    micrographs = []
    for i in range(2):
        filtered = np.fft.rfft2(rng.standard_normal((256, 256))) * np.sqrt(
            np.fft.ifftshift(thon_power(15000 + 2000 * i, 15000, 0, box=256), axes=0)
        )
        path = tmp_path / f"{i}.mrc"
        write_stack(path, [np.fft.irfft2(filtered)[None].astype(np.float32)], 1.4)
        micrographs.append(Micrograph(path.name, path, OPTICS))
    task, search = Task("ctf", {}), ThonSearch()

    def run(folder, count, **options):
        with Job(tmp_path / folder, task, quiet=True, **options) as job:
            save = job.save_checkpoint
            monkeypatch.setattr(job, "save_checkpoint", lambda *state: save(*state, every_seconds=0))
            if count < 2:
                monkeypatch.setattr("vitreous.cli.ctf_run.read_micrograph", stop_after(count))
            run_ctf(job, micrographs, search)
        return (tmp_path / folder / "micrographs_ctf.star").read_text()

    def stop_after(count):
        from vitreous.cli.micrographs import read_micrograph

        left = [count]

        def read(micrograph):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return read_micrograph(micrograph)

        return read

    whole = run("whole", 2)
    with pytest.raises(KeyboardInterrupt):
        run("part", 1)
    monkeypatch.undo()
    seen = []
    from vitreous.cli import ctf_run

    read = ctf_run.read_micrograph
    monkeypatch.setattr(ctf_run, "read_micrograph", lambda item: seen.append(item.name) or read(item))
    assert run("part", 2, resume=True) == whole
    assert seen == ["1.mrc"]
