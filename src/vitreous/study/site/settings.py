"""Django's settings: everything local by default, hosts and the data folder from the environment.

``VITREOUS_STUDY_DATA`` names the folder of the database and the secret (else the platform's user-data folder);
``VITREOUS_STUDY_HOSTS`` the host names answered to, separated by commas (else this machine's own).
"""

import os
import secrets
from pathlib import Path

from platformdirs import user_data_path

__all__ = [
    "ALLOWED_HOSTS",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SAMESITE",
    "DATABASES",
    "DATA_FOLDER",
    "DEBUG",
    "DEFAULT_AUTO_FIELD",
    "INSTALLED_APPS",
    "LANGUAGE_CODE",
    "LOGGING",
    "MIDDLEWARE",
    "ROOT_URLCONF",
    "SECRET_KEY",
    "SECURE_CONTENT_TYPE_NOSNIFF",
    "SECURE_REFERRER_POLICY",
    "SESSION_COOKIE_AGE",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SAMESITE",
    "STATIC_URL",
    "TEMPLATES",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
    "X_FRAME_OPTIONS",
]


def _data_folder() -> Path:
    """Return the folder of everything that is kept, made for its owner alone where it is not there."""
    folder = Path(os.environ.get("VITREOUS_STUDY_DATA") or user_data_path("vitreous", appauthor=False) / "study")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _secret(folder: Path) -> str:
    """Return the key that signs sessions; drawn on the first start and kept in a file that its owner alone may read."""
    file = folder / "secret.key"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(64))
    return file.read_text(encoding="ascii")


DATA_FOLDER = _data_folder()
SECRET_KEY = _secret(DATA_FOLDER)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("VITREOUS_STUDY_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "vitreous.study.site.apps.StudySite",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "vitreous.study.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "vitreous.study.site.context.navigation",
            ],
            "builtins": ["vitreous.study.site.templatetags.study"],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_FOLDER / "study.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"  # the ASGI application serves these files beside Django

# names of our own, for another Django site may run on another port of the same host
SESSION_COOKIE_NAME = "vitreous_session"
CSRF_COOKIE_NAME = "vitreous_csrf"
SESSION_COOKIE_AGE = 2 * 365 * 24 * 3600  # seconds: a course is long
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # a meeting page frames its practical

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
