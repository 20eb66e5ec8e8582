"""django-oauth-toolkit as its documentation sets it up: the plain implicit grant, and the code grant with PKCE.

Usage: django_server.py APP_ORIGIN REDIRECT_URI... — prints one line of JSON when it answers.
"""

import json
import signal
import sys
import tempfile
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings

APP_ORIGIN, *REDIRECT_URIS = sys.argv[1:]
USER, PASSWORD = "alice", "sandbox"
FOLDER = tempfile.TemporaryDirectory(prefix="connect-widget-django-")

settings.configure(
    SECRET_KEY="only-for-tests-on-loopback",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    LOGIN_URL="/accounts/login/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": Path(FOLDER.name) / "db.sqlite3",
            # Gone with the process, so nothing waits for a disk.
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY"},
        }
    },
    # The tables straight from the models: a new database has no history to go through.
    MIGRATION_MODULES={label: None for label in ("auth", "contenttypes", "sessions", "oauth2_provider")},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "corsheaders",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "corsheaders.middleware.CorsMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"],
            },
        }
    ],
    # One hashing round: signing in is not what is measured here.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    OAUTH2_PROVIDER={
        "SCOPES": {"read": "Read your things", "write": "Change your things"},
        "DEFAULT_SCOPES": ["read"],
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "ALLOWED_SCHEMES": ["http", "https"],
    },
)
django.setup()

from corsheaders.signals import check_request_enabled  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.views import LoginView  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.decorators import protected_resource  # noqa: E402
from oauth2_provider.models import get_application_model  # noqa: E402


class SignIn(LoginView):
    """The sign-in page, without a template of its own."""

    def render_to_response(self, context, **_):
        return HttpResponse(
            "<!doctype html><title>Sign in</title><form method=post>"
            f'<input type=hidden name=csrfmiddlewaretoken value="{get_token(self.request)}">{context["form"].as_p()}'
            "<button>Sign in</button></form>"
        )


@protected_resource(scopes=["read"])
def whoami(request):
    return JsonResponse({"username": request.resource_owner.username})


def may_ask(sender, request, **_):
    """Cross-origin requests to the token and revocation endpoints, from the origins that an application registered."""
    applications = get_application_model().objects.all()
    return any(application.origin_allowed(request.headers["origin"]) for application in applications)


check_request_enabled.connect(may_ask)

urlpatterns = [
    path("accounts/login/", SignIn.as_view()),
    path("api/me/", whoami),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


def register(client_id, grant_type, **more):
    """A public client with the app's redirect URIs."""
    Application = get_application_model()
    Application.objects.create(
        name=client_id, client_id=client_id, client_type=Application.CLIENT_PUBLIC, authorization_grant_type=grant_type,
        redirect_uris=" ".join(REDIRECT_URIS), allowed_origins=APP_ORIGIN, **more,
    )


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Handler(WSGIRequestHandler):
    def log_message(self, *_):
        """Says nothing: what a failed test needs to know is in its own words."""


# Leaves by the front door, so that the folder goes too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

call_command("migrate", run_syncdb=True, verbosity=0)
get_user_model().objects.create_user(USER, password=PASSWORD)
register("implicit-client", "implicit")
register("code-client", "authorization-code")

server = Server(("127.0.0.1", 0), Handler)
server.set_app(get_wsgi_application())
print(json.dumps({"ready": True, "origin": f"http://127.0.0.1:{server.server_port}"}), flush=True)
server.serve_forever()
