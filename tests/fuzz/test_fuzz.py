"""Damaged and malicious files: each is read rightly, or refused in one line that names file and place.

Two hundred seeded mutations of valid files, made and real; files that would run code or eat the machine; and whatever
Hypothesis thinks of.
"""

import pickle
import re
import subprocess
import sys
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

import needs
from fuzz import bases, malicious, mutate, oracles
from fuzz.examine import examine, run
from vitreous.cli import main

SUFFIXES = {"star": ".star", "cs": ".cs", "mrc": ".mrcs", "pkl": ".pkl"}
COUNTS = {"star": 80, "cs": 50, "mrc": 40, "pkl": 30}
"""Mutations of each kind: two hundred in all."""
PLACE = re.compile(
    r"^(line \d+|byte \d+|.*row \d+.*|image \d+|header|header field \w+|field '?[\w/]+'?|data_.*|column .*): "
)
WHOLE_FILE = re.compile(
    r"the file is |\d+ bytes are too few|the header announces|no table has a column|not a whole pickle|found .*expected"
    r"|no such file|holds no|the file lists no|not an? |no field of a particle"
)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module", autouse=True)
def _loaded(tmp_path_factory):
    """Readers and kernels are loaded before time and memory are measured, whichever test a process begins with."""
    folder = tmp_path_factory.mktemp("loaded")
    for paths in bases.write_all(folder, 0).values():
        for path in paths:
            assert main(["info", str(path), "--json"]) == 0
    large = folder / "large.star"
    large.write_bytes(b"data_particles\nloop_\n_rlnImageName\n_rlnAngleRot\n" + b"000001@a.mrcs 12.345678\n" * 30_000)
    assert main(["info", str(large), "--json"]) == 0


@pytest.fixture
def _traced():
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.fixture
def canary(tmp_path):
    return tmp_path / "canary"


def check(kind, path, canary, origin):
    """Examine a file and hold what was read against an independent reading."""
    try:
        outcome = examine(path, canary)
        if outcome.status == 0:
            oracles.CHECKS[kind](path, outcome.found)
    except AssertionError as error:
        raise AssertionError(f"{origin}: {error}") from error
    return outcome


def says_where(outcome, path):
    """Whether a refusal names a place in the file, or is about the file as a whole."""
    text = outcome.err.removeprefix(f"vitreous: {path}: ")
    return PLACE.match(text) or WHOLE_FILE.match(text)


@pytest.fixture(params=["made", "real"])
def files(request, tmp_path):
    if request.param == "made":
        return bases.write_all(tmp_path, 1)
    return bases.write_real(tmp_path, needs.data(""))


@pytest.mark.parametrize("kind", COUNTS)
def test_the_files_are_valid_before_they_are_damaged(kind, files, canary):
    for path in files[kind]:
        assert check(kind, path, canary, path.name).status == 0


@pytest.mark.parametrize("kind", COUNTS)
def test_a_damaged_file_is_read_rightly_or_refused(kind, files, tmp_path, canary):
    refused, vague = 0, []
    for seed in range(COUNTS[kind] // 2):
        rng = np.random.default_rng([seed, *kind.encode()])
        base = files[kind][seed % len(files[kind])]
        path = tmp_path / f"damaged{SUFFIXES[kind]}"
        path.write_bytes(mutate.mutated(kind, base.read_bytes(), rng))
        outcome = check(kind, path, canary, f"{base.name}, seed {seed}")
        refused += outcome.status == 2
        if outcome.status == 2 and not says_where(outcome, path):
            vague.append(outcome.err)
    assert refused > COUNTS[kind] // 20, "the damage is felt"
    assert not vague


@pytest.mark.parametrize("seed", range(25))
def test_what_is_read_of_a_damaged_file_can_be_converted(seed, tmp_path, canary):
    files = bases.write_all(tmp_path, 2)
    kind = ("star", "cs")[seed % 2]
    path = tmp_path / f"damaged{SUFFIXES[kind]}"
    rng = np.random.default_rng([seed, 99])
    path.write_bytes(mutate.mutated(kind, files[kind][0].read_bytes(), rng))
    before = examine(path, canary)
    if before.status == 2 or before.found["kind"] != "particles":
        return
    for target in (tmp_path / "out.star", tmp_path / "out.cs"):
        outcome = run("convert", str(path), str(target))
        assert outcome.status in (0, 2), outcome.err
        if outcome.status == 0:
            after = examine(target, canary).found
            assert after["n_particles"] == before.found["n_particles"]
            same = np.array(after["defocus_angstrom_range"] or 0, float)
            np.testing.assert_allclose(same, np.array(before.found["defocus_angstrom_range"] or 0, float), rtol=1e-6)


CASES = {"pkl": malicious.pickles, "cs": malicious.tables, "mrc": malicious.stacks, "star": malicious.stars}
HARMLESS = {
    *{"no rows", "a path that is a device", "a path that is a folder", "a path of 100,000", "slice 10^17"},
    *{"code behind the end", "500 blocks", "a line of 2 MB", "a field of 1 MB among 3,000"},
}
"""Cases that are odd and may be read: what is wrong stands among the problems, or does not matter."""


@pytest.mark.usefixtures("_traced")
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, make in CASES.items() for name in make(Path("canary"))]
)
def test_a_malicious_file_is_refused(kind, name, tmp_path, canary):
    path = tmp_path / f"malicious{SUFFIXES[kind]}"
    path.write_bytes(CASES[kind](canary)[name])
    outcome = examine(path, canary)
    assert outcome.status == 2 or name in HARMLESS
    if outcome.status == 2:
        assert says_where(outcome, path), outcome.err


def test_the_canary_sings(tmp_path):
    """The malicious pickles do what they are made for where a reader trusts them."""
    sung = errors = 0
    for name, content in malicious.pickles(tmp_path / "canary").items():
        if "of 2^" in name or "nested" in name or "double" in name or "marks" in name:
            continue
        try:
            pickle.loads(content)
        except (Exception, RecursionError):
            errors += 1
        if (tmp_path / "canary").exists():
            (tmp_path / "canary").rmdir()
            sung += 1
    assert sung >= 12
    assert errors < 30


@QUICK
@given(content=st.binary(max_size=300), kind=st.sampled_from(sorted(SUFFIXES)), signed=st.booleans())
def test_any_bytes(content, kind, signed, tmp_path, canary):
    magic = {
        "star": b"data_\nloop_\n_rlnImageName\n",
        "cs": b"\x93NUMPY\x01\x00",
        "mrc": bytes(1024),
        "pkl": b"\x80\x04",
    }
    path = tmp_path / f"any{SUFFIXES[kind]}"
    path.write_bytes(magic[kind] * signed + content)
    check(kind, path, canary, content)


LABELS = st.sampled_from(["rlnImageName", "rlnDefocusU", "rlnDefocusV", "rlnMicrographName", "rlnRandomSubset", "x"])
WORDS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(repr),
    st.sampled_from(["1@a.mrcs", "2@a.mrcs", "'a b'", '"a\'b"', "a#b", "1e5", "+1.", ".5", "_x", "loop", "0012", "é"]),
)


@QUICK
@given(
    labels=st.lists(LABELS, min_size=1, max_size=4, unique=True),
    rows=st.integers(0, 4),
    data=st.data(),
)
def test_any_table(labels, rows, data, tmp_path, canary):
    values = data.draw(st.lists(WORDS, min_size=rows * len(labels), max_size=rows * len(labels)))
    lines = [" ".join(values[i * len(labels) : (i + 1) * len(labels)]) for i in range(rows)]
    text = "\n".join(["data_", "loop_", *(f"_{label}" for label in labels), *lines, ""])
    path = tmp_path / "any.star"
    path.write_text(text, encoding="utf-8")
    check("star", path, canary, text)


ARRAYS = st.one_of(
    arrays_of.arrays(np.float32, st.sampled_from([(2, 3, 3), (2, 9), (2, 2), (0, 9), (0, 3, 3), ()])),
    arrays_of.arrays(st.sampled_from([np.int8, np.complex64, bool]), st.sampled_from([(2, 9), (3,)])),
)
OBJECTS = st.recursive(
    st.one_of(ARRAYS, st.integers(), st.text(max_size=5), st.none(), st.floats()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3) | st.tuples(inner)
    ),
    max_leaves=6,
)


@QUICK
@given(value=OBJECTS, protocol=st.integers(0, 5))
def test_any_pickle(value, protocol, tmp_path, canary):
    path = tmp_path / "any.pkl"
    path.write_bytes(pickle.dumps(value, protocol))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check("pkl", path, canary, repr(value))


@pytest.mark.parametrize("kind", sorted(CASES))
def test_a_process_with_little_memory_survives_malicious_files(kind, tmp_path, canary):
    """All of a kind in one fresh process that may hold 1 GB of addresses more than it starts with."""
    paths = []
    for number, content in enumerate(CASES[kind](canary).values()):
        paths.append(tmp_path / f"{number}{SUFFIXES[kind]}")
        paths[-1].write_bytes(content)
    code = (
        "import resource, sys; import vitreous.particles.read; from vitreous.cli import main\n"
        "held = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (held + (1 << 30), held + (1 << 30)))\n"
        "statuses = {main(['info', path, '--json']) for path in sys.argv[1:]}\n"
        "sys.exit(0 if statuses <= {0, 2} else f'statuses {statuses}')"
    )
    done = subprocess.run([sys.executable, "-c", code, *map(str, paths)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert not canary.exists()
    lines = done.stderr.splitlines()
    assert all(line.startswith("vitreous: ") for line in lines)
    assert len(lines) <= len(paths)
