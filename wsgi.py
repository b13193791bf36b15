"""What a WSGI server loads."""

from coachhub.serving import wsgi_app

app = wsgi_app()
