"""Django as a WSGI application; runs in the web process's thread pool (project/asgi.py)."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
