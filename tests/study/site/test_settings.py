"""Local by default, the secret for its owner alone."""

import os
import stat
import subprocess
import sys

import pytest

from vitreous.study.site import settings

READ = (
    "from vitreous.study.site import settings;"
    "print(settings.SECRET_KEY, settings.ALLOWED_HOSTS, settings.DEBUG, settings.DATABASES['default']['NAME'])"
)


def started(folder, **environment):
    given = {**os.environ, "VITREOUS_STUDY_DATA": str(folder), **environment}
    run = subprocess.run([sys.executable, "-c", READ], env=given, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_the_secret_is_kept_and_nobody_elses(tmp_path):
    first, second = started(tmp_path / "data"), started(tmp_path / "data")
    assert first == second
    file = tmp_path / "data" / "secret.key"
    assert len(file.read_text()) > 60
    assert str(tmp_path / "data" / "study.sqlite3") in first


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_modes_shut_others_out(tmp_path):
    started(tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_two_folders_have_two_secrets(tmp_path):
    assert started(tmp_path / "a").split()[0] != started(tmp_path / "b").split()[0]


def test_hosts_come_from_the_environment(tmp_path):
    assert "['localhost', '127.0.0.1', '[::1]'] False" in started(tmp_path)
    assert "['course.example.org'] False" in started(tmp_path, VITREOUS_STUDY_HOSTS="course.example.org")


def test_djangos_own_check_finds_nothing_to_say():
    from django.core.management import call_command

    call_command("check", fail_level="WARNING")
    assert settings.X_FRAME_OPTIONS == "SAMEORIGIN"
    assert settings.SECURE_CONTENT_TYPE_NOSNIFF
