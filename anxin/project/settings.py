"""Django's settings, from the environment; every secret comes from there or a private file."""

from __future__ import annotations

import os
import secrets
from urllib.parse import parse_qsl, unquote, urlsplit

from anxin.entrypoints.ui.csp import CONTENT_SECURITY_POLICY
from anxin.project import home
from anxin.project.embedded_postgres import APP, OWNER

# What Django reads by name although nothing below does.
__all__ = ["CONTENT_SECURITY_POLICY"]

ROOT = home.ROOT
ANXIN_HOME = home.HOME
CLUSTER = home.CLUSTER

DEBUG = os.environ.get("ANXIN_DEBUG") == "1"
TESTING = "PYTEST_VERSION" in os.environ
BASE_URL = home.base_url()
METRICS_TOKEN = os.environ.get("ANXIN_METRICS_TOKEN", "")


def _secret_key() -> str:
    if key := os.environ.get("ANXIN_SECRET_KEY"):
        return key
    path = ANXIN_HOME / "secret-key"
    if not path.exists():
        ANXIN_HOME.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("ANXIN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ALLOWED_HOSTS.append(urlsplit(BASE_URL).hostname or "localhost")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ANXIN_TRUSTED_ORIGINS", "").split(",") if o]

DOMAINS = [
    "merchants", "customers", "commerce", "policies",
    "conversations", "aftersales", "finance", "deliveries",
    "metrics",
]  # fmt: skip
ROOMS = ["ui", "http_api", "workspace", "portal", "station", "console", "wallboard", "shop",
         "widget", "realtime", "cli"]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "anxin.kernel",
    *[f"anxin.domains.{name}" for name in DOMAINS],
    "anxin.flows",
    "anxin.adapters.sandbox",
    *[f"anxin.entrypoints.{name}" for name in ROOMS],
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "anxin.entrypoints.ui.middleware.StaffMiddleware",
    "anxin.entrypoints.http_api.middleware.ApiMiddleware",
]
ROOT_URLCONF = "anxin.project.urls"
WSGI_APPLICATION = "anxin.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "anxin.entrypoints.ui.views.csrf_failed"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
HTTPS_ONLY = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
if HTTPS_ONLY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- database -----------------------------------------------------------------------------------
# "app" cannot pass row level security; "owner" runs migrations and backups.
DATABASE_ROLE = os.environ.get("ANXIN_DATABASE_ROLE", "app")


def _database(url: str, role: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, object] = {"application_name": "anxin", "connect_timeout": 10}
    if role == "app" and unquote(parts.username or "") not in (APP, ""):
        options["options"] = f"-c role={APP}"
    for name in ("sslmode", "sslrootcert"):
        if name in query:
            options[name] = query[name]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"NAME": f"test_{os.environ.get('ANXIN_TEST_DB', 'anxin')}"},
    }


DATABASE_URL = os.environ.get("DATABASE_URL") or CLUSTER.url(
    OWNER if DATABASE_ROLE == "owner" else APP
)
DATABASES = {"default": _database(DATABASE_URL, DATABASE_ROLE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "merchants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "anxin.entrypoints.ui.accounts.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "anxin.entrypoints.ui.accounts.StaffMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Anxin 安心售后"

# --- language, time, files ----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "anxin_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STATIC_ROOT = ANXIN_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "anxin.entrypoints.ui.storage.HashedStaticFiles"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING or DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- HTTP API -----------------------------------------------------------------------------------
# Calls a minute one key may make in each web process; 0 switches the limit off (for benches).
API_CALLS_PER_MINUTE = int(os.environ.get("ANXIN_API_CALLS_PER_MINUTE", "30000"))

# --- ports: which adapter stands behind each ----------------------------------------------------
PLUGS = {
    "refund_provider": "anxin.adapters.sandbox.refund_provider.SandboxRefundProvider",
    "carrier": "anxin.adapters.sandbox.carrier.SandboxCarrier",
    "code_sender": "anxin.adapters.sandbox.code_sender.SandboxCodeSender",
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# ANXIN_LOG=json writes one JSON object a line, for machines that collect logs.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "anxin.project.logs.json_formatter"},
    },
    "handlers": {
        "console": {
            # Tests close what they capture before the last word is written.
            "class": "logging.NullHandler" if TESTING else "logging.StreamHandler",
            "formatter": "json" if os.environ.get("ANXIN_LOG") == "json" else "plain",
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("ANXIN_LOG_LEVEL", "WARNING")},
    "loggers": {"anxin": {"level": "INFO"}, "uvicorn.error": {"level": "WARNING"}},
}
